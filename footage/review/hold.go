package review

import (
	"context"
	"slices"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Bases are the grounds on which a clip may be held (law: a citizen's request,
// evidence for a complaint or the police, another duty to preserve).
var Bases = []string{"request", "evidence", "preservation", "other"}

// PlaceHold keeps a clip from destruction until the hold is released. until is
// a day on which somebody should look at it again, "" for none; it releases
// nothing by itself. Refusals: basis-unknown, reason-needed, until-past,
// clip-destroyed, NotFound.
func (d *Desk) PlaceHold(ctx context.Context, by ledger.Actor, clip, basis, reason string, until instant.Date) (footage.Hold, error) {
	reason, err := checkReason("reason", "보류 사유가", reason)
	if err != nil {
		return footage.Hold{}, err
	}
	if !slices.Contains(Bases, basis) {
		return footage.Hold{}, refuse.Field("basis", "basis-unknown",
			"보류 근거는 request(열람등 청구), evidence(증거자료), preservation(보존 요청), other(그 밖의 사유) 가운데 하나를 고르세요.")
	}
	if until, err = d.checkUntil(until); err != nil {
		return footage.Hold{}, err
	}
	e := d.entry(ledger.ActHeld, by, clip, reason)
	h := footage.Hold{
		Clip: clip, Basis: basis, Reason: reason, PlacedBy: by.Account, PlacedAt: e.At, Until: until,
	}
	if h.ID, err = d.newID(e.At); err != nil {
		return footage.Hold{}, err
	}
	err = d.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		c := footage.Clip{ID: clip}
		if err := tx.Load(&c); err != nil {
			return err
		}
		if err := alive(c); err != nil {
			return err
		}
		e.Facts["department"] = c.Department
		e.Facts["hold"], e.Facts["basis"] = h.ID, basis
		if until != "" {
			e.Facts["until"] = string(until)
		}
		return tx.Save(&h)
	})
	if err != nil {
		return footage.Hold{}, err
	}
	return h, nil
}

func (d *Desk) checkUntil(until instant.Date) (instant.Date, error) {
	if until == "" {
		return "", nil
	}
	day, err := instant.ParseDate(string(until))
	if err != nil {
		return "", refuse.Field("until", "until-form", "다시 볼 날을 2026-10-03처럼 적으세요.").Because(err)
	}
	if day < instant.DateOf(d.now()) {
		return "", refuse.Field("until", "until-past", "다시 볼 날이 이미 지났습니다. 오늘이나 그 뒤의 날을 적으세요.")
	}
	return day, nil
}

// errNoHold: a hold of another clip is as unknown as one that never was.
var errNoHold = refuse.New(refuse.NotFound, "hold-unknown",
	"이 영상에는 그런 보류가 없습니다. 영상 화면에서 보류 목록을 다시 확인하세요.")

// ReleaseHold ends one hold; the clip is held on while others are open. The
// hold stays as a record. Refusals: reason-needed, hold-unknown, hold-released.
func (d *Desk) ReleaseHold(ctx context.Context, by ledger.Actor, clip, hold, reason string) error {
	reason, err := checkReason("reason", "보류를 푸는 사유가", reason)
	if err != nil {
		return err
	}
	e := d.entry(ledger.ActHoldReleased, by, clip, reason)
	return d.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		c := footage.Clip{ID: clip}
		if err := tx.Load(&c); err != nil {
			return err
		}
		h := footage.Hold{ID: hold}
		if err := tx.Load(&h); err != nil {
			if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
				return errNoHold
			}
			return err
		}
		switch {
		case h.Clip != clip:
			return errNoHold
		case !h.Open():
			return refuse.New(refuse.Conflict, "hold-released", "이미 풀린 보류입니다. 더 할 일이 없습니다.")
		}
		h.ReleasedBy, h.ReleasedAt, h.ReleaseReason = by.Account, e.At, reason
		e.Facts["department"] = c.Department
		e.Facts["hold"], e.Facts["basis"] = h.ID, h.Basis
		return tx.Save(&h)
	})
}
