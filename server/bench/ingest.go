package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// load is files sent at once by a number of senders.
type load struct {
	name    string
	files   int
	senders int
	size    int64 // of each file
	photo   bool
	broken  bool // each connection breaks once, half way
}

func (l load) bytes() int64 { return int64(l.files) * l.size }

// sample is one run of a load on one side.
type sample struct {
	seconds  float64
	cpu      float64 // seconds of the server and its children
	peak     float64 // bytes, of the server
	children float64 // bytes, of its children together
	tail     float64 // longest time from the last byte to the answer, seconds
}

// samples are the runs of each load on each side.
type samples map[string]map[string][]sample

func (s samples) add(load, side string, one sample) {
	if s[load] == nil {
		s[load] = map[string][]sample{}
	}
	s[load][side] = append(s[load][side], one)
}

// middle is the median of what pick takes from the runs; ok is false without runs.
func (s samples) middle(load, side string, pick func(sample) float64) (float64, bool) {
	runs := s[load][side]
	values := make([]float64, len(runs))
	for i, one := range runs {
		values[i] = pick(one)
	}
	return median(values), len(values) > 0
}

// worst is the highest of it.
func (s samples) worst(load, side string, pick func(sample) float64) float64 {
	worst := 0.0
	for _, one := range s[load][side] {
		worst = max(worst, pick(one))
	}
	return worst
}

// bench is one run of this program.
type bench struct {
	dir    string // everything that is written lies here
	rounds int
	quick  bool
	house  *house
	sides  []side
	made   material
	tell   func(format string, args ...any)
}

// sizes, smaller for a quick look.
func (b *bench) scaled(n int64) int64 {
	if b.quick {
		return n / 8
	}
	return n
}

// Names of the loads; the table finds its numbers by them.
const (
	oneBig   = "1 × 2 GiB"
	eight    = "8 × 512 MiB"
	photos   = "사진 300 × 4 MiB"
	sixty    = "64 × 64 MiB"
	cutOnce  = "1 × 2 GiB, 한 번 끊김"
	ontoS3   = "8 × 256 MiB → S3"
	warmSize = mib
)

func (b *bench) ingest(ctx context.Context) (samples, error) {
	got := samples{}
	loads := []load{
		{name: oneBig, files: 1, senders: 1, size: b.scaled(2 * gib)},
		{name: eight, files: 8, senders: 8, size: b.scaled(gib / 2)},
		{name: photos, files: int(b.scaled(300)), senders: 8, size: 4 * mib, photo: true},
	}
	for round := range b.rounds {
		for _, l := range loads {
			for i := range b.sides {
				if err := b.once(ctx, got, l, b.sides[(i+round)%len(b.sides)]); err != nil {
					return nil, err
				}
			}
		}
		l := load{name: cutOnce, files: 1, senders: 1, size: b.scaled(2 * gib), broken: true}
		if err := b.once(ctx, got, l, b.house.side()); err != nil {
			return nil, err
		}
	}
	l := load{name: sixty, files: 64, senders: 64, size: b.scaled(64 * mib)}
	return got, b.once(ctx, got, l, b.house.side())
}

// once runs a load on a freshly started side with an empty directory, which is
// removed afterwards.
func (b *bench) once(ctx context.Context, got samples, l load, s side) error {
	r, err := b.open(ctx, s)
	if err != nil {
		return err
	}
	one, err := b.measure(ctx, r, l)
	if err = errors.Join(err, r.close()); err != nil {
		return fmt.Errorf("%s, %s: %w", s.name, l.name, err)
	}
	b.tell("%-24s %-6s %7.0f MB/s  %5.2f CPU s/GiB  %5.0f MiB  끝→답 %4.0f ms",
		l.name, s.name, float64(l.bytes())/1e6/one.seconds, one.cpu/(float64(l.bytes())/float64(gib)), one.peak/float64(mib), one.tail*1e3)
	got.add(l.name, s.name, one)
	return nil
}

// measure sends the load to a running side.
func (b *bench) measure(ctx context.Context, r *running, l load) (sample, error) {
	if err := b.warm(r); err != nil {
		return sample{}, err
	}
	unix.Sync() // what earlier runs left to write is not to be paid here
	before, err := r.cpu()
	if err != nil {
		return sample{}, err
	}
	start := time.Now()
	receipts, err := b.sendAll(ctx, r, l)
	if err != nil {
		return sample{}, err
	}
	one := sample{seconds: time.Since(start).Seconds()}
	after, err := r.cpu()
	if err != nil {
		return sample{}, err
	}
	peak, err := r.peak()
	if err != nil {
		return sample{}, err
	}
	one.cpu, one.peak, one.children = (after - before).Seconds(), float64(peak), float64(r.childrenPeak())
	for _, rc := range receipts {
		one.tail = max(one.tail, rc.tail.Seconds())
	}
	return one, b.check(r, l, receipts)
}

// warm sends one small file, so that what is made on first use is there.
func (b *bench) warm(r *running) error {
	w, err := dial(r.addr)
	if err != nil {
		return err
	}
	defer w.Close()
	_, err = r.put(w, b.made.filmOf("warm.mp4", warmSize))
	return err
}

// sendAll sends the files of a load by its senders at once.
func (b *bench) sendAll(ctx context.Context, r *running, l load) ([]receipt, error) {
	receipts := make([]receipt, l.files)
	errs := make([]error, l.senders+1)
	var wg sync.WaitGroup
	for sender := range l.senders {
		wg.Go(func() {
			w, err := dial(r.addr)
			if err != nil {
				errs[sender] = err
				return
			}
			defer w.Close()
			for i := sender; i < l.files && errs[sender] == nil && ctx.Err() == nil; i += l.senders {
				receipts[i], errs[sender] = b.sendOne(r, w, l, i)
			}
		})
	}
	wg.Wait()
	errs[l.senders] = ctx.Err()
	return receipts, errors.Join(errs...)
}

func (b *bench) sendOne(r *running, w *wire, l load, i int) (receipt, error) {
	p := b.made.filmOf(fmt.Sprintf("DJI_%04d.MP4", i), l.size)
	if l.photo {
		p = b.made.photoOf(fmt.Sprintf("DJI_%04d.JPG", i), l.size)
	}
	if l.broken {
		return r.tus.putBroken(p)
	}
	return r.put(w, p)
}

// check asks ours whether every file has been checked in: an answer that came
// fast and means less is worth nothing.
func (b *bench) check(r *running, l load, receipts []receipt) error {
	if r.tus == nil || r.tus.auth == "" {
		return nil
	}
	w, err := dial(r.addr)
	if err != nil {
		return err
	}
	defer w.Close()
	for _, rc := range receipts {
		if _, err := r.tus.clip(w, rc.at); err != nil {
			return err
		}
		if l.broken && rc.resumed == 0 {
			return errors.New("the interrupted upload was not resumed but sent anew")
		}
	}
	return nil
}
