package vaulttest

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"jikim/footage/vault"
)

// history plays random runs on one blob and compares it with a model: the
// bytes synced so far, and the mark that came with them.
type history struct {
	s       vault.Store
	name    string
	w       vault.Writer // nil: no run is on
	mark    vault.Mark
	synced  []byte
	written []byte // synced and what was written since
	done    bool
	seed    uint64
}

func testHistories(t *testing.T, s vault.Store, checks int) {
	blob := 0
	play := func(rt *rapid.T) {
		blob++
		h := &history{s: s, name: fmt.Sprintf("clip-%d", blob)}
		defer h.end(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"write":   h.write,
			"sync":    h.sync,
			"crash":   h.crash,
			"finish":  h.finish,
			"destroy": h.destroy,
			"":        h.check,
		})
	}
	// rapid plays 100 histories unless told otherwise by its flag; a slow store
	// is content with fewer.
	played := 0
	rapid.Check(t, func(rt *rapid.T) {
		if played++; played <= checks {
			play(rt)
		}
	})
}

func (h *history) run(t *rapid.T) {
	if h.w != nil {
		return
	}
	w, err := h.s.Resume(context.Background(), h.name, h.mark)
	if err != nil {
		t.Fatalf("Resume at %d: %v", h.mark.Size, err)
	}
	h.w, h.written = w, append([]byte(nil), h.synced...)
}

func (h *history) write(t *rapid.T) {
	if h.done {
		t.Skip("finished")
	}
	h.run(t)
	n := rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 300_000), rapid.SampledFrom([]int{3 * mib, 6 * mib})).Draw(t, "bytes")
	h.seed++
	b := bytesOf(h.seed, n)
	if k, err := h.w.Write(b); err != nil || k != n {
		t.Fatalf("Write: %d of %d, %v", k, n, err)
	}
	h.written = append(h.written, b...)
}

func (h *history) sync(t *rapid.T) {
	if h.done {
		t.Skip("finished")
	}
	h.run(t)
	m, err := h.w.Sync(context.Background())
	if err != nil || m.Size != int64(len(h.written)) {
		t.Fatalf("Sync: %d, %v; %d were written", m.Size, err, len(h.written))
	}
	h.mark, h.synced = m, h.written
	h.written = append([]byte(nil), h.synced...)
}

func (h *history) crash(t *rapid.T) {
	if h.w == nil {
		t.Skip("no run is on")
	}
	if rapid.Bool().Draw(t, "close") {
		if err := h.w.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	h.w = nil
}

// finish syncs first, as callers must, and may do it twice.
func (h *history) finish(t *rapid.T) {
	if !h.done {
		h.sync(t)
	}
	if h.w == nil {
		h.run(t)
	}
	if err := h.w.Finish(context.Background()); err != nil {
		t.Fatalf("Finish: %v", err)
	}
	h.done, h.w = true, nil
}

func (h *history) destroy(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "really") != 0 {
		t.Skip("not now")
	}
	h.end(t)
	*h = history{s: h.s, name: h.name, seed: h.seed}
}

func (h *history) check(t *rapid.T) {
	b, err := h.s.Open(context.Background(), h.name)
	if !h.done {
		mustBe(t, "opening an unfinished blob", err, vault.ErrNotFound)
		return
	}
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer b.Close()
	have := make([]byte, b.Size())
	if n, err := b.ReadAt(have, 0); n != len(have) {
		t.Fatalf("ReadAt: %d of %d, %v", n, len(have), err)
	}
	mustEqual(t, h.name, have, h.synced)
}

func (h *history) end(t *rapid.T) {
	if h.w != nil {
		_ = h.w.Close() // a run that is dropped
	}
	if err := h.s.Destroy(context.Background(), h.name); err != nil {
		t.Fatalf("Destroy: %v", err)
	}
}
