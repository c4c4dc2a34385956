// Package batch takes down what people say once of everything they hand in
// together: a title, a place, the number of the permission to fly.
package batch

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// MaxText bounds each text of a batch, in characters.
const MaxText = 100

var (
	errBadID = refuse.Field("id", "bad-batch-id",
		"반납 번호의 형식이 올바르지 않습니다. 화면을 새로 고쳐 다시 시도해 주세요.")
	errOthers = refuse.New(refuse.Conflict, "batch-of-another",
		"다른 사람이 쓰고 있는 반납 번호입니다. 화면을 새로 고쳐 다시 시도해 주세요.")
)

// Note keeps what its sender says of a batch. Saying the same again changes
// nothing; saying otherwise is written down as a change. What b says of who and
// when is not looked at: that is by's, of department, at the time at.
func Note(ctx context.Context, book footage.Book, by ledger.Actor, department string, b footage.Batch, at instant.Time) error {
	if err := check(&b); err != nil {
		return err
	}
	b.Account, b.Department, b.At = by.Account, department, at
	e := ledger.Entry{Act: ledger.ActBatchNoted, Actor: by, Subject: b.RecordName(), Facts: factsOf(b)}
	err := book.Change(ctx, e, func(tx footage.Tx, _ *ledger.Entry) error {
		stands := footage.Batch{ID: b.ID}
		switch err := tx.Load(&stands); {
		case isNotThere(err):
			return tx.Save(&b)
		case err != nil:
			return err
		case stands.Account != b.Account:
			return errOthers
		}
		now := b // fn may run again
		now.Department, now.At = stands.Department, stands.At
		if now == stands {
			return errSame
		}
		return tx.Save(&now)
	})
	if no, ok := refuse.As(err); ok && no == errSame {
		return nil
	}
	return err
}

// errSame ends a change that would change nothing.
var errSame = refuse.New(refuse.Conflict, "batch-same", "이미 그렇게 적혀 있습니다.")

func isNotThere(err error) bool {
	no, ok := refuse.As(err)
	return ok && no.Kind == refuse.NotFound
}

func check(b *footage.Batch) error {
	if id, err := uuid.Parse(b.ID); err != nil || id.String() != b.ID {
		return errBadID
	}
	for _, f := range []struct {
		field, name string
		text        *string
	}{{"title", "제목이", &b.Title}, {"place", "장소가", &b.Place}, {"approval", "승인 번호가", &b.Approval}} {
		*f.text = tidy(*f.text)
		if utf8.RuneCountInString(*f.text) > MaxText {
			return refuse.Field(f.field, f.field+"-too-long", fmt.Sprintf("%s 너무 깁니다. %d자까지 적을 수 있습니다.", f.name, MaxText))
		}
	}
	if b.Title == "" {
		return refuse.Field("title", "title-missing", "제목이 비어 있습니다. 무엇을 반납하는지 짧게 적어 주세요.")
	}
	return nil
}

// tidy leaves out what cannot be seen, and composes Hangul.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != '\u200d' { // which joins emoji
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(norm.NFC.String(s))
}

func factsOf(b footage.Batch) map[string]string {
	facts := map[string]string{"title": b.Title}
	if b.Place != "" {
		facts["place"] = b.Place
	}
	if b.Approval != "" {
		facts["approval"] = b.Approval
	}
	return facts
}
