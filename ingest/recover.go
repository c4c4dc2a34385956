package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// leaseLength is how long a worker keeps a claimed piece of work without
// saying so again.
const leaseLength = 2 * time.Minute

// system is who acts when nobody pressed a button.
var system = ledger.Actor{Account: "system"}

// FinishLeft ends uploads whose bytes are all here but whose clip was never
// written: their server was cut off in between. Any server may do it; a lease
// sees to it that one does. It gives how many were ended.
func (in *Intake) FinishLeft(ctx context.Context, untouchedFor time.Duration) (int, error) {
	ups, err := in.Records.UploadsIn(ctx, footage.Checking, in.now().Add(-untouchedFor), 100)
	if err != nil {
		return 0, err
	}
	done := 0
	var errs []error
	for _, up := range ups {
		if _, busy := in.finishing.Load(up.ID); busy {
			continue // a large file takes its time
		}
		ok, err := in.leased(ctx, up, func() error { return in.finishLeft(ctx, up) })
		if err != nil {
			errs = append(errs, err)
		}
		if ok {
			done++
		}
	}
	return done, errors.Join(errs...)
}

// finishLeft ends one upload, well or refused.
func (in *Intake) finishLeft(ctx context.Context, up footage.Upload) error {
	r := in.Open(up, in.Owner)
	defer r.Close()
	err := r.Finish(ctx)
	if _, refused := refuse.As(err); refused && r.Upload().State == footage.Refused {
		return nil // its record says why
	}
	return err
}

// GiveUpAbandoned ends uploads that nobody has continued for AbandonAfter and
// removes their bytes.
func (in *Intake) GiveUpAbandoned(ctx context.Context) (int, error) {
	ups, err := in.Records.UploadsIn(ctx, footage.Receiving, in.now().Add(-in.Limits.AbandonAfter), 100)
	if err != nil {
		return 0, err
	}
	why := refuse.New(refuse.Gone, "abandoned",
		"오랫동안 이어지지 않은 전송이라 받은 부분을 지웠습니다. 카메라에 남아 있다면 다시 보내 주세요.")
	done := 0
	var errs []error
	for _, up := range ups {
		ok, err := in.leased(ctx, up, func() error {
			return in.end(ctx, up, ledger.ActUploadAbandoned, system, why)
		})
		if err != nil {
			errs = append(errs, err)
		}
		if ok {
			done++
		}
	}
	return done, errors.Join(errs...)
}

// leased does work under the upload's lease, if it still is as it was listed:
// its sender may have come back, another server may have ended it.
func (in *Intake) leased(ctx context.Context, listed footage.Upload, work func() error) (done bool, err error) {
	task := "upload:" + listed.ID
	got, err := in.Leases.Claim(ctx, task, in.Owner, leaseLength)
	if err != nil || !got {
		return false, err
	}
	up, err := in.Records.Upload(ctx, listed.ID)
	if err == nil && up.State == listed.State && up.TouchedAt == listed.TouchedAt {
		err = work()
		done = err == nil
	}
	return done, errors.Join(err, in.Leases.Release(context.WithoutCancel(ctx), task, in.Owner))
}

// SweepOrphans removes bytes that belong to nothing any more: what a refused,
// cancelled or duplicate upload left when its server was cut off before the
// bytes went. It gives how many blobs were removed.
//
// A record is always written before the first byte. Bytes of which the records
// know nothing at all are therefore no orphans: these records do not belong to
// this vault, or were set back to an earlier day. Such bytes are left alone and
// told as an error.
func (in *Intake) SweepOrphans(ctx context.Context) (removed int, err error) {
	var batch []vault.Item
	var strangers []string
	flush := func() error {
		n, strange, err := in.removeEnded(ctx, batch)
		removed, strangers = removed+n, append(strangers, strange...)
		batch = batch[:0]
		return err
	}
	err = in.Vault.List(ctx, func(item vault.Item) error {
		if strings.HasPrefix(item.Name, "checkpoint-") {
			return nil // the ledger's own, see server
		}
		if batch = append(batch, item); len(batch) == 500 {
			return flush()
		}
		return nil
	})
	err = errors.Join(err, flush())
	if len(strangers) > 0 {
		err = errors.Join(err, fmt.Errorf("ingest: the records know nothing of %d blobs, the first is %s: they were left alone; do these records belong to this vault?",
			len(strangers), strangers[0]))
	}
	return removed, err
}

// removeEnded removes the blobs of uploads that have ended and of clips that
// are destroyed; it names those of which nothing is known.
func (in *Intake) removeEnded(ctx context.Context, items []vault.Item) (removed int, strangers []string, err error) {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i], _, _ = strings.Cut(item.Name, ".") // "<clip>" or "<clip>.<derivative>"
	}
	claimed, err := in.Records.Claimed(ctx, ids)
	if err != nil {
		return 0, nil, err
	}
	for i, item := range items {
		if claimed[ids[i]] {
			continue
		}
		_, err := in.Records.Upload(ctx, ids[i])
		if no, ok := refuse.As(err); ok && no.Kind == refuse.NotFound {
			strangers = append(strangers, item.Name)
			continue
		}
		if err == nil {
			err = in.Gate.Discard(ctx, item.Name)
		}
		if err != nil {
			return removed, strangers, err
		}
		removed++
	}
	return removed, strangers, nil
}
