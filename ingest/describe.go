package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/footage/vault"
	"jikim/ingest/metadata"
)

// describe makes the clip's record: what the file says, what the registry says
// of its device and purpose, and the rule that follows. What its recording adds
// is found when it is registered, by the joining it gives.
func (in *Intake) describe(ctx context.Context, up footage.Upload, key vault.Key, sealed vault.Sealed) (footage.Clip, footage.Joining, error) {
	report, err := in.read(ctx, up, key, sealed)
	if err != nil {
		return footage.Clip{}, nil, err
	}
	clip := footage.Clip{
		ID: up.ID, FileName: up.FileName, SourcePath: up.SourcePath, Department: up.Department, Batch: up.Batch,
		Bytes: sealed.Bytes, SHA256: sealed.SHA256, Manifest: sealed.Manifest,
		CheckedInAt: in.now(), CheckedInBy: up.Account,
	}
	device, known, err := in.device(ctx, up, report)
	if err != nil {
		return clip, nil, err
	}
	if known {
		clip.Device = device.ID
		clip.Department = device.Department
	}
	layouts, err := in.layouts(ctx)
	if err != nil {
		return clip, nil, err
	}
	layout := place(&clip, layouts, up.Account)
	report.Settle(metadata.Context{DeviceClock: device.Clock, BoughtOn: device.BoughtOn, Now: in.Clock(), Checks: clockChecks(up, device)})
	if err := fill(&clip, report); err != nil {
		return clip, nil, err
	}
	g, err := in.groundOf(ctx, clip.Department, device, known)
	if err != nil {
		return clip, nil, err
	}
	clip.Purpose = g.purposeOf(up.Purpose)
	facts, _ := g.facts(clip) // its purpose is one of the ground's
	retention.Apply(&clip, retention.Decide(facts))
	doubts := doubtsOf(clip, report)
	two, err := in.twoDevices(ctx, clip, device, report)
	doubtMore(&clip, append(doubts, two...))
	clip.Twin = twinOf(clip.Department, clip.FileName, clip.SHA256)
	return clip, joining(layout, layouts, g), err
}

// read lets the describer read the sealed original as if it were plain.
func (in *Intake) read(ctx context.Context, up footage.Upload, key vault.Key, sealed vault.Sealed) (metadata.Report, error) {
	out, err := vault.Open(ctx, in.Vault, up.ID, key, sealed.Manifest)
	if err != nil {
		return metadata.Report{}, err
	}
	defer out.Close()
	report, err := in.Describe.Read(ctx, out, out.Size(), up.FileName)
	if err != nil {
		return metadata.Report{}, fmt.Errorf("ingest: reading the metadata of %s: %w", up.ID, err)
	}
	report.File, report.SHA256, report.Bytes = up.FileName, sealed.SHA256, sealed.Bytes
	return report, nil
}

// device finds the registered device: the one the client named, else the one
// the file names.
func (in *Intake) device(ctx context.Context, up footage.Upload, report metadata.Report) (devices.Device, bool, error) {
	for _, serial := range []string{up.Device, report.Serial} {
		if serial == "" {
			continue
		}
		dev, found, err := in.Registry.DeviceBySerial(ctx, serial)
		if err != nil || found {
			return dev, found, err
		}
	}
	return devices.Device{}, false, nil
}

// twoDevices doubts the device the client named when the file names another one
// that is registered too.
func (in *Intake) twoDevices(ctx context.Context, clip footage.Clip, device devices.Device, report metadata.Report) ([]string, error) {
	if clip.Device == "" || report.Serial == "" || report.Serial == device.Serial || report.Serial == device.ID {
		return nil, nil
	}
	other, found, err := in.Registry.DeviceBySerial(ctx, report.Serial)
	if err != nil || !found || other.ID == device.ID {
		return nil, err
	}
	return []string{fmt.Sprintf("보낼 때 밝힌 기기는 %s인데 파일에는 다른 등록 기기 %s의 일련번호가 적혀 있습니다. 어느 기기로 찍었는지 확인하십시오.",
		calledOf(device), calledOf(other))}, nil
}

// calledOf is how people call a device: its label, with its serial number.
func calledOf(d devices.Device) string {
	if d.Label == "" {
		return d.Serial
	}
	return d.Label + "(" + d.Serial + ")"
}

// fill copies what lists and rules need out of the report, which is kept whole.
func fill(clip *footage.Clip, report metadata.Report) error {
	whole, err := json.Marshal(report)
	if err != nil {
		return err
	}
	clip.Metadata = string(whole)
	clip.Kind, clip.MIME = report.Kind, report.MIME
	if clip.MIME == "" {
		clip.MIME = "application/octet-stream"
	}
	clip.DurationS, clip.Width, clip.Height = report.DurationS, report.Width, report.Height
	if report.Location != nil {
		lat, lon := report.Location.Lat, report.Location.Lon
		clip.Lat, clip.Lon = &lat, &lon
	}
	r := readingOf(report)
	clip.CapturedAt, clip.TimeConfidence = r.at, r.grade
	clip.MediaTodo = report.Kind == metadata.Video || report.Kind == metadata.Photo || report.Track != nil
	return nil
}

// readingOf is the capture time of a report.
func readingOf(report metadata.Report) reading {
	r := reading{at: capturedAt(report), grade: metadata.Implausible}
	if report.Time != nil {
		r.grade = report.Time.Confidence
	}
	return r
}

// capturedAt is the moment lists and rules go by. A local time whose zone is
// not known is taken for Korean time: these devices are set and used here; the
// report kept with the clip says that it is assumed. An implausible time is
// none at all.
func capturedAt(report metadata.Report) instant.Time {
	if report.Time == nil || report.Time.Confidence == metadata.Implausible {
		return instant.Time{}
	}
	if t, known := report.Moment(); known {
		return instant.Of(t)
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", report.CapturedAt, instant.KST)
	if err != nil {
		return instant.Time{}
	}
	return instant.Of(t)
}

// doubtsOf is what only the file shows: it is kept, but it may not be what it
// seems.
func doubtsOf(clip footage.Clip, report metadata.Report) []string {
	switch {
	case clip.Bytes == 0:
		return []string{"빈 파일(0바이트)입니다. 카메라에서 녹화가 제대로 끝났는지 확인해 주세요."}
	case report.Kind == metadata.Other && !isLog(clip.Part):
		return []string{"영상이나 사진으로 읽히지 않는 파일입니다. 그대로 보관했으니 카메라에서 지우기 전에 열어 보아 주세요."}
	case len(report.Problems) > 0 && (report.Kind == metadata.Video || report.Kind == metadata.Photo):
		return []string{"파일에서 이상을 찾았습니다: " + report.Problems[0] + " 그대로 보관했으니 카메라에서 지우기 전에 열어 보아 주세요."}
	}
	return nil
}

// isLog reports whether a file is expected to show no picture.
func isLog(p profile.Part) bool {
	return p == profile.Track || p == profile.Sound || p == profile.Log
}

// doubtMore puts further doubts, before those that stand, to a person.
func doubtMore(clip *footage.Clip, doubts []string) {
	if len(doubts) == 0 {
		return
	}
	clip.Doubts = append(slices.Clip(doubts), clip.Doubts...)
	clip.State = footage.Review
}
