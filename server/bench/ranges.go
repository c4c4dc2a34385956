package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

const (
	rangeSize  = mib
	crowd      = 32  // readers at once
	alone      = 300 // requests of one reader
	eachOfMany = 24  // requests of each of the crowd
)

// content is something that answers Range requests.
type content struct {
	name string
	addr string
	path string
	head string // header lines of every request
	size int64
	solo bool // serves one reader at a time: tusd locks a file that is read
}

// reading is what one reader or a crowd of them saw.
type reading struct {
	first   []float64 // seconds to the first byte of the body, each request
	whole   []float64 // seconds to the last
	seconds float64
	bytes   int64
}

func (r reading) rate() float64 { return float64(r.bytes) / 1e6 / r.seconds }

// fetch asks for bytes from..to and reads them.
func (c content) fetch(w *wire, from, to int64, into *reading) error {
	start := time.Now()
	if err := w.ask("GET", c.path, -1, c.head+fmt.Sprintf("Range: bytes=%d-%d\r\n", from, to-1)); err != nil {
		return err
	}
	resp, err := w.answer("GET")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusPartialContent {
		said, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %s: %s", c.name, resp.Status, said)
	}
	if _, err := w.in.Peek(1); err != nil {
		return err
	}
	first := time.Since(start)
	n, err := io.CopyBuffer(discard{}, resp.Body, w.scratch())
	if err == nil && n != to-from {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("%s: %d bytes of %d: %w", c.name, n, to-from, err)
	}
	into.first = append(into.first, first.Seconds())
	into.whole = append(into.whole, time.Since(start).Seconds())
	into.bytes += n
	return nil
}

// discard is io.Discard without its own buffer.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// random reads n ranges at random places, one after the other.
func (c content) random(ctx context.Context, n int, seed uint64) (reading, error) {
	var got reading
	w, err := dial(c.addr)
	if err != nil {
		return got, err
	}
	defer w.Close()
	r := rand.New(rand.NewPCG(seed, 1))
	start := time.Now()
	for range n {
		at := r.Int64N(c.size - rangeSize)
		if err := errors.Join(ctx.Err(), c.fetch(w, at, at+rangeSize, &got)); err != nil {
			return got, err
		}
	}
	got.seconds = time.Since(start).Seconds()
	return got, nil
}

// crowded is random by many readers at once.
func (c content) crowded(ctx context.Context) (reading, error) {
	each, errs := make([]reading, crowd), make([]error, crowd)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range crowd {
		wg.Go(func() { each[i], errs[i] = c.random(ctx, eachOfMany, uint64(i)+7) })
	}
	wg.Wait()
	all := reading{seconds: time.Since(start).Seconds()}
	for _, r := range each {
		all.whole = append(all.whole, r.whole...)
		all.bytes += r.bytes
	}
	return all, errors.Join(errs...)
}

// sequential reads the whole content by one request.
func (c content) sequential() (reading, error) {
	var got reading
	w, err := dial(c.addr)
	if err != nil {
		return got, err
	}
	defer w.Close()
	err = c.fetch(w, 0, c.size, &got)
	got.seconds = got.whole[0]
	return got, err
}

// looked is what was seen of one content over all rounds, in ms and MB/s.
type looked struct {
	firstMedian, firstP99, rate, crowdP99, crowdRate, sequential []float64
}

// look measures contents by turns.
func look(ctx context.Context, rounds int, contents []content) (map[string]*looked, error) {
	seen := map[string]*looked{}
	for _, c := range contents {
		seen[c.name] = &looked{}
		if _, err := c.sequential(); err != nil { // warms the page cache
			return nil, err
		}
	}
	for round := range rounds {
		for i := range contents {
			c := contents[(i+round)%len(contents)]
			if err := lookOnce(ctx, c, seen[c.name], uint64(round)); err != nil {
				return nil, err
			}
		}
	}
	return seen, nil
}

func lookOnce(ctx context.Context, c content, seen *looked, seed uint64) error {
	one, err := c.random(ctx, alone, seed)
	if err != nil {
		return err
	}
	if !c.solo {
		many, err := c.crowded(ctx)
		if err != nil {
			return err
		}
		seen.crowdP99 = append(seen.crowdP99, 1e3*quantile(many.whole, 0.99))
		seen.crowdRate = append(seen.crowdRate, many.rate())
	}
	whole, err := c.sequential()
	if err != nil {
		return err
	}
	seen.firstMedian = append(seen.firstMedian, 1e3*median(one.first))
	seen.firstP99 = append(seen.firstP99, 1e3*quantile(one.first, 0.99))
	seen.rate = append(seen.rate, one.rate())
	seen.sequential = append(seen.sequential, whole.rate())
	return nil
}

// rangeRows starts every side, gives it one film and reads that.
func (b *bench) rangeRows(ctx context.Context, t *table) error {
	contents, closeAll, err := b.films(ctx, b.scaled(2*gib))
	defer closeAll()
	if err != nil {
		return err
	}
	seen, err := look(ctx, b.rounds, contents)
	if err != nil {
		return err
	}
	for _, c := range contents {
		b.tellLooked(c.name, seen[c.name])
	}
	addRangeRows(t, seen)
	return nil
}

// films starts every side and gives each one film of a size.
func (b *bench) films(ctx context.Context, size int64) (contents []content, closeAll func(), err error) {
	var open []*running
	closeAll = func() {
		for _, r := range open {
			if err := r.close(); err != nil {
				b.tell("%v", err)
			}
		}
	}
	for _, s := range b.sides {
		r, err := b.open(ctx, s)
		if err != nil {
			return nil, closeAll, err
		}
		open = append(open, r)
		c, err := b.stored(r, s.name, size)
		if err != nil {
			return nil, closeAll, fmt.Errorf("%s: %w", s.name, err)
		}
		contents = append(contents, c)
	}
	return contents, closeAll, nil
}

func (b *bench) tellLooked(name string, l *looked) {
	b.tell("Range 1 MiB %-8s 첫 바이트 p50 %.2f ms p99 %.2f ms  %5.0f MB/s  32명 p99 %.0f ms %5.0f MB/s  차례로 %5.0f MB/s",
		name, median(l.firstMedian), median(l.firstP99), median(l.rate), median(l.crowdP99), median(l.crowdRate), median(l.sequential))
}

// stored puts one film and tells how it is read.
func (b *bench) stored(r *running, name string, size int64) (content, error) {
	w, err := dial(r.addr)
	if err != nil {
		return content{}, err
	}
	defer w.Close()
	rc, err := r.put(w, b.made.filmOf("range.mp4", size))
	if err != nil {
		return content{}, err
	}
	c := content{name: name, addr: r.addr, path: rc.at, size: size, solo: name == tusd}
	if r.tus == nil || r.tus.auth == "" {
		return c, nil
	}
	clip, err := r.tus.clip(w, rc.at)
	if err != nil {
		return c, err
	}
	c.head = r.tus.auth
	c.path, err = r.tus.view(w, clip)
	return c, err
}

func addRangeRows(t *table, seen map[string]*looked) {
	mine, bottom, plain := seen[ours], seen[floor], seen[tusd]
	if plain == nil {
		plain = &looked{}
	}
	p50, floorP50, plainP50 := median(mine.firstMedian), median(bottom.firstMedian), median(plain.firstMedian)
	t.add(row{
		number: "6", what: "봉인 Range 1 MiB: 첫 바이트 p50 / p99",
		ours:    fmt.Sprintf("%.2f / %.2f ms", p50, median(mine.firstP99)),
		anchors: fmt.Sprintf("tusd %.2f / %.2f, 바닥 %.2f / %.2f", plainP50, median(plain.firstP99), floorP50, median(bottom.firstP99)),
		ratio:   list(ratio(p50, plainP50, tusdWord), ratio(p50, floorP50, floorWord)), target: "p50 ≤ 1.5 × tusd",
		met: comparedWith(plainP50, p50 <= 1.5*plainP50),
	})
	rate, floorRate := median(mine.rate), median(bottom.rate)
	minio := floorRate * minioRange / floorThenRange
	t.add(row{
		number: "6", what: "봉인 Range 1 MiB: 한 사람", ours: fmt.Sprintf("%.0f MB/s", rate),
		anchors: list(fmt.Sprintf("%s %.0f", floorWord, floorRate), optional(tusdWord, median(plain.rate)), optional(minioWord, minio)),
		ratio:   list(ratio(rate, floorRate, floorWord), ratio(rate, minio, "MinIO")), target: "≥ 0.8 × 바닥, ≥ 2 × MinIO",
		met: verdictOf(rate >= 0.8*floorRate, rate >= 2*minio),
	})
	p99 := median(mine.crowdP99)
	t.add(row{
		number: "6", what: "봉인 Range 1 MiB: 32명이 한꺼번에", ours: fmt.Sprintf("p99 %.0f ms, %.0f MB/s", p99, median(mine.crowdRate)),
		anchors: fmt.Sprintf("바닥 %.0f ms, %.0f MB/s", median(bottom.crowdP99), median(bottom.crowdRate)),
		ratio:   ratio(p99, median(bottom.crowdP99), floorWord), target: "p99 ≤ 40 ms", met: verdictOf(p99 <= 40),
	})
	t.note("tusd는 읽는 사람을 한 줄로 세워(잠금) 32명 가운데 여럿에게 시간 초과로 답하므로 그 줄에 없음.")
	t.note("Range의 %s은 옛 표의 바닥 대비 비율 %.0f/%.0f.", minioWord, minioRange, floorThenRange)
}

// comparedWith gives no verdict when there was nothing to compare with.
func comparedWith(anchor float64, conditions ...bool) verdict {
	if anchor == 0 {
		return untold
	}
	return verdictOf(conditions...)
}
