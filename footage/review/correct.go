package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
)

// The fields of a clip a person may know better.
const (
	FieldCapturedAt = "captured_at"
	FieldDevice     = "device"
	FieldPurpose    = "purpose"
	// FieldDoubts is what is doubted besides these: a person has looked and
	// leaves it as it is.
	FieldDoubts = "doubts"
)

// statedByPerson is the confidence of a capture time a person stated: like
// that of a device clock whose drift was measured. Somebody who answers for it
// compared the file with the world; a satellite did not.
const statedByPerson = "B"

// Correct records that a person knows better about a clip, and decides its
// retention anew. The old value stays readable for ever; a later correction is
// another record. now is the new value: for captured_at RFC 3339 or
// "2026-10-03T14:05" in Korean time, for device its id or serial, for purpose
// its id. Stating the time of a clip again that nothing but its name vouches for
// confirms it. For doubts, now means nothing: the doubts that no correction of
// the other fields would settle are settled.
//
// A correction that shortens the period does not destroy on the spot: the
// clip stays for MinimumStay from now on, or until it was due anyway.
//
// Refusals: field-unknown, now-form, now-unknown, now-same, now-late, doubts-stay,
// device-elsewhere, purpose-elsewhere, why-needed, clip-destroyed, NotFound.
func (d *Desk) Correct(ctx context.Context, by ledger.Actor, clip, field, now, why string) (footage.Correction, error) {
	why, err := checkReason("why", "정정 사유가", why)
	if err != nil {
		return footage.Correction{}, err
	}
	k, b, err := d.correction(ctx, by, clip, field)
	if err != nil {
		return footage.Correction{}, err
	}
	k.Why = why
	if k.ID, err = d.newID(k.At); err != nil {
		return footage.Correction{}, err
	}
	e := d.entry(ledger.ActCorrected, by, clip, why)
	e.At = k.At
	err = d.book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		before := footage.Clip{ID: clip}
		if err := tx.Load(&before); err != nil {
			return err
		}
		after, err := d.corrected(before, &k, b, now)
		if err != nil {
			return err
		}
		tell(e, k, before, after)
		if err := tx.Save(&k); err != nil {
			return err
		}
		return tx.Save(&after)
	})
	if err != nil {
		return footage.Correction{}, err
	}
	return k, nil
}

// Preview tells what Correct would make of the clip at this moment, and changes
// nothing: before is the clip as it stands, after as it would be. The reasons of
// after leave out why, which nobody has stated yet. Refusals are those of
// Correct but why-needed.
func (d *Desk) Preview(ctx context.Context, by ledger.Actor, clip, field, now string) (before, after footage.Clip, err error) {
	k, b, err := d.correction(ctx, by, clip, field)
	if err != nil {
		return before, after, err
	}
	before = b.dossier.Clip
	after, err = d.corrected(before, &k, b, now)
	return before, after, err
}

// basis is what a correction is judged by.
type basis struct {
	registry devices.Registry
	dossier  footage.Dossier
}

// correction begins the record of a correction.
func (d *Desk) correction(ctx context.Context, by ledger.Actor, clip, field string) (k footage.Correction, b basis, err error) {
	if b.registry, err = d.records.Registry(ctx); err != nil {
		return k, b, err
	}
	if b.dossier, err = d.records.Dossier(ctx, clip); err != nil {
		return k, b, err
	}
	return footage.Correction{Clip: clip, Field: field, By: by.Account, At: instant.Of(d.now())}, b, nil
}

// corrected is what the correction makes of a clip: the new value, and the
// retention that follows from it. Both values go into k.
func (d *Desk) corrected(before footage.Clip, k *footage.Correction, b basis, now string) (footage.Clip, error) {
	after := before
	if err := alive(before); err != nil {
		return after, err
	}
	if err := set(&after, k, b.registry, now); err != nil {
		return after, err
	}
	if err := d.decideAnew(before, &after, b.registry, append(slices.Clip(b.dossier.Corrections), *k)); err != nil {
		return after, err
	}
	if k.Field == FieldDoubts {
		return after, settle(k, after)
	}
	return after, nil
}

// settle says which doubts are left when a person has looked at the others.
func settle(k *footage.Correction, after footage.Clip) error {
	if k.Now = strings.Join(after.Doubts, "\n"); k.Now == k.Was {
		return refuse.Field("now", "doubts-stay",
			"보는 것만으로는 정리되지 않습니다. 촬영 시각, 기기, 촬영 목적 가운데 아래에 적힌 것을 정하세요.")
	}
	return nil
}

// set puts the new value into the clip and both values into the correction.
func set(c *footage.Clip, k *footage.Correction, registry devices.Registry, now string) error {
	var err error
	switch k.Field {
	case FieldCapturedAt:
		k.Was = written(c.CapturedAt)
		if c.CapturedAt, err = capturedAt(now, c.CheckedInAt); err != nil {
			return err
		}
		if k.Now = written(c.CapturedAt); k.Now == k.Was && (c.TimeConfidence == "D" || c.TimeConfidence == "X") {
			c.TimeConfidence = statedByPerson
			return nil
		}
		c.TimeConfidence = statedByPerson
		c.SortAt = c.CapturedAt
	case FieldDevice:
		k.Was = c.Device
		if c.Device, err = deviceFor(*c, registry, now); err != nil {
			return err
		}
		if c.Purpose == "" {
			c.Purpose = purposeOf(registry, c.Device)
		}
		k.Now = c.Device
	case FieldPurpose:
		k.Was = c.Purpose
		if c.Purpose, err = purposeFor(*c, registry, now); err != nil {
			return err
		}
		c.MorePurposes = slices.DeleteFunc(slices.Clone(c.MorePurposes), func(p string) bool { return p == c.Purpose })
		k.Now = c.Purpose
	case FieldDoubts:
		k.Was = strings.Join(c.Doubts, "\n")
		return nil
	default:
		return refuse.Field("field", "field-unknown",
			"바로잡을 수 있는 것은 captured_at(촬영 시각), device(기기), purpose(촬영 목적)입니다.")
	}
	if k.Now == k.Was {
		return refuse.Field("now", "now-same", "지금 적혀 있는 것과 같은 값입니다. 바로잡을 값을 확인하세요.")
	}
	return nil
}

func written(t instant.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.String()
}

// capturedAt reads a time a person wrote. One later than the check-in cannot
// be true; one too early is left to the decision, which asks again.
func capturedAt(s string, checkedIn instant.Time) (instant.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if err != nil {
			t, err = time.ParseInLocation(layout, s, instant.KST)
		}
	}
	// Years of four digits: what is written must be readable again.
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9998 {
		return instant.Time{}, refuse.Field("now", "now-form",
			"촬영 시각을 2026-10-03T14:05(한국 시각)나 2026-10-03T14:05:00+09:00처럼 적으세요.").Because(err)
	}
	if t.After(checkedIn.Std().Add(retention.ClockTolerance)) {
		return instant.Time{}, refuse.Field("now", "now-late",
			fmt.Sprintf("촬영 시각이 입고 시각(%s)보다 늦을 수는 없습니다. 날짜와 시각을 다시 확인하세요.", checkedIn.Korean()))
	}
	return instant.Of(t), nil
}

// tell writes into the entry what a reader needs to understand the change.
func tell(e *ledger.Entry, k footage.Correction, before, after footage.Clip) {
	e.Facts = map[string]string{
		"department": after.Department, "correction": k.ID,
		"field": k.Field, "was": k.Was, "now": k.Now,
		"rule": after.Rule, "expires_on": string(after.ExpiresOn), "expires_on_was": string(before.ExpiresOn),
		"due_at": written(after.DueAt), "state": string(after.State),
	}
}
