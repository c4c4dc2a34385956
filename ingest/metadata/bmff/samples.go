package bmff

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"jikim/ingest/metadata/window"
)

// tables are the boxes that say where a track's samples lie. They are read
// entry by entry, never whole.
type tables struct{ stts, stsc, stsz, chunks Box }

// Sample is one sample of a track: where it lies, when it is shown and for how
// long.
type Sample struct {
	Offset int64
	Size   int
	At     time.Duration
	Length time.Duration
}

const (
	maxSample = 1 << 20 // bytes of one sample of telemetry; video samples are never read
	maxWalk   = 2 << 20 // samples of one track that are walked over: nine hours at sixty a second
)

// Stop is what a visit of EachSample or EachFreeGPS gives back to end the walk
// without that being an error.
var Stop = errStop

// EachSample gives the samples of a track to visit, from the first on, and
// reports how many the track has in all. Samples that point outside the file are
// left out.
func (t Track) EachSample(f *window.File, visit func(Sample) error) (int, error) {
	r := tableReader{f: f, t: t.tables}
	total, fixed, err := r.sizes()
	if err != nil || total == 0 {
		return 0, err
	}
	times := ticks{r: &r, scale: t.Timescale}
	index, left := 0, f.Size() // samples do not overlap: together they are no longer than the file
	err = r.eachChunk(func(offset int64, per int) error {
		for range per {
			if index >= total || index >= maxWalk || left < 0 {
				return errStop
			}
			size, err := r.size(index, fixed)
			if err != nil {
				return err
			}
			at, lasts := times.next()
			if left -= int64(size); size <= maxSample && offset+int64(size) <= f.Size() {
				if err := visit(Sample{Offset: offset, Size: size, At: at, Length: lasts}); err != nil {
					return err
				}
			}
			offset += int64(size)
			index++
		}
		return nil
	})
	if errors.Is(err, errStop) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // a table that ends early: what it had is good
	}
	return total, err
}

type tableReader struct {
	f *window.File
	t tables
}

// u32 reads the i-th big-endian number of a table that starts at a byte of a
// box's body.
func (r *tableReader) u32(b Box, at int64) (uint32, error) {
	if b.Body+at+4 > b.End {
		return 0, io.ErrUnexpectedEOF
	}
	p, err := r.f.Bytes(b.Body+at, 4)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(p), nil
}

// sizes gives the number of samples and, when they all have one size, that.
func (r *tableReader) sizes() (total int, fixed int, err error) {
	one, err := r.u32(r.t.stsz, 4)
	if err != nil {
		return 0, 0, nil
	}
	n, err := r.u32(r.t.stsz, 8)
	if err != nil || n > 1<<26 || one > 1<<30 {
		return 0, 0, nil
	}
	return int(n), int(one), nil
}

func (r *tableReader) size(i, fixed int) (int, error) {
	if fixed > 0 {
		return fixed, nil
	}
	v, err := r.u32(r.t.stsz, 12+4*int64(i))
	return int(v), err
}

// eachChunk calls visit for the chunks in order, with the number of samples in
// each (stsc, ISO/IEC 14496-12 §8.7.4).
func (r *tableReader) eachChunk(visit func(offset int64, samples int) error) error {
	chunks, err := r.u32(r.t.chunks, 4)
	if err != nil {
		return nil
	}
	runs, err := r.u32(r.t.stsc, 4)
	if err != nil || runs == 0 {
		return nil
	}
	run, per, next := uint32(0), uint32(0), uint32(1)
	for chunk := uint32(1); chunk <= chunks; chunk++ {
		if chunk == next && run < runs {
			if per, err = r.u32(r.t.stsc, 12+12*int64(run)); err != nil {
				return err
			}
			run++
			next = 0
			if run < runs {
				if next, err = r.u32(r.t.stsc, 8+12*int64(run)); err != nil {
					return err
				}
			}
		}
		if per == 0 || per > 1<<20 {
			return nil
		}
		offset, err := r.chunk(chunk - 1)
		if err != nil {
			return err
		}
		if err := visit(offset, int(per)); err != nil {
			return err
		}
	}
	return nil
}

func (r *tableReader) chunk(i uint32) (int64, error) {
	if r.t.chunks.Type == "stco" {
		v, err := r.u32(r.t.chunks, 8+4*int64(i))
		return int64(v), err
	}
	high, err := r.u32(r.t.chunks, 8+8*int64(i))
	if err != nil {
		return 0, err
	}
	low, err := r.u32(r.t.chunks, 12+8*int64(i))
	if high > 1<<30 {
		return 0, io.ErrUnexpectedEOF
	}
	return int64(high)<<32 | int64(low), err
}

// ticks runs through stts and gives each sample's time.
type ticks struct {
	r     *tableReader
	scale uint32
	entry int64
	left  uint32
	delta uint32
	now   uint64
}

// next gives the time of the next sample and how long it lasts. Where the table
// has fewer times than there are samples, the rest share the last.
func (t *ticks) next() (at, lasts time.Duration) {
	at = length(t.now, t.scale)
	if t.left == 0 {
		count, err := t.r.u32(t.r.t.stts, 8+8*t.entry)
		if err != nil {
			return at, 0
		}
		delta, err := t.r.u32(t.r.t.stts, 12+8*t.entry)
		if err != nil {
			return at, 0
		}
		t.left, t.delta = count, delta
		t.entry++
	}
	if t.left > 0 {
		t.left--
	}
	t.now += uint64(t.delta)
	return at, length(uint64(t.delta), t.scale)
}
