package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/vault"
)

// LongerThanSaid tells a sender that a file did not end where it said it would.
const LongerThanSaid = "알려 준 크기보다 많은 내용이 와서 받지 않았습니다. 카메라에서 지우지 말고 파일을 처음부터 다시 보내 주세요."

// Refusals of the way in that more than one place gives.
var (
	errVaultFull = refuse.New(refuse.Full, "vault-full",
		"영상 저장 공간이 가득 찼습니다. 여기까지 받은 것은 안전하니 카메라에서 지우지 말고 시스템 관리자에게 알려 주세요.")
	errVaultAway = refuse.New(refuse.Unavailable, "vault-away",
		"영상 저장소에 연결하지 못했습니다. 여기까지 받은 것은 안전하니 카메라에서 지우지 말고 잠시 뒤 다시 시도해 주세요.")
	errVaultCorrupt = refuse.New(refuse.Conflict, "vault-corrupt",
		"받던 파일의 저장된 부분이 달라져 이어 받을 수 없습니다. 카메라에서 지우지 말고 처음부터 다시 보내 주세요.")
	errLonger = refuse.New(refuse.TooLarge, "longer-than-said", LongerThanSaid)
	errEnded  = refuse.New(refuse.Gone, "upload-ended", "이미 끝난 전송입니다. 파일을 다시 보내려면 새로 시작해 주세요.")
)

// say turns the vault's errors into what a person can act on.
func say(err error) error {
	switch {
	case errors.Is(err, vault.ErrFull):
		return errVaultFull.Because(err)
	case errors.Is(err, vault.ErrAway):
		return errVaultAway.Because(err)
	case errors.Is(err, vault.ErrCorrupt):
		return errVaultCorrupt.Because(err)
	}
	return err
}

// Receipt is one file being received by one request.
type Receipt struct {
	in    *Intake
	up    footage.Upload
	owner string
	key   vault.Key
	flow  *vault.Inflow // open between the last byte and Finish
}

// Open continues an upload as its record stands. Whoever receives or finishes
// holds its lock; owner says under which name.
func (in *Intake) Open(up footage.Upload, owner string) *Receipt {
	return &Receipt{in: in, up: up, owner: owner}
}

// HeldBy names who holds the upload's lock now.
func (r *Receipt) HeldBy(owner string) { r.owner = owner }

// Upload tells how far it is.
func (r *Receipt) Upload() footage.Upload { return r.up }

// Receive takes bytes from src, which stand at offset, until src ends or
// breaks. The bytes it returns as taken are sealed and durable, unless they
// complete the file: then they become durable with Finish, which must follow.
// ctx bounds the work with the vault and must outlive the sender's connection.
func (r *Receipt) Receive(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	switch {
	case r.up.State == footage.Checking && offset == r.up.Size: // an empty file
		return r.complete(ctx, src, 0)
	case r.up.State != footage.Receiving:
		return 0, errEnded
	}
	if offset != r.up.Offset {
		return 0, refuse.New(refuse.Conflict, "offset-mismatch", "이어 받을 위치가 맞지 않습니다. 어디까지 받았는지 다시 확인한 뒤 이어서 보내 주세요.")
	}
	if err := r.begin(ctx); err != nil {
		return 0, say(err)
	}
	taken, srcErr := r.flow.ReadFrom(io.LimitReader(src, r.up.Size-offset))
	if errors.Is(srcErr, vault.ErrFull) || errors.Is(srcErr, vault.ErrAway) {
		r.drop()
		return r.up.Offset - offset, say(srcErr) // what earlier checkpoints made durable stays
	}
	if srcErr != nil || offset+taken < r.up.Size {
		return r.settle(ctx, offset, srcErr)
	}
	return r.complete(ctx, src, taken)
}

// complete looks whether a source goes on behind the announced end: then the
// file is not the one that was announced, and its beginning is not evidence.
func (r *Receipt) complete(ctx context.Context, src io.Reader, taken int64) (int64, error) {
	n, _ := io.ReadFull(src, make([]byte, 1)) // a connection that breaks after the last byte takes nothing from it
	if n == 0 {
		return taken, nil
	}
	r.drop()
	return 0, r.refuse(ctx, errLonger)
}

// settle makes durable what was taken from a sender who paused or broke off.
func (r *Receipt) settle(ctx context.Context, offset int64, srcErr error) (int64, error) {
	defer r.drop()
	p, err := r.flow.Sync()
	if err == nil {
		err = r.record(ctx, p)
	}
	if err != nil {
		return r.up.Offset - offset, say(err)
	}
	return r.up.Offset - offset, say(srcErr)
}

// begin opens the blob where the upload stands.
func (r *Receipt) begin(ctx context.Context) error {
	wrapped, err := r.in.Records.Key(ctx, r.up.ID)
	if err != nil {
		return err
	}
	if r.key, err = r.in.Keys.Unwrap(r.up.ID, wrapped); err != nil {
		return fmt.Errorf("ingest: unwrapping the key of %s: %w", r.up.ID, err)
	}
	checkpoint := r.checkpoint(ctx)
	r.flow, err = vault.Continue(ctx, r.in.Vault, r.up.ID, r.key, r.up.Progress, r.in.Rand, checkpoint)
	if errors.Is(err, vault.ErrFinished) && r.up.Offset == 0 {
		if err := r.startOver(ctx); err != nil {
			return err
		}
		r.flow, err = vault.Continue(ctx, r.in.Vault, r.up.ID, r.key, r.up.Progress, r.in.Rand, checkpoint)
	}
	return err
}

// startOver discards a blob that was made whole by a run that had the whole
// file in one go and was cut off before it was recorded: nobody was told that
// a byte of it is safe. To a request that hung while another took its upload
// over, a registered clip looks the same; the records tell them apart, for they
// take no progress of an upload that has ended or is another's.
func (r *Receipt) startOver(ctx context.Context) error {
	if err := r.record(ctx, r.up.Progress); err != nil {
		return err
	}
	return r.in.Vault.Destroy(ctx, r.up.ID)
}

// checkpoint is told of what has become durable in the midst of a run. A file
// that begins and ends within one segment has no midst: it is recorded when it
// pauses or ends, and one that is cut off before starts over (see begin).
func (r *Receipt) checkpoint(ctx context.Context) func(vault.Progress) error {
	if r.up.Offset == 0 && r.up.Size <= vault.SegmentSize {
		return nil
	}
	return func(p vault.Progress) error { return r.record(ctx, p) }
}

// record writes down how far the upload is durable. One whose last byte is
// durable is to be ended whatever becomes of its sender: its offset says that
// everything is here, and nobody would come back to continue it.
func (r *Receipt) record(ctx context.Context, p vault.Progress) error {
	next := r.up
	next.Offset, next.Progress, next.TouchedAt = p.Offset, p, r.in.now()
	if p.Offset == next.Size {
		next.State = footage.Checking
	}
	if err := r.in.Records.SaveProgress(ctx, next, r.owner); err != nil {
		return err
	}
	r.up = next
	return nil
}

func (r *Receipt) drop() {
	if r.flow != nil {
		_ = r.flow.Close() // nothing is lost: what was not synced was not acknowledged
		r.flow = nil
	}
}

// Close lets go; what was recorded stays.
func (r *Receipt) Close() { r.drop() }
