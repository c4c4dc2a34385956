package vaulttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"jikim/footage/vault"
)

// runSealing tests that what goes in through an Inflow comes out of an
// Outflow, over the store that open gives.
func runSealing(t *testing.T, open func(t *testing.T) vault.Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s vault.Store)
	}{
		{"sizes", sealSizes},
		{"sources", sealSources},
		{"broken source", sealBrokenSource},
		{"checkpoints", sealCheckpoints},
		{"continue at every progress", sealContinue},
		{"finish again", sealFinishAgain},
		{"progress that does not fit", sealBadProgress},
		{"reader", sealReader},
		{"concurrent ranges", sealConcurrent},
		{"destroyed while read", sealDestroyed},
		{"tampering", sealTampering},
		{"exchanges", sealExchanges},
		{"random histories", sealHistories},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// randomness is a source that gives other bytes on each call, the same in each
// test run.
func randomness(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed, 1}) }

func keyOf(t failer, seed byte) vault.Key {
	t.Helper()
	k, err := vault.NewKey(randomness(seed))
	if err != nil {
		t.Fatalf("NewKey: %v", err)
	}
	return k
}

// inflow continues the blob called name; seed sets this run's randomness apart.
func inflow(t failer, s vault.Store, name string, p vault.Progress, seed byte, checkpoint func(vault.Progress) error) *vault.Inflow {
	t.Helper()
	f, err := vault.Continue(context.Background(), s, name, keyOf(t, 1), p, randomness(seed), checkpoint)
	if err != nil {
		t.Fatalf("Continue(%s at %d): %v", name, p.Offset, err)
	}
	return f
}

// seal stores plain under name with keyOf(1).
func seal(t failer, s vault.Store, name string, plain []byte) vault.Sealed {
	t.Helper()
	f := inflow(t, s, name, vault.Progress{}, 2, nil)
	pour(t, f, plain)
	return finishInflow(t, f, plain)
}

func pour(t failer, f *vault.Inflow, b []byte) {
	t.Helper()
	if n, err := f.ReadFrom(bytes.NewReader(b)); err != nil || n != int64(len(b)) {
		t.Fatalf("ReadFrom: %d of %d, %v", n, len(b), err)
	}
}

// syncInflow syncs and gives the Progress as a database would give it back.
func syncInflow(t failer, f *vault.Inflow) vault.Progress {
	t.Helper()
	p, err := f.Sync()
	if err != nil {
		t.Fatalf("Sync: %v", err)
	}
	return stored(t, p)
}

func stored(t failer, p vault.Progress) (back vault.Progress) {
	t.Helper()
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		t.Fatalf("progress as JSON: %v", err)
	}
	return back
}

func finishInflow(t failer, f *vault.Inflow, plain []byte) vault.Sealed {
	t.Helper()
	sealed, err := f.Finish()
	if err != nil {
		t.Fatalf("Finish: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if sealed.Bytes != int64(len(plain)) || sealed.SHA256 != sumOf(plain) {
		t.Fatalf("Finish says %d bytes, %s; want %d, %s", sealed.Bytes, sealed.SHA256, len(plain), sumOf(plain))
	}
	return sealed
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func outflow(t failer, s vault.Store, name string, m vault.Manifest) *vault.Outflow {
	t.Helper()
	o, err := vault.Open(context.Background(), s, name, keyOf(t, 1), m)
	if err != nil {
		t.Fatalf("Open(%s): %v", name, err)
	}
	return o
}

// mustHold reads the blob whole, by ranges, and through Check.
func mustHold(t failer, s vault.Store, name string, m vault.Manifest, plain []byte) {
	t.Helper()
	o := outflow(t, s, name, m)
	defer o.Close()
	if o.Size() != int64(len(plain)) {
		t.Fatalf("%s has %d bytes, want %d", name, o.Size(), len(plain))
	}
	whole := make([]byte, len(plain)+1)
	if n, err := o.ReadAt(whole, 0); n != len(plain) || err != io.EOF {
		t.Fatalf("reading %s: %d of %d, %v", name, n, len(plain), err)
	}
	mustEqual(t, name, whole[:len(plain)], plain)
	r := rand.New(rand.NewPCG(uint64(len(plain)), 5))
	for range 20 {
		if len(plain) == 0 {
			break
		}
		off := r.IntN(len(plain))
		n := min(1+r.IntN(200_000), len(plain)-off)
		if k, err := o.ReadAt(whole[:n], int64(off)); k != n || err != nil {
			t.Fatalf("reading %d bytes of %s at %d: %d, %v", n, name, off, k, err)
		}
		mustEqual(t, fmt.Sprintf("%s at %d", name, off), whole[:n], plain[off:off+n])
	}
	sum, err := vault.Check(context.Background(), s, name, keyOf(t, 1), m)
	if err != nil || sum != sumOf(plain) {
		t.Fatalf("Check(%s): %s, %v", name, sum, err)
	}
}

func sealSizes(t *testing.T, s vault.Store) {
	for _, n := range []int{0, 1, 65535, 65536, 65537, 131072, 8*mib - 1, 8 * mib, 8*mib + 1, vault.SegmentSize, 70 * mib} {
		name := fmt.Sprintf("clip-%d", n)
		plain := bytesOf(uint64(n), n)
		sealed := seal(t, s, name, plain)
		mustHold(t, s, name, sealed.Manifest, plain)
		if sealed.Manifest.Size() != int64(n) {
			t.Fatalf("manifest of %d bytes says %d", n, sealed.Manifest.Size())
		}
		if b := get(t, s, name); int64(len(b)) != sealed.Manifest.SealedSize() {
			t.Fatalf("%d sealed bytes, manifest says %d", len(b), sealed.Manifest.SealedSize())
		}
		if err := s.Destroy(context.Background(), name); err != nil {
			t.Fatal(err)
		}
	}
}

// sealSources gives the same bytes in every way a Reader may.
func sealSources(t *testing.T, s vault.Store) {
	plain := bytesOf(3, 400_000)
	for name, src := range map[string]io.Reader{
		"one-byte":     iotest.OneByteReader(bytes.NewReader(plain[:70_000])),
		"half":         iotest.HalfReader(bytes.NewReader(plain)),
		"data-and-eof": iotest.DataErrReader(bytes.NewReader(plain)),
		"nothing-yet":  &stutter{src: bytes.NewReader(plain)},
	} {
		want := plain
		if name == "one-byte" {
			want = plain[:70_000]
		}
		f := inflow(t, s, name, vault.Progress{}, 2, nil)
		if n, err := f.ReadFrom(src); err != nil || n != int64(len(want)) {
			t.Fatalf("%s: %d of %d, %v", name, n, len(want), err)
		}
		sealed := finishInflow(t, f, want)
		if len(sealed.Manifest.Segments) != 1 {
			t.Fatalf("%s: short reads were taken for ends: %v", name, sealed.Manifest)
		}
		mustHold(t, s, name, sealed.Manifest, want)
	}
	f := inflow(t, s, "stuck", vault.Progress{}, 2, nil)
	defer f.Close()
	if _, err := f.ReadFrom(&stutter{}); !errors.Is(err, io.ErrNoProgress) {
		t.Fatalf("a source that gives nothing for ever: %v", err)
	}
}

// stutter gives nothing on every second call.
type stutter struct {
	src   io.Reader
	calls int
}

func (s *stutter) Read(p []byte) (int, error) {
	if s.calls++; s.calls%2 == 1 || s.src == nil {
		return 0, nil
	}
	return s.src.Read(p[:min(len(p), 10_000)])
}

func sealBrokenSource(t *testing.T, s vault.Store) {
	plain := bytesOf(4, 3*mib)
	cable := errors.New("the cable was pulled")
	f := inflow(t, s, "clip", vault.Progress{}, 2, nil)
	n, err := f.ReadFrom(io.MultiReader(bytes.NewReader(plain[:mib+7]), iotest.ErrReader(cable)))
	mustBe(t, "ReadFrom", err, cable)
	if n != mib+7 {
		t.Fatalf("%d bytes were taken", n)
	}
	p := syncInflow(t, f)
	if p.Offset != mib+7 {
		t.Fatalf("Progress at %d", p.Offset)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadFrom(bytes.NewReader(plain)); err == nil {
		t.Fatal("a closed Inflow took bytes")
	}
	f = inflow(t, s, "clip", p, 3, nil)
	pour(t, f, plain[mib+7:])
	sealed := finishInflow(t, f, plain)
	mustHold(t, s, "clip", sealed.Manifest, plain)
}

func sealCheckpoints(t *testing.T, s vault.Store) {
	plain := bytesOf(5, vault.SegmentSize+1000)
	var points []vault.Progress
	f := inflow(t, s, "clip", vault.Progress{}, 2, func(p vault.Progress) error {
		points = append(points, stored(t, p))
		return nil
	})
	pour(t, f, plain)
	if len(points) != 1 || points[0].Offset != vault.SegmentSize {
		t.Fatalf("%d checkpoints in one segment and a bit", len(points))
	}
	sealed := finishInflow(t, f, plain)
	if len(points) != 2 || points[1].Offset != int64(len(plain)) {
		t.Fatalf("%d checkpoints after Finish", len(points))
	}
	mustHold(t, s, "clip", sealed.Manifest, plain)

	lost := errors.New("the lease is lost")
	f = inflow(t, s, "other", vault.Progress{}, 2, func(vault.Progress) error { return lost })
	defer f.Close()
	_, err := f.ReadFrom(bytes.NewReader(plain))
	mustBe(t, "ReadFrom with a checkpoint that fails", err, lost)
	_, err = f.Sync()
	mustBe(t, "Sync after it", err, lost)
	_, err = f.Finish()
	mustBe(t, "Finish after it", err, lost)
}

// sealContinue drops runs at every Progress and lets other bytes be lost.
func sealContinue(t *testing.T, s vault.Store) {
	cuts := []int{1, 65536, 65537, 200_000, 7 * mib}
	plain := bytesOf(6, 8*mib)
	for k := range cuts {
		name := fmt.Sprintf("clip-%d", k)
		f := inflow(t, s, name, vault.Progress{}, 2, nil)
		var points []vault.Progress
		at := 0
		for _, cut := range cuts {
			pour(t, f, plain[at:cut])
			points = append(points, syncInflow(t, f))
			at = cut
		}
		pour(t, f, bytesOf(7, 100_000)) // never synced
		if again := syncInflow(t, inflow(t, s, name, points[k], 3, nil)); again.Offset != int64(cuts[k]) {
			t.Fatalf("Progress at %d, want %d", again.Offset, cuts[k])
		}
		f = inflow(t, s, name, points[k], 4, nil)
		pour(t, f, plain[cuts[k]:])
		sealed := finishInflow(t, f, plain)
		mustHold(t, s, name, sealed.Manifest, plain)
	}
}

func sealFinishAgain(t *testing.T, s vault.Store) {
	for _, n := range []int{0, 1000, 7 * mib} {
		name := fmt.Sprintf("clip-%d", n)
		plain := bytesOf(8, n)
		f := inflow(t, s, name, vault.Progress{}, 2, nil)
		pour(t, f, plain)
		p := syncInflow(t, f)
		first := finishInflow(t, f, plain)
		second := finishInflow(t, inflow(t, s, name, p, 3, nil), plain)
		if fmt.Sprint(first) != fmt.Sprint(second) {
			t.Fatalf("finished as %v, again as %v", first, second)
		}
		mustHold(t, s, name, second.Manifest, plain)
	}
}

func sealBadProgress(t *testing.T, s vault.Store) {
	f := inflow(t, s, "clip", vault.Progress{}, 2, nil)
	pour(t, f, bytesOf(9, 100_000))
	good := syncInflow(t, f)
	for name, spoil := range map[string]func(*vault.Progress){
		"offset":   func(p *vault.Progress) { p.Offset-- },
		"mark":     func(p *vault.Progress) { p.Mark.Size++ },
		"hash":     func(p *vault.Progress) { p.Hash = p.Hash[:10] },
		"no hash":  func(p *vault.Progress) { p.Hash = nil },
		"alg":      func(p *vault.Progress) { p.Manifest.Alg = "rot13" },
		"segments": func(p *vault.Progress) { p.Manifest.Segments = nil },
		"negative": func(p *vault.Progress) { p.Manifest.Segments[0].Count = -1 },
	} {
		p := stored(t, good)
		spoil(&p)
		_, err := vault.Continue(context.Background(), s, "clip", keyOf(t, 1), p, randomness(3), nil)
		if !errors.Is(err, vault.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
