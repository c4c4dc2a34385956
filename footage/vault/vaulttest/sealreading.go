package vaulttest

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	stdsync "sync"
	"testing"
	"testing/iotest"

	"jikim/footage/vault"
)

func sealReader(t *testing.T, s vault.Store) {
	plain := bytesOf(10, 3*mib+12_345)
	f := inflow(t, s, "clip", vault.Progress{}, 2, nil)
	pour(t, f, plain[:100_001])
	syncInflow(t, f)
	pour(t, f, plain[100_001:])
	sealed := finishInflow(t, f, plain)
	o := outflow(t, s, "clip", sealed.Manifest)

	if err := iotest.TestReader(o.Reader(context.Background()), plain); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := o.Reader(ctx)
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err := io.Copy(io.Discard, r)
	mustBe(t, "reading on after the request is gone", err, context.Canceled)

	r = o.Reader(context.Background())
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil {
		t.Fatal("a Reader outlived its Outflow")
	}
}

func sealConcurrent(t *testing.T, s vault.Store) {
	plain := bytesOf(11, 5*mib)
	sealed := seal(t, s, "clip", plain)
	o := outflow(t, s, "clip", sealed.Manifest)
	defer o.Close()
	var wg stdsync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 2))
			for range 15 {
				off := r.IntN(len(plain))
				n := min(1+r.IntN(2*mib), len(plain)-off)
				p := make([]byte, n)
				if k, err := o.ReadAt(p, int64(off)); k != n || !bytes.Equal(p, plain[off:off+n]) {
					t.Errorf("reader %d: %d of %d bytes at %d: %v", g, k, n, off, err)
				}
			}
		})
	}
	wg.Wait()
}

func sealDestroyed(t *testing.T, s vault.Store) {
	sealed := seal(t, s, "clip", bytesOf(12, mib))
	o := outflow(t, s, "clip", sealed.Manifest)
	defer o.Close()
	if err := s.Destroy(context.Background(), "clip"); err != nil {
		t.Fatal(err)
	}
	_, err := o.ReadAt(make([]byte, 100), 0)
	mustBe(t, "reading a destroyed blob", err, vault.ErrNotFound)
	_, err = vault.Check(context.Background(), s, "clip", keyOf(t, 1), sealed.Manifest)
	mustBe(t, "checking a destroyed blob", err, vault.ErrNotFound)
}
