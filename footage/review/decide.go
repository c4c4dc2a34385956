package review

import (
	"fmt"
	"slices"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
)

// decideAnew settles the retention of a corrected clip. corrections are all of
// the clip's, oldest first; what holds of them is named in the reasons.
func (d *Desk) decideAnew(before footage.Clip, c *footage.Clip, registry devices.Registry, corrections []footage.Correction) error {
	facts, err := factsOf(*c, registry, d.settings.MinimumStay)
	if err != nil {
		return err
	}
	retention.Apply(c, retention.Decide(facts))
	c.Reasons = append(c.Reasons, whatHolds(corrections)...)
	earliest := d.now().Add(d.settings.MinimumStay)
	if due := notOnTheSpot(before.DueAt, c.DueAt, earliest); due != c.DueAt {
		c.DueAt = due
		c.Reasons = append(c.Reasons, fmt.Sprintf(
			"정정으로 보관기간이 짧아졌지만 바로 파기하지 않고 %s부터 파기할 수 있습니다.", due.Korean()))
	}
	return nil
}

// notOnTheSpot gives the moment of destruction after a correction moved it
// from was to is (not set: permanent): not before earliest, unless it was due
// before that anyway.
func notOnTheSpot(was, is instant.Time, earliest time.Time) instant.Time {
	if is.IsZero() || !is.Std().Before(earliest) {
		return is
	}
	if was.IsZero() || was.Std().After(earliest) {
		return instant.Of(earliest.Add(time.Millisecond - 1)) // rounded up: never a moment too soon
	}
	if is.Before(was) {
		return was
	}
	return is
}

// whatHolds says which corrections hold: the last one of each field.
func whatHolds(all []footage.Correction) (reasons []string) {
	names := map[string]string{FieldCapturedAt: "촬영 시각", FieldDevice: "기기", FieldPurpose: "촬영 목적"}
	for _, field := range []string{FieldCapturedAt, FieldDevice, FieldPurpose} {
		for _, k := range slices.Backward(all) {
			if k.Field == field {
				why := ""
				if k.Why != "" { // it is only looked at
					why = "(사유: " + k.Why + ")"
				}
				reasons = append(reasons, fmt.Sprintf("%s: %s에 %s이(가) 바로잡은 값입니다%s.",
					names[field], k.At.Korean(), k.By, why))
				break
			}
		}
	}
	return reasons
}

// factsOf gathers what the decision about a clip depends on.
func factsOf(c footage.Clip, registry devices.Registry, stay time.Duration) (retention.Facts, error) {
	f := retention.Facts{
		CapturedAt: c.CapturedAt.Std(), Confidence: c.TimeConfidence,
		CheckedInAt: c.CheckedInAt.Std(), MinimumStay: stay,
	}
	if device, ok := find(registry.Devices, func(d devices.Device) bool { return c.Device != "" && d.ID == c.Device }); ok {
		f.DeviceKnown, f.BoughtOn = true, device.BoughtOn
	}
	f.Fallback, _ = retention.Fallback(registry.Purposes, c.Department)
	for _, id := range append([]string{c.Purpose}, c.MorePurposes...) {
		if id == "" {
			continue
		}
		p, ok := find(registry.Purposes, func(p devices.Purpose) bool { return p.ID == id })
		if !ok {
			return f, refuse.New(refuse.Conflict, "purpose-missing", fmt.Sprintf(
				"이 영상의 촬영 목적(%s)이 등록부에 없어 보관기간을 다시 정하지 못했습니다. 목적을 등록하거나 영상의 목적을 먼저 바로잡으세요.", id))
		}
		f.Purposes = append(f.Purposes, p)
	}
	return f, nil
}

func find[T any](list []T, is func(T) bool) (found T, ok bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	return found, false
}

// deviceFor finds the device a person named, by id or serial.
func deviceFor(c footage.Clip, registry devices.Registry, named string) (string, error) {
	device, ok := find(registry.Devices, func(d devices.Device) bool {
		return named != "" && (d.ID == named || d.Serial == named)
	})
	switch {
	case !ok:
		return "", refuse.Field("now", "now-unknown",
			"등록되지 않은 기기입니다. 기기의 ID나 일련번호를 확인하고, 없으면 먼저 등록하세요.")
	case device.Department != c.Department:
		return "", refuse.Field("now", "device-elsewhere",
			"다른 부서의 기기입니다. 이 부서의 기기를 고르거나, 기기의 부서가 바뀌었다면 등록부를 먼저 고치세요.")
	}
	return device.ID, nil
}

// purposeFor finds the purpose a person named, which the department must be
// allowed to use.
func purposeFor(c footage.Clip, registry devices.Registry, named string) (string, error) {
	p, ok := find(registry.Purposes, func(p devices.Purpose) bool { return named != "" && p.ID == named })
	switch {
	case !ok:
		return "", refuse.Field("now", "now-unknown", "등록되지 않은 촬영 목적입니다. 목적의 ID를 확인하세요.")
	case p.Department != "" && p.Department != c.Department:
		return "", refuse.Field("now", "purpose-elsewhere", "다른 부서의 촬영 목적입니다. 이 부서가 쓸 수 있는 목적을 고르세요.")
	}
	return p.ID, nil
}

// purposeOf is what a device films for when nobody says otherwise; "" when the
// registry does not say.
func purposeOf(registry devices.Registry, device string) string {
	found, _ := find(registry.Devices, func(d devices.Device) bool { return d.ID == device })
	if found.Purpose != "" {
		return found.Purpose
	}
	department, _ := find(registry.Departments, func(d devices.Department) bool { return d.ID == found.Department })
	return department.DefaultPurpose
}
