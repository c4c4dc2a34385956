package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// longestView bounds a view of a clip that claims to last for days.
const longestView = 12 * time.Hour

// OpenView lets a person look at a clip for a stated reason: it gives the token
// that stands in the content's address, which is kept nowhere, and the view as
// recorded. caseNo may be empty. The view lasts for ViewFor and the length of
// the clip. Refusals: reason-needed, clip-destroyed, NotFound.
func (d *Desk) OpenView(ctx context.Context, by ledger.Actor, clip, reason, caseNo string) (token string, v footage.View, err error) {
	return d.openClip(ctx, by, clip, footage.View{Reason: reason, Case: caseNo}, ledger.ActViewed)
}

// OpenDownload is OpenView for who takes the original along: nothing else is to
// be had under it, and the ledger calls it by its name.
func (d *Desk) OpenDownload(ctx context.Context, by ledger.Actor, clip, reason, caseNo string) (token string, v footage.View, err error) {
	return d.openClip(ctx, by, clip, footage.View{Reason: reason, Case: caseNo, Only: Original}, ledger.ActDownloaded)
}

func (d *Desk) openClip(ctx context.Context, by ledger.Actor, clip string, v footage.View, act ledger.Act) (token string, _ footage.View, err error) {
	reason, caseNo := v.Reason, v.Case
	if reason, err = checkReason("reason", "열람 사유가", reason); err != nil {
		return "", v, err
	}
	if caseNo, err = clean("case", caseNo, longestCase); err != nil {
		return "", v, err
	}
	if token, err = d.newToken(); err != nil {
		return "", v, err
	}
	e := d.entry(act, by, clip, reason)
	v.ID, v.Clip, v.Account, v.Reason, v.Case, v.At = viewID(token), clip, by.Account, reason, caseNo, e.At
	err = d.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		c := footage.Clip{ID: clip}
		if err := tx.Load(&c); err != nil {
			return err
		}
		if err := alive(c); err != nil {
			return err
		}
		v.ExpiresAt = v.At.Add(min(d.settings.ViewFor+length(c), longestView))
		e.Facts["department"] = c.Department
		e.Facts["view"] = v.ID
		e.Facts["expires_at"] = v.ExpiresAt.String()
		if caseNo != "" {
			e.Facts["case"] = caseNo
		}
		return tx.Save(&v)
	})
	if err != nil {
		return "", footage.View{}, err
	}
	return token, v, nil
}

func length(c footage.Clip) time.Duration {
	if c.DurationS <= 0 || c.DurationS >= longestView.Seconds() {
		return 0
	}
	return time.Duration(c.DurationS * float64(time.Second))
}

// viewID is what is kept of a view's token: hex SHA-256.
func viewID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ErrNoView is the answer to a token that is no view of this person's.
var ErrNoView = refuse.New(refuse.NotFound, "view-unknown",
	"열람 주소가 맞지 않습니다. 열람은 신청한 사람만 볼 수 있으니, 영상 화면에서 사유를 적고 다시 여세요.")

// ErrViewOver is the answer when a view has expired.
var ErrViewOver = refuse.New(refuse.Gone, "view-expired",
	"열람할 수 있는 시간이 지났습니다. 영상 화면에서 사유를 적고 다시 여세요.")
