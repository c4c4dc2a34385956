package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// Finish ends an upload whose last byte has come: the blob is made whole, the
// hash compared, the file read, its rule decided, clip and entry written. It
// can be repeated after a crash at any point, by any server.
func (r *Receipt) Finish(ctx context.Context) error {
	switch r.up.State {
	case footage.CheckedIn:
		return nil
	case footage.Refused:
		return errEnded
	}
	r.in.finishing.Store(r.up.ID, nil)
	defer r.in.finishing.Delete(r.up.ID)
	sealed, err := r.seal(ctx)
	if err != nil {
		return say(err)
	}
	if r.up.Declared != "" && r.up.Declared != sealed.SHA256 {
		return r.refuse(ctx, refuse.New(refuse.Invalid, "hash-mismatch",
			"보낸 파일과 받은 파일의 검증값(SHA-256)이 다릅니다. 전송 중에 내용이 바뀌었을 수 있으니 카메라에서 지우지 말고 다시 보내 주세요."))
	}
	clip, join, err := r.in.describe(ctx, r.up, r.key, sealed)
	if err != nil {
		return say(err)
	}
	return r.checkIn(ctx, clip, join)
}

// seal makes the blob whole. One that was acknowledged in part is recorded as
// Checking before, by the flow's last checkpoint, so that any server can end
// it; a file that came in one go needs no note (a crash starts it over).
func (r *Receipt) seal(ctx context.Context) (vault.Sealed, error) {
	defer r.drop()
	if r.flow == nil {
		if err := r.begin(ctx); err != nil {
			return vault.Sealed{}, err
		}
	}
	return r.flow.Finish()
}

// checkIn writes clip and entry; a duplicate's bytes go at once.
func (r *Receipt) checkIn(ctx context.Context, clip footage.Clip, join footage.Joining) error {
	up := r.up
	up.Offset, up.TouchedAt = up.Size, r.in.now()
	tellReview(&up, clip)
	registered, err := r.in.Records.CheckIn(ctx, entryOf(up, clip), up, clip, join)
	if err != nil {
		return err
	}
	r.up = up // but for what its recording adds
	r.up.State, r.up.Clip = footage.CheckedIn, registered
	if registered == clip.ID {
		return nil
	}
	if registered == "" {
		r.up.State = footage.Refused // cancelled or given up meanwhile
		err = errEnded
	}
	return errors.Join(err, say(r.in.Gate.Discard(ctx, up.ID)))
}

// tellReview tells the sender why a person must look at the clip.
func tellReview(up *footage.Upload, clip footage.Clip) {
	up.Code, up.Detail = "", ""
	if len(clip.Doubts) > 0 {
		up.Code, up.Detail = "needs-review", clip.Doubts[0]
	}
}

func entryOf(up footage.Upload, clip footage.Clip) ledger.Entry {
	return ledger.Entry{Act: ledger.ActCheckedIn, Actor: actorOf(up), Subject: clip.RecordName(), Facts: factsOf(clip)}
}

func factsOf(clip footage.Clip) map[string]string {
	facts := map[string]string{
		"file_name": clip.FileName, "sha256": clip.SHA256, "bytes": strconv.FormatInt(clip.Bytes, 10),
		"department": clip.Department, "purpose": clip.Purpose, "device": clip.Device,
		"captured_at": clip.CapturedAt.String(), "time_confidence": clip.TimeConfidence,
		"rule": clip.Rule, "expires_on": string(clip.ExpiresOn),
	}
	if clip.CapturedAt.IsZero() {
		delete(facts, "captured_at")
	}
	for k, v := range facts {
		if v == "" {
			delete(facts, k)
		}
	}
	return facts
}

// refuse ends the upload for good: key and record first, in one change, then
// the bytes, which nothing can open any more.
func (r *Receipt) refuse(ctx context.Context, why *refuse.Error) error {
	if err := r.in.end(ctx, r.up, ledger.ActUploadRefused, actorOf(r.up), why); err != nil {
		return err
	}
	r.up.State = footage.Refused
	return why
}

func (in *Intake) end(ctx context.Context, up footage.Upload, act ledger.Act, by ledger.Actor, why *refuse.Error) error {
	up.Code, up.Detail, up.TouchedAt = why.Code, why.Sentence, in.now()
	e := ledger.Entry{
		Act: act, Actor: by, Subject: "upload:" + up.ID, Why: why.Sentence,
		Facts: map[string]string{"file_name": up.FileName, "code": why.Code},
	}
	if err := in.Records.RefuseUpload(ctx, e, up); err != nil {
		return err
	}
	return say(in.Gate.Discard(ctx, up.ID))
}

// Cancel ends an upload because its sender says so.
func (in *Intake) Cancel(ctx context.Context, id string, by ledger.Actor) error {
	up, err := in.Records.Upload(ctx, id)
	if err != nil {
		return err
	}
	if up.State == footage.Refused {
		return nil
	}
	return in.end(ctx, up, ledger.ActUploadRefused, by, refuse.New(refuse.Gone, "cancelled", "보낸 사람이 전송을 취소하여 받은 부분을 지웠습니다. 다시 보내려면 새로 시작해 주세요."))
}

// twinOf names a file for recognising it again: the same bytes under the same
// name in the same department. The same bytes under another name are another
// recording (two cameras can write the same few bytes; a court must see both).
func twinOf(department, name, sha string) *string {
	sum := sha256.Sum256([]byte(department + "\x00" + name + "\x00" + sha))
	s := hex.EncodeToString(sum[:])
	return &s
}
