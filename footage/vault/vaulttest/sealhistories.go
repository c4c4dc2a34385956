package vaulttest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"jikim/footage/vault"
)

// flow plays random uploads of one recording and compares what was kept with
// what was sent.
type flow struct {
	s      vault.Store
	name   string
	plain  []byte
	f      *vault.Inflow
	at     int // bytes of plain given to f
	p      vault.Progress
	sealed *vault.Sealed
	runs   byte
}

func sealHistories(t *testing.T, s vault.Store) {
	blob := 0
	rapid.Check(t, func(rt *rapid.T) {
		blob++
		size := rapid.OneOf(rapid.IntRange(0, 200_000), rapid.IntRange(0, 3*mib)).Draw(rt, "size")
		f := &flow{s: s, name: fmt.Sprintf("clip-%d", blob), plain: bytesOf(uint64(size), size)}
		defer func() { _ = s.Destroy(context.Background(), f.name) }()
		rt.Repeat(map[string]func(*rapid.T){
			"send":   f.send,
			"sync":   f.sync,
			"crash":  f.crash,
			"finish": f.finish,
			"look":   f.look,
		})
	})
}

func (f *flow) run(t *rapid.T) {
	if f.sealed != nil {
		t.Skip("finished")
	}
	if f.f == nil {
		f.runs++
		f.f = inflow(t, f.s, f.name, f.p, f.runs, func(p vault.Progress) error { f.p = stored(t, p); return nil })
		f.at = int(f.p.Offset)
	}
}

// send sends some of what is left; the line may break after it.
func (f *flow) send(t *rapid.T) {
	f.run(t)
	n := rapid.IntRange(0, len(f.plain)-f.at).Draw(t, "bytes")
	var src io.Reader = bytes.NewReader(f.plain[f.at : f.at+n])
	if rapid.Bool().Draw(t, "break") {
		src = io.MultiReader(src, iotest.ErrReader(io.ErrUnexpectedEOF))
	}
	took, err := f.f.ReadFrom(src)
	if took != int64(n) || err != nil && err != io.ErrUnexpectedEOF {
		t.Fatalf("ReadFrom: %d of %d, %v", took, n, err)
	}
	f.at += n
}

func (f *flow) sync(t *rapid.T) {
	f.run(t)
	f.p = syncInflow(t, f.f)
	if f.p.Offset != int64(f.at) {
		t.Fatalf("Progress at %d, %d were sent", f.p.Offset, f.at)
	}
}

func (f *flow) crash(t *rapid.T) {
	if f.sealed != nil || f.f == nil {
		t.Skip("no run is on")
	}
	if rapid.Bool().Draw(t, "close") {
		if err := f.f.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	f.f = nil
}

func (f *flow) finish(t *rapid.T) {
	f.run(t)
	if f.at < len(f.plain) && rapid.IntRange(0, 4).Draw(t, "early") != 0 {
		t.Skip("not all is sent")
	}
	f.plain = f.plain[:f.at]
	sealed := finishInflow(t, f.f, f.plain)
	if f.p.Offset != int64(f.at) {
		t.Fatalf("finished at %d without a checkpoint after %d", f.at, f.p.Offset)
	}
	f.sealed = &sealed
}

func (f *flow) look(t *rapid.T) {
	if f.sealed == nil {
		t.Skip("not finished")
	}
	o := outflow(t, f.s, f.name, f.sealed.Manifest)
	defer o.Close()
	off := rapid.IntRange(0, len(f.plain)).Draw(t, "offset")
	n := rapid.IntRange(0, len(f.plain)-off).Draw(t, "length")
	p := make([]byte, n)
	if k, err := o.ReadAt(p, int64(off)); k != n || err != nil {
		t.Fatalf("ReadAt(%d at %d): %d, %v", n, off, k, err)
	}
	mustEqual(t, f.name, p, f.plain[off:off+n])
}
