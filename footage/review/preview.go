package review

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// mostPreviews bounds the clips of one page of small pictures.
const mostPreviews = 200

// OpenPreviews lets a person look at the poster of each of the clips, for one
// stated reason and for ViewFor: a token for each, by clip. What else a clip
// has stays closed. It is one entry, which names every clip; question is what
// the list was narrowed by, as its address says it. Clips that are gone are
// left out. Refusals: reason-needed, too-many-previews.
func (d *Desk) OpenPreviews(ctx context.Context, by ledger.Actor, clips []string, question, reason string) (tokens map[string]string, err error) {
	if reason, err = checkReason("reason", "미리보기 사유가", reason); err != nil {
		return nil, err
	}
	if len(clips) == 0 || len(clips) > mostPreviews {
		return nil, refuse.New(refuse.Invalid, "too-many-previews", "미리보기는 한 번에 1건부터 200건까지 볼 수 있습니다. 목록을 나누어 보세요.")
	}
	drawn := make(map[string]string, len(clips))
	for _, clip := range clips {
		if drawn[clip], err = d.newToken(); err != nil {
			return nil, err
		}
	}
	e := d.entry(ledger.ActPreviewed, by, "", reason)
	e.Subject = "list"
	err = d.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		tokens = map[string]string{}
		var shown []string
		departments := map[string]bool{}
		for _, clip := range clips {
			c := footage.Clip{ID: clip}
			if err := tx.Load(&c); err != nil {
				return err
			}
			if alive(c) != nil || tokens[clip] != "" {
				continue
			}
			v := footage.View{
				ID: viewID(drawn[clip]), Clip: clip, Account: by.Account, Reason: reason, Only: Poster,
				At: e.At, ExpiresAt: e.At.Add(d.settings.ViewFor),
			}
			if err := tx.Save(&v); err != nil {
				return err
			}
			tokens[clip], departments[c.Department] = drawn[clip], true
			shown = append(shown, clip)
		}
		e.Facts = map[string]string{"shown": strings.Join(shown, " "), "question": question}
		tellDepartment(e, departments)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return tokens, nil
}

// tellDepartment names the department that an entry is about, when it is one.
func tellDepartment(e *ledger.Entry, departments map[string]bool) {
	if len(departments) == 1 {
		for d := range departments {
			e.Facts["department"] = d
		}
	}
}

// NoteExport records that a list leaves the system as a file: its question, as
// its address says it, the department it is limited to ("" = all), how many
// lines and in which form.
func (d *Desk) NoteExport(ctx context.Context, by ledger.Actor, department, question, form string, lines int) error {
	e := d.entry(ledger.ActListExported, by, "", "")
	e.Subject = "list"
	e.Facts = map[string]string{"question": question, "form": form, "lines": strconv.Itoa(lines)}
	if department != "" {
		e.Facts["department"] = department
	}
	return d.book.Change(ctx, e, func(footage.Tx, *ledger.Entry) error { return nil })
}

// newToken draws what stands in a view's address.
func (d *Desk) newToken() (string, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(d.random, raw); err != nil {
		return "", fmt.Errorf("review: no randomness for a view: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}
