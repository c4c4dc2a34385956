package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{nil, 0.5, 0},
		{[]float64{3}, 0.5, 3},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 2, 3}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.99, 10},
		{[]float64{1, 2}, 1, 2},
	} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.values, c.q, got, c.want)
		}
	}
}

// fakeFilm is the boxes of a film that matter here.
func fakeFilm(t *testing.T) material {
	t.Helper()
	film, err := splitFilm([]byte("\x00\x00\x00\x0cftypisom\x00\x00\x00\x0amdat..\x00\x00\x00\x0cmoov...."))
	if err != nil {
		t.Fatal(err)
	}
	return material{film: film}
}

func TestFilmHasItsSizeAndItsIndexAtTheEnd(t *testing.T) {
	p := fakeFilm(t).filmOf("a.mp4", 5*mib+17)
	var sent bytes.Buffer
	if err := p.send(&sent, 0, p.size); err != nil {
		t.Fatal(err)
	}
	if int64(sent.Len()) != p.size || !bytes.HasSuffix(sent.Bytes(), []byte("moov....")) {
		t.Fatalf("%d bytes, want %d that end with the index", sent.Len(), p.size)
	}
	var names []string
	for rest := sent.Bytes(); len(rest) > 0; {
		size := int(rest[0])<<24 | int(rest[1])<<16 | int(rest[2])<<8 | int(rest[3])
		if size == 1 {
			size = int(rest[12])<<24 | int(rest[13])<<16 | int(rest[14])<<8 | int(rest[15])
		}
		names = append(names, string(rest[4:8]))
		rest = rest[size:]
	}
	if got := strings.Join(names, " "); got != "ftyp mdat free moov" {
		t.Errorf("boxes %s", got)
	}
	read, err := io.ReadAll(io.NewSectionReader(p, 0, p.size))
	if err != nil || !bytes.Equal(read, sent.Bytes()) {
		t.Errorf("read otherwise than sent: %v", err)
	}
}

func TestFilmWithoutIndexIsRefused(t *testing.T) {
	for _, raw := range []string{"", "\x00\x00\x00\x08mdat", "\x00\x00\x00\x00mdat"} {
		if _, err := splitFilm([]byte(raw)); err == nil {
			t.Errorf("%q is taken for a film", raw)
		}
	}
}

func TestFloorGivesBackWhatItTook(t *testing.T) {
	dir := t.TempDir()
	server := httptest.NewServer(&floorServer{dir: dir})
	defer server.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int64{1, packPlain - 1, packPlain, batch * packPlain, 3*batch*packPlain + 5} {
		p := fakeFilm(t).film.named(fmt.Sprint("f", size))
		p.size, p.head, p.tail = size, nil, nil
		w, err := dial(strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := putPlain(w, "/"+p.name, p); err != nil {
			t.Fatal(err)
		}
		from := r.Int64N(size)
		to := from + r.Int64N(size-from) + 1
		c := content{name: floor, addr: w.host, path: "/" + p.name, size: size}
		var got reading
		if err := c.fetch(w, from, to, &got); err != nil || got.bytes != to-from {
			t.Errorf("%d bytes: %d-%d gave %d: %v", size, from, to, got.bytes, err)
		}
		want := make([]byte, size)
		if _, err := p.ReadAt(want, 0); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(server.URL + "/" + p.name)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !bytes.Equal(whole, want) {
			t.Errorf("%d bytes come back otherwise: %v", size, err)
		}
		stored, err := os.ReadFile(dir + "/" + p.name)
		if err != nil || size > 32 && bytes.Contains(stored, want[:32]) {
			t.Errorf("%d bytes lie there unsealed: %v", size, err)
		}
		w.Close()
	}
}

func TestTableIsAlignedForHangul(t *testing.T) {
	var out bytes.Buffer
	tab := &table{how: "한 번.", rows: []row{{number: "1", what: "올리기", ours: "1", met: met}, {number: "12", what: "a", met: missed}}}
	if err := tab.print(&out); err != nil {
		t.Fatal(err)
	}
	width := 0
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		if width == 0 {
			width = columns(line)
		}
		if columns(line) != width {
			t.Errorf("%d columns, want %d: %s", columns(line), width, line)
		}
	}
	if !strings.Contains(out.String(), "✓ 달성") || !strings.Contains(out.String(), "✗ 미달") {
		t.Errorf("no verdicts in\n%s", out.String())
	}
}

func TestOwnProcessIsMeasured(t *testing.T) {
	if n, err := peakOf(os.Getpid()); err != nil || n < mib {
		t.Errorf("peak %d, %v", n, err)
	}
	if pids := tree(os.Getpid()); pids[0] != os.Getpid() {
		t.Errorf("tree %v", pids)
	}
}
