package retention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// Records is what the gate and the sweep ask of the database beside Book.
type Records interface {
	// DueClips gives live clips due at a moment, the longest due first, from
	// where the page before ended.
	DueClips(ctx context.Context, at instant.Time, department, cursor string, limit int) (footage.Page, error)
	// ClipsIn gives clips in a state, oldest first.
	ClipsIn(ctx context.Context, s footage.State, limit int) ([]footage.Clip, error)
	HoldsOf(ctx context.Context, clip string) ([]footage.Hold, error)
	DerivativesOf(ctx context.Context, clip string) ([]footage.Derivative, error)
	// ResponsibleOfficer is the 관리책임자 of a department on a day; "" when none.
	ResponsibleOfficer(ctx context.Context, department string, day instant.Date) (string, error)
	// LedgerAt is the time of the ledger's last entry.
	LedgerAt(ctx context.Context) (instant.Time, error)
	// Claimed tells which ids are on their way in or kept.
	Claimed(ctx context.Context, ids []string) (map[string]bool, error)
	Claim(ctx context.Context, task, owner string, length time.Duration) (bool, error)
	Release(ctx context.Context, task, owner string) error
}

// DerivativeKinds is every kind of derivative this version makes: the gate
// destroys bytes under each of these names whether or not a record of them was
// written, and under the names of all that have a record.
var DerivativeKinds = []string{"poster", "proxy", "track", "strip"}

// Gate is the one door through which footage ends. Sweep, pages and interface
// all come through Destroy.
//
// The order makes it safe to stop at any instant. First, in one change: the
// question whether the clip may end, asked of the records as they stand at
// that moment; its state; its record of destruction; its key gone, so that
// from then on no copy of the bytes anywhere can be read. Then the bytes.
// Then, in a second change, that they are gone. A restart finds clips between
// the two changes and goes on with the bytes.
type Gate struct {
	Book    footage.Book
	Records Records
	Vault   vault.Store
	Clock   func() time.Time
	Owner   string // names this server in leases
}

// Destroy ends one clip. by is the person who decided it, or the system with
// its cycle; reason is why, in words. A refusal says why it may not end now.
func (g *Gate) Destroy(ctx context.Context, by ledger.Actor, clip, reason string) error {
	got, err := g.leased(ctx, clip, func() error {
		if err := g.begin(ctx, by, clip, reason); err != nil {
			return err
		}
		return g.complete(ctx, by, clip)
	})
	if err == nil && !got {
		return refuse.New(refuse.Conflict, codeDestroying, "다른 곳에서 이미 파기가 진행 중인 영상입니다. 잠시 뒤 다시 확인하십시오.")
	}
	return err
}

// Resume goes on with destructions that were begun and cut off. It gives how
// many it completed.
func (g *Gate) Resume(ctx context.Context) (int, error) {
	clips, err := g.Records.ClipsIn(ctx, footage.Destroying, 1000)
	if err != nil {
		return 0, err
	}
	done := 0
	var errs []error
	for _, c := range clips {
		got, err := g.leased(ctx, c.ID, func() error {
			return g.complete(ctx, ledger.Actor{Account: "system", Cycle: "중단된 파기 이어서 하기"}, c.ID)
		})
		if err != nil {
			errs = append(errs, err)
		} else if got {
			done++
		}
	}
	return done, errors.Join(errs...)
}

// gateLease is longer than destroying one clip on a slow store takes; a server
// that dies holding it delays that one clip by so much.
const gateLease = time.Minute

func (g *Gate) leased(ctx context.Context, clip string, work func() error) (bool, error) {
	task := "destroy:" + clip
	got, err := g.Records.Claim(ctx, task, g.Owner, gateLease)
	if err != nil || !got {
		return false, err
	}
	err = work()
	return true, errors.Join(err, g.Records.Release(context.WithoutCancel(ctx), task, g.Owner))
}

// begin asks the question and, in the same change, makes the clip unreadable.
func (g *Gate) begin(ctx context.Context, by ledger.Actor, id, reason string) error {
	e := ledger.Entry{Act: ledger.ActDestructionBegun, Actor: by, Subject: "clip:" + id, Why: reason}
	return g.Book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		clip := footage.Clip{ID: id}
		if err := tx.Load(&clip); err != nil {
			return err
		}
		holds, err := tx.HoldsOf(id)
		if err != nil {
			return err
		}
		ledgerAt, err := tx.LedgerTime()
		if err != nil {
			return err
		}
		now := g.Clock()
		if err := May(now, clip, holds, ledgerAt.Std()); err != nil {
			return err
		}
		officer, err := g.Records.ResponsibleOfficer(ctx, clip.Department, instant.DateOf(now))
		if err != nil {
			return err
		}
		record := footage.Destruction{
			Clip: id, FileName: clip.FileName, Department: clip.Department, SHA256: clip.SHA256,
			Reason: reason, BegunAt: instant.Of(now), By: by.Account, Cycle: by.Cycle, Officer: officer,
		}
		if by.Cycle == "" {
			record.ConfirmedBy, record.ConfirmedAt = by.Account, instant.Of(now)
		}
		e.Facts = map[string]string{"file_name": clip.FileName, "sha256": clip.SHA256, "expires_on": string(clip.ExpiresOn), "officer": officer}
		clip.State, clip.Twin, clip.MediaTodo = footage.Destroying, nil, false
		if err := tx.Save(&clip); err != nil {
			return err
		}
		if err := tx.Save(&record); err != nil {
			return err
		}
		return tx.DropKey(id)
	})
}

// errCompleted leaves a change that another worker has made already.
var errCompleted = errors.New("retention: the destruction is complete")

// complete removes the bytes and records that they are gone. It can be
// repeated, also by two workers at once: the lease only spares them the work,
// the record decides who writes the entry.
func (g *Gate) complete(ctx context.Context, by ledger.Actor, id string) error {
	names, err := g.blobs(ctx, id)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := g.Vault.Destroy(ctx, name); err != nil {
			return fmt.Errorf("retention: destroying %s: %w", name, err)
		}
	}
	if err := g.recordGone(ctx, by, id); !errors.Is(err, errCompleted) {
		return err
	}
	return nil
}

// blobs names every blob of a clip.
func (g *Gate) blobs(ctx context.Context, id string) ([]string, error) {
	names := []string{id}
	for _, kind := range DerivativeKinds {
		names = append(names, id+"."+kind)
	}
	made, err := g.Records.DerivativesOf(ctx, id)
	for _, d := range made {
		if !slices.Contains(names, d.ID) {
			names = append(names, d.ID)
		}
	}
	return names, err
}

// recordGone is the second change.
func (g *Gate) recordGone(ctx context.Context, by ledger.Actor, id string) error {
	e := ledger.Entry{Act: ledger.ActDestroyed, Actor: by, Subject: "clip:" + id}
	return g.Book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		clip, record := footage.Clip{ID: id}, footage.Destruction{Clip: id}
		if err := errors.Join(tx.Load(&clip), tx.Load(&record)); err != nil {
			return err
		}
		if clip.State == footage.Destroyed {
			return errCompleted
		}
		record.DestroyedAt = instant.Of(g.Clock())
		e.Facts = map[string]string{
			"file_name": record.FileName, "sha256": record.SHA256, "by": record.By, "cycle": record.Cycle, "officer": record.Officer,
		}
		clip.State = footage.Destroyed
		// Where and what it showed is personal too: the record keeps only what
		// the law wants recorded of a destruction.
		clip.Metadata, clip.Lat, clip.Lon, clip.SourcePath = "", nil, nil, nil
		if err := errors.Join(tx.Save(&clip), tx.Save(&record)); err != nil {
			return err
		}
		return discardDerivatives(tx, id)
	})
}

func discardDerivatives(tx footage.Tx, clip string) error {
	made, err := tx.DerivativesOf(clip)
	if err != nil {
		return err
	}
	for i := range made {
		made[i].State = footage.Discarded
		if err := tx.Save(&made[i]); err != nil {
			return err
		}
	}
	return nil
}

// errNothingNew leaves a change in which there is nothing to change.
var errNothingNew = errors.New("retention: all of it is confirmed already")

// Confirm records that a person has seen that these destroyed clips are gone
// (Standard Guidelines 42(2): 자동 삭제 여부 확인 시기, 파기 담당자). The first
// confirmation stands: repeating it changes nothing and leaves no entry.
func Confirm(ctx context.Context, book footage.Book, by ledger.Actor, clips []string, at instant.Time) error {
	if len(clips) == 0 {
		return refuse.Field("clips", "nothing-chosen", "확인할 파기 기록을 하나 이상 고르십시오.")
	}
	e := ledger.Entry{Act: ledger.ActDestructionConfirmed, Actor: by}
	err := book.Change(ctx, e, func(tx footage.Tx, e *ledger.Entry) error {
		confirmed := 0
		for _, id := range clips {
			record := footage.Destruction{Clip: id}
			if err := tx.Load(&record); err != nil {
				return err
			}
			if record.DestroyedAt.IsZero() {
				return refuse.New(refuse.Conflict, "not-destroyed-yet", "아직 파기가 끝나지 않은 영상이 있습니다("+record.FileName+"). 끝난 뒤 확인하십시오.")
			}
			if !record.ConfirmedAt.IsZero() {
				continue
			}
			record.ConfirmedBy, record.ConfirmedAt = by.Account, at
			if err := tx.Save(&record); err != nil {
				return err
			}
			confirmed++
		}
		if confirmed == 0 {
			return errNothingNew
		}
		e.Facts = map[string]string{"count": strconv.Itoa(confirmed)}
		return nil
	})
	if errors.Is(err, errNothingNew) {
		return nil
	}
	return err
}
