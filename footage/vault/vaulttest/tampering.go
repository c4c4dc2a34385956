package vaulttest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"testing"

	"jikim/footage/vault"
)

const (
	pack       = 65536      // payload of a package
	sealedPack = pack + 32  // with header and tag
	twoAndABit = 2*pack + 9 // a segment of three packages
)

// replace puts other sealed bytes in the place of a blob's, as someone could
// who has the store.
func replace(t testing.TB, s vault.Store, name string, sealed []byte) {
	t.Helper()
	if err := s.Destroy(context.Background(), name); err != nil {
		t.Fatal(err)
	}
	put(t, s, name, sealed)
}

// mustBeCaught says that neither Check nor reading the range [off, off+n) of
// the plaintext goes through, and that what is read before the fault is right.
func mustBeCaught(t *testing.T, what string, s vault.Store, name string, k vault.Key, m vault.Manifest, plain []byte, off, n int) {
	t.Helper()
	ctx := context.Background()
	if _, err := vault.Check(ctx, s, name, k, m); err == nil {
		t.Errorf("%s: Check saw nothing", what)
	} else {
		mustBe(t, what+": Check", err, vault.ErrCorrupt)
	}
	o, err := vault.Open(ctx, s, name, k, m)
	if err != nil {
		mustBe(t, what+": Open", err, vault.ErrCorrupt)
		return
	}
	defer o.Close()
	p := make([]byte, n)
	got, err := o.ReadAt(p, int64(off))
	mustBe(t, what+": ReadAt", err, vault.ErrCorrupt)
	if got > 0 && !bytes.Equal(p[:got], plain[off:off+got]) {
		t.Errorf("%s: ReadAt gave %d wrong bytes", what, got)
	}
	for _, b := range p[got:] {
		if b != 0 {
			t.Errorf("%s: ReadAt left bytes it does not vouch for", what)
			break
		}
	}
}

// sealTampering flips single bits and cuts and lengthens the sealed bytes.
func sealTampering(t *testing.T, s vault.Store) {
	plain := bytesOf(1, twoAndABit)
	m := seal(t, s, "clip", plain).Manifest
	good := get(t, s, "clip")
	k := keyOf(t, 1)

	var places []int
	for p := range 3 {
		for i := range 18 { // each byte of the header, two of the payload
			places = append(places, p*sealedPack+i)
		}
	}
	places = append(places, sealedPack-1, sealedPack-16, sealedPack-17, len(good)-1, len(good)-16, len(good)-17)
	for i, at := range places {
		bad := bytes.Clone(good)
		bad[at] ^= 1 << (i % 8)
		replace(t, s, "clip", bad)
		in := at / sealedPack
		mustBeCaught(t, fmt.Sprintf("bit %d of byte %d flipped", i%8, at), s, "clip", k, m, plain, 0, len(plain))

		o := outflow(t, s, "clip", m) // packages beside it are still to be had
		for other := range 3 {
			n := min(pack, len(plain)-other*pack)
			p := make([]byte, n)
			_, err := o.ReadAt(p, int64(other*pack))
			if other == in {
				mustBe(t, "the package itself", err, vault.ErrCorrupt)
			} else if err != nil || !bytes.Equal(p, plain[other*pack:other*pack+n]) {
				t.Errorf("byte %d flipped: package %d: %v", at, other, err)
			}
		}
		o.Close()
	}
	for what, bad := range map[string][]byte{
		"last byte cut off":    good[:len(good)-1],
		"last package cut off": good[:2*sealedPack],
		"everything cut off":   nil,
		"a byte more":          append(bytes.Clone(good), 0),
		"first package alone":  good[:sealedPack],
	} {
		replace(t, s, "clip", bad)
		mustBeCaught(t, what, s, "clip", k, m, plain, 0, len(plain))
	}
	replace(t, s, "clip", good)
	mustHold(t, s, "clip", m, plain)
	mustBeCaught(t, "another clip's key", s, "clip", keyOf(t, 9), m, plain, 0, 1)
	replace(t, s, "name", good)
	mustBeCaught(t, "another name", s, "name", k, m, plain, 0, 1)
}

// sealExchanges puts authentic bytes in wrong places.
func sealExchanges(t *testing.T, s vault.Store) {
	k := keyOf(t, 1)
	plain := bytesOf(2, 4*twoAndABit)
	f := inflow(t, s, "clip", vault.Progress{}, 2, nil)
	var p vault.Progress
	for i := range 4 {
		pour(t, f, plain[i*twoAndABit:(i+1)*twoAndABit])
		p = syncInflow(t, f)
	}
	m := finishInflow(t, f, plain).Manifest
	if len(m.Segments) != 1 || m.Segments[0].Count != 4 {
		t.Fatalf("manifest of four segments: %v", m)
	}
	good := get(t, s, "clip")
	seg := int(p.Mark.Size) / 4
	swap := func(b []byte, at1, at2, n int) []byte {
		b = bytes.Clone(b)
		one := bytes.Clone(b[at1 : at1+n])
		copy(b[at1:], b[at2:at2+n])
		copy(b[at2:], one)
		return b
	}

	replace(t, s, "clip", swap(good, 0, seg, seg))
	mustBeCaught(t, "segments 0 and 1 swapped", s, "clip", k, m, plain, 0, 1)
	mustBeCaught(t, "segments 0 and 1 swapped", s, "clip", k, m, plain, twoAndABit, 1)

	replace(t, s, "clip", swap(good, 0, sealedPack, sealedPack))
	mustBeCaught(t, "packages 0 and 1 swapped", s, "clip", k, m, plain, 0, 1)

	// DARE alone opens a package elsewhere in its stream when the nonce in its
	// header is changed to fit.
	moved := swap(good, 0, sealedPack, sealedPack)
	for _, at := range []int{0, sealedPack} {
		low := moved[at+12 : at+16]
		binary.LittleEndian.PutUint32(low, binary.LittleEndian.Uint32(low)^1)
	}
	replace(t, s, "clip", moved)
	mustBeCaught(t, "packages 0 and 1 swapped, nonces changed to fit", s, "clip", k, m, plain, 0, 1)
	mustBeCaught(t, "packages 0 and 1 swapped, nonces changed to fit", s, "clip", k, m, plain, pack, 1)

	replace(t, s, "clip", good)
	fewer := m
	fewer.Segments = []vault.Run{{Count: 3, Len: m.Segments[0].Len, Salt: m.Segments[0].Salt}}
	mustBeCaught(t, "a manifest of three segments", s, "clip", k, fewer, plain, 0, 1)

	other := seal(t, s, "other", plain[:twoAndABit])
	first := inflow(t, s, "same-length", vault.Progress{}, 3, nil)
	pour(t, first, plain[twoAndABit:2*twoAndABit])
	finishInflow(t, first, plain[twoAndABit:2*twoAndABit])
	replace(t, s, "other", get(t, s, "same-length"))
	mustBeCaught(t, "another blob's bytes", s, "other", k, other.Manifest, plain, 0, 1)

	staleRun(t, s)
}

// staleRun keeps the bytes of a run that was cut off and puts them back after
// another run has sealed the same segment.
func staleRun(t *testing.T, s vault.Store) {
	plain, dropped := bytesOf(3, twoAndABit), bytesOf(4, twoAndABit)
	f := inflow(t, s, "stale", vault.Progress{}, 5, nil)
	pour(t, f, dropped)
	finishInflow(t, f, dropped)
	old := get(t, s, "stale")
	if err := s.Destroy(context.Background(), "stale"); err != nil {
		t.Fatal(err)
	}
	f = inflow(t, s, "stale", vault.Progress{}, 6, nil)
	pour(t, f, plain)
	m := finishInflow(t, f, plain).Manifest
	replace(t, s, "stale", old)
	mustBeCaught(t, "a dropped run's bytes", s, "stale", keyOf(t, 1), m, plain, 0, 1)
}
