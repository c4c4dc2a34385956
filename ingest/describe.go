package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/footage/vault"
	"jikim/ingest/metadata"
)

// describe makes the clip's record: what the file says, what the registry says
// of its device and purpose, and the rule that follows.
func (in *Intake) describe(ctx context.Context, up footage.Upload, key vault.Key, sealed vault.Sealed) (footage.Clip, error) {
	report, err := in.read(ctx, up, key, sealed)
	if err != nil {
		return footage.Clip{}, err
	}
	clip := footage.Clip{
		ID: up.ID, FileName: up.FileName, SourcePath: up.SourcePath, Department: up.Department, Batch: up.Batch,
		Bytes: sealed.Bytes, SHA256: sealed.SHA256, Manifest: sealed.Manifest,
		CheckedInAt: in.now(), CheckedInBy: up.Account,
	}
	device, known, err := in.device(ctx, up, report)
	if err != nil {
		return clip, err
	}
	if known {
		clip.Device = device.ID
		clip.Department = device.Department
	}
	report.Settle(metadata.Context{DeviceClock: device.Clock, BoughtOn: device.BoughtOn, Now: in.Clock(), Checks: clockChecks(up, device)})
	if err := fill(&clip, report); err != nil {
		return clip, err
	}
	if err := in.decide(ctx, &clip, up, device, known); err != nil {
		return clip, err
	}
	doubt(&clip, report)
	clip.Twin = twinOf(clip.Department, clip.FileName, clip.SHA256)
	return clip, nil
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
	clip.TimeConfidence = metadata.Implausible
	if report.Time != nil {
		clip.TimeConfidence = report.Time.Confidence
	}
	clip.CapturedAt = capturedAt(report)
	clip.MediaTodo = report.Kind == metadata.Video || report.Kind == metadata.Photo || report.Track != nil
	return nil
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

// decide gives the clip its purpose and its rule.
func (in *Intake) decide(ctx context.Context, clip *footage.Clip, up footage.Upload, device devices.Device, known bool) error {
	all, err := in.Registry.Purposes(ctx, clip.Department)
	if err != nil {
		return err
	}
	facts := retention.Facts{
		CapturedAt: clip.CapturedAt.Std(), Confidence: clip.TimeConfidence, CheckedInAt: clip.CheckedInAt.Std(),
		DeviceKnown: known, BoughtOn: device.BoughtOn, MinimumStay: in.Limits.MinimumStay,
	}
	facts.Fallback, _ = retention.Fallback(all, clip.Department)
	usual, err := in.usualPurpose(ctx, clip.Department)
	if err != nil {
		return err
	}
	for _, id := range []string{up.Purpose, device.Purpose, usual} {
		i := slices.IndexFunc(all, func(p devices.Purpose) bool { return p.ID == id })
		if id != "" && i >= 0 {
			clip.Purpose, facts.Purposes = id, []devices.Purpose{all[i]}
			break
		}
	}
	retention.Apply(clip, retention.Decide(facts))
	return nil
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

// doubt puts what only the file shows before a person: it is kept, but it may
// not be what it seems.
func doubt(clip *footage.Clip, report metadata.Report) {
	var doubts []string
	switch {
	case clip.Bytes == 0:
		doubts = append(doubts, "빈 파일(0바이트)입니다. 카메라에서 녹화가 제대로 끝났는지 확인해 주세요.")
	case report.Kind == metadata.Other:
		doubts = append(doubts, "영상이나 사진으로 읽히지 않는 파일입니다. 그대로 보관했으니 카메라에서 지우기 전에 열어 보아 주세요.")
	case len(report.Problems) > 0 && (report.Kind == metadata.Video || report.Kind == metadata.Photo):
		doubts = append(doubts, "파일에서 이상을 찾았습니다: "+report.Problems[0]+" 그대로 보관했으니 카메라에서 지우기 전에 열어 보아 주세요.")
	}
	if len(doubts) == 0 {
		return
	}
	clip.Doubts = append(doubts, clip.Doubts...)
	clip.State = footage.Review
}
