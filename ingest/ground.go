package ingest

import (
	"context"
	"slices"
	"time"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
)

// ground is what the registry says of a device's footage, as it was when a file
// of it was read.
type ground struct {
	device      devices.Device
	known       bool // the device is registered
	purposes    []devices.Purpose
	usual       string          // the department's default purpose; "" = none
	fallback    devices.Purpose // see retention.Facts
	minimumStay time.Duration
}

func (in *Intake) groundOf(ctx context.Context, department string, device devices.Device, known bool) (g ground, err error) {
	g = ground{device: device, known: known, minimumStay: in.Limits.MinimumStay}
	if g.purposes, err = in.Registry.Purposes(ctx, department); err != nil {
		return g, err
	}
	g.fallback, _ = retention.Fallback(g.purposes, department)
	g.usual, err = in.usualPurpose(ctx, department)
	return g, err
}

// usualPurpose is the department's default purpose; "" when it has none or is
// not registered.
func (in *Intake) usualPurpose(ctx context.Context, department string) (string, error) {
	if department == "" {
		return "", nil
	}
	dep, err := in.Registry.Department(ctx, department)
	if no, ok := refuse.As(err); ok && no.Kind == refuse.NotFound {
		return "", nil
	}
	return dep.DefaultPurpose, err
}

// purposeOf is the purpose of a file whose sender named one or none: that, else
// the device's, else the department's; "" when none of them can be had.
func (g *ground) purposeOf(sent string) string {
	for _, id := range []string{sent, g.device.Purpose, g.usual} {
		if _, found := g.purpose(id); found {
			return id
		}
	}
	return ""
}

func (g *ground) purpose(id string) (devices.Purpose, bool) {
	i := slices.IndexFunc(g.purposes, func(p devices.Purpose) bool { return p.ID == id })
	if id == "" || i < 0 {
		return devices.Purpose{}, false
	}
	return g.purposes[i], true
}

// facts gathers what the decision about a clip of this device depends on; false
// when one of its purposes is not to be had any more.
func (g *ground) facts(c footage.Clip) (retention.Facts, bool) {
	f := retention.Facts{
		CapturedAt: c.CapturedAt.Std(), Confidence: c.TimeConfidence, CheckedInAt: c.CheckedInAt.Std(),
		DeviceKnown: g.known, BoughtOn: g.device.BoughtOn, Fallback: g.fallback, MinimumStay: g.minimumStay,
	}
	for _, id := range append([]string{c.Purpose}, c.MorePurposes...) {
		p, found := g.purpose(id)
		if !found && id != "" {
			return f, false
		}
		if found {
			f.Purposes = append(f.Purposes, p)
		}
	}
	return f, true
}
