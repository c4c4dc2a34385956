package ingest

import (
	"context"
	"errors"
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
		ok, err := in.leased(ctx, up.ID, func() error {
			r := in.Open(up, in.Owner)
			defer r.Close()
			return r.Finish(ctx)
		})
		if _, refused := refuse.As(err); err != nil && !refused {
			errs = append(errs, err)
		}
		if ok {
			done++
		}
	}
	return done, errors.Join(errs...)
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
		ok, err := in.leased(ctx, up.ID, func() error {
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

func (in *Intake) leased(ctx context.Context, id string, work func() error) (bool, error) {
	task := "upload:" + id
	got, err := in.Leases.Claim(ctx, task, in.Owner, leaseLength)
	if err != nil || !got {
		return false, err
	}
	err = work()
	return err == nil, errors.Join(err, in.Leases.Release(context.WithoutCancel(ctx), task, in.Owner))
}

// SweepOrphans removes bytes that belong to nothing: what a refused, cancelled
// or duplicate upload left when its server was cut off before the bytes went.
// A record is always written before the first byte, so a name without a record
// can never be something on its way in. It gives how many blobs were removed.
func (in *Intake) SweepOrphans(ctx context.Context) (int, error) {
	removed := 0
	var batch []vault.Item
	flush := func() error {
		n, err := in.removeUnclaimed(ctx, batch)
		removed += n
		batch = batch[:0]
		return err
	}
	err := in.Vault.List(ctx, func(item vault.Item) error {
		if strings.HasPrefix(item.Name, "checkpoint-") {
			return nil // the ledger's own, see server
		}
		if batch = append(batch, item); len(batch) == 500 {
			return flush()
		}
		return nil
	})
	return removed, errors.Join(err, flush())
}

func (in *Intake) removeUnclaimed(ctx context.Context, items []vault.Item) (int, error) {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i], _, _ = strings.Cut(item.Name, ".") // "<clip>" or "<clip>.<derivative>"
	}
	claimed, err := in.Records.Claimed(ctx, ids)
	if err != nil {
		return 0, err
	}
	removed := 0
	for i, item := range items {
		if claimed[ids[i]] {
			continue
		}
		if err := in.Vault.Destroy(ctx, item.Name); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
