package retention

import (
	"context"
	"errors"
	"sync"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Finding is one due clip as the sweep found it.
type Finding struct {
	Clip     footage.Clip
	Officer  string // 관리책임자 of its department
	Kept     string // why it stays, in words; "" when it goes
	KeptCode string
	Err      error // why destroying it failed; it stays begun and is resumed
}

// Preview tells what is due at a moment and what would happen to each, without
// doing anything. visit is called in the order in which the sweep would go.
func (g *Gate) Preview(ctx context.Context, at instant.Time, visit func(Finding) error) error {
	ledgerAt, err := g.Records.LedgerAt(ctx)
	if err != nil {
		return err
	}
	return g.eachDue(ctx, at, func(page []footage.Clip) error {
		for _, clip := range page {
			holds, err := g.Records.HoldsOf(ctx, clip.ID)
			if err != nil {
				return err
			}
			f := Finding{Clip: clip}
			if no, ok := refuse.As(May(at.Std(), clip, holds, ledgerAt.Std())); ok {
				f.Kept, f.KeptCode = no.Sentence, no.Code
			}
			if f.Officer, err = g.Records.ResponsibleOfficer(ctx, clip.Department, instant.DateOf(at.Std())); err != nil {
				return err
			}
			if err := visit(f); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepers is how many clips are destroyed at once: enough that their changes
// share commits.
const sweepers = 16

// Sweep destroys what is due now, through Destroy, and tells of each clip. A
// clip that may not go is told with its reason; one that fails does not stop
// the others; one that another worker is destroying or has destroyed meanwhile
// is for that one to tell. cycle names the run in the records ("자동 파기
// 2026-10-03").
func (g *Gate) Sweep(ctx context.Context, cycle string, visit func(Finding)) error {
	by := ledger.Actor{Account: "system", Cycle: cycle}
	var mu sync.Mutex
	var errs []error
	err := g.eachDue(ctx, instant.Of(g.Clock()), func(page []footage.Clip) error {
		var wg sync.WaitGroup
		room := make(chan struct{}, sweepers)
		for _, clip := range page {
			room <- struct{}{}
			wg.Go(func() {
				defer func() { <-room }()
				f := Finding{Clip: clip}
				err := g.Destroy(ctx, by, clip.ID, "보관기간 만료("+clip.ExpiresOn.Korean()+"까지 보관)")
				if elsewhere(err) {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				// Gone: another server's sweep was there first.
				if no, ok := refuse.As(err); ok && (no.Kind == refuse.Conflict || no.Kind == refuse.Gone) {
					f.Kept, f.KeptCode = no.Sentence, no.Code
				} else if err != nil {
					f.Err = err
					errs = append(errs, err)
				}
				visit(f)
			})
		}
		wg.Wait()
		return ctx.Err()
	})
	return errors.Join(append(errs, err)...)
}

// elsewhere reports that another worker was first.
func elsewhere(err error) bool {
	no, ok := refuse.As(err)
	return ok && (no.Code == codeDestroying || no.Code == codeDestroyed)
}

// eachDue walks all due clips page by page; those that stay are stepped over
// by the cursor.
func (g *Gate) eachDue(ctx context.Context, at instant.Time, visit func(page []footage.Clip) error) error {
	cursor := ""
	for {
		page, err := g.Records.DueClips(ctx, at, "", cursor, 500)
		if err != nil {
			return err
		}
		if err := visit(page.Clips); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		cursor = page.Next
	}
}
