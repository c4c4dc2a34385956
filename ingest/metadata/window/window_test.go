package window_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"jikim/ingest/metadata/window"
)

func TestReadsWhatIsThere(t *testing.T) {
	content := make([]byte, 3*window.Block+777)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	f := window.Open(bytes.NewReader(content), int64(len(content)))
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.Int64Range(0, int64(len(content)+10)).Draw(t, "off")
		n := rapid.IntRange(0, 2*window.Block).Draw(t, "n")
		p := make([]byte, n)
		got, err := f.ReadAt(p, off)
		want := content[min(int(off), len(content)):min(int(off)+n, len(content))]
		if !bytes.Equal(p[:got], want) || (got < n) != errors.Is(err, io.EOF) {
			t.Fatalf("%d bytes at %d: %d, %v", n, off, got, err)
		}
	})
	if f.Reads() > 40 {
		t.Errorf("%d reads of a file of four blocks", f.Reads())
	}
}

func TestNearReadsCostOne(t *testing.T) {
	f := window.Open(bytes.NewReader(make([]byte, 1<<20)), 1<<20)
	for off := int64(0); off < window.Block; off += 8 {
		if _, err := f.Bytes(off, 8); err != nil {
			t.Fatal(err)
		}
	}
	if f.Reads() != 1 {
		t.Errorf("%d reads, want 1", f.Reads())
	}
}

// endless is a file that has zeros for ever.
type endless struct{}

func (endless) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

func TestBudget(t *testing.T) {
	const size = 1 << 50
	f := window.Open(endless{}, size)
	var err error
	for off := int64(0); err == nil; off += 1 << 30 {
		_, err = f.Bytes(off, 1)
	}
	if !errors.Is(err, window.ErrBudget) || f.Fault() != nil {
		t.Errorf("%v, fault %v", err, f.Fault())
	}
	if f.Reads() > window.MaxReads {
		t.Errorf("%d reads", f.Reads())
	}
}

func TestPieceIsBounded(t *testing.T) {
	f := window.Open(endless{}, 1<<50)
	if _, err := f.Bytes(0, window.MaxPiece+1); !errors.Is(err, window.ErrPiece) {
		t.Errorf("%v", err)
	}
	if _, err := f.Bytes(1<<50-1, 2); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
}

func TestStoreThatIsShorterThanItSays(t *testing.T) {
	f := window.Open(bytes.NewReader(make([]byte, 10)), 100)
	if _, err := f.Bytes(0, 50); err == nil || f.Fault() == nil {
		t.Errorf("%v, fault %v: a store that has less than promised is a fault", err, f.Fault())
	}
}

// TestReleasedBlocks: what one file left in a block is never seen through the
// window of the next.
func TestReleasedBlocks(t *testing.T) {
	old := bytes.Repeat([]byte("secret "), window.Block)
	f := window.Open(bytes.NewReader(old), int64(len(old)))
	for off := int64(0); off < f.Size(); off += window.Block {
		if _, err := f.Bytes(off, 10); err != nil {
			t.Fatal(err)
		}
	}
	kept, _ := f.Bytes(0, 7)
	f.Release()
	if _, err := f.Bytes(0, 1); err == nil {
		t.Error("a released window still reads")
	}
	for range 20 {
		short := bytes.Repeat([]byte("x"), window.Block+5)
		g := window.Open(bytes.NewReader(short), int64(len(short))+100) // promised more than there is
		got, err := g.Bytes(window.Block, 5)
		if err == nil || bytes.Contains(got, []byte("s")) {
			t.Fatalf("%q, %v", got, err)
		}
		g.Release()
		h := window.Open(bytes.NewReader(short), int64(len(short)))
		if got, err := h.Head(0, len(short)); err != nil || !bytes.Equal(got, short) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		h.Release()
	}
	if string(kept) != "secret " {
		t.Errorf("what was read has become %q", kept)
	}
}

// TestPiece: a piece of some size is one read of its own length; small ones, and
// those that adjoin, come by the block.
func TestPiece(t *testing.T) {
	content := make([]byte, 40*window.Block)
	for i := range content {
		content[i] = byte(i / 1000)
	}
	const size = window.Block / 4 // ten of them are two blocks and a half
	for name, c := range map[string]struct {
		size, step  int
		reads       int
		fewestBytes bool
	}{
		"spread":   {size, 3 * window.Block, 10, true},
		"in a row": {size, size, 4, false},
		"small":    {100, 200, 1, false},
	} {
		r := &counting{ReaderAt: bytes.NewReader(content)}
		f := window.Open(r, int64(len(content)))
		for i := range 10 {
			at := i*c.step + 10
			got, err := f.Piece(int64(at), c.size)
			if err != nil || !bytes.Equal(got, content[at:at+c.size]) {
				t.Fatalf("%s: %d bytes at %d, %v", name, len(got), at, err)
			}
		}
		if f.Reads() != c.reads || c.fewestBytes != (r.bytes == int64(10*c.size)) {
			t.Errorf("%s: %d reads of %d bytes, want %d", name, f.Reads(), r.bytes, c.reads)
		}
	}
	f := window.Open(bytes.NewReader(content), int64(len(content)))
	for _, c := range [][2]int{{-1, size}, {len(content) - 10, size}, {0, -1}, {0, window.MaxPiece + 1}} {
		if _, err := f.Piece(int64(c[0]), c[1]); err == nil {
			t.Errorf("%d bytes at %d are given", c[1], c[0])
		}
	}
}

// TestGlance: stepping over what is not wanted reads little of it, and gives what
// is there.
func TestGlance(t *testing.T) {
	content := make([]byte, 20*window.Block)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	r := &counting{ReaderAt: bytes.NewReader(content)}
	f := window.Open(r, int64(len(content)))
	for _, step := range []int{window.Block + 2, 3 * window.Block / 2, 10} {
		for at := 0; at < len(content); at += step {
			if step == 10 && at > 2*window.Block {
				break
			}
			got, err := f.Glance(int64(at), 4)
			want := content[at:min(at+4, len(content))]
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%x at %d, want %x, %v", got, at, want, err)
			}
			if got, err := f.Head(int64(at), 6000); err != nil || !bytes.Equal(got, content[at:min(at+6000, len(content))]) {
				t.Fatalf("the 6000 bytes at %d, %v", at, err)
			}
		}
	}
	r = &counting{ReaderAt: bytes.NewReader(content)}
	f = window.Open(r, int64(len(content)))
	for at := 2; at < len(content); at += window.Block + 2 {
		if _, err := f.Glance(int64(at), 4); err != nil {
			t.Fatal(err)
		}
	}
	if f.Reads() != 20 || r.bytes > window.Block+19*4<<10 {
		t.Errorf("%d reads of %d bytes", f.Reads(), r.bytes)
	}
	if got, err := f.Glance(int64(len(content))+window.Block, 4); err != nil || len(got) > 0 {
		t.Errorf("%x behind the end, %v", got, err)
	}
}

// counting counts the bytes that are read of a file.
type counting struct {
	io.ReaderAt
	bytes int64
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	c.bytes += int64(len(p))
	return c.ReaderAt.ReadAt(p, off)
}
