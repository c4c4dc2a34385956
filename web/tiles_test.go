package web

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
)

const description = `{"name":"한빛시","attribution":"<a href=\"https://map.example/copyright\" target=\"_blank\">&copy; 한빛시 공간정보</a>  2026"}`

// tilesFile makes a PMTiles file of one tile; change may spoil its header.
func tilesFile(change func(head []byte)) []byte {
	// One entry: tile 0, once, four bytes long, at the start of the data.
	root, metadata, tile := packed([]byte{1, 0, 1, 4, 1}), packed([]byte(description)), []byte("tile")
	head := make([]byte, 127)
	copy(head, "PMTiles\x03")
	at := uint64(len(head))
	for i, part := range [][]byte{root, metadata, nil, tile} {
		binary.LittleEndian.PutUint64(head[8+16*i:], at)
		binary.LittleEndian.PutUint64(head[16+16*i:], uint64(len(part)))
		at += uint64(len(part))
	}
	head[97], head[98], head[99], head[100], head[101] = 2, 1, 2, 0, 14
	for i, degrees := range []float64{126.5, 37.25, 127.5, 37.75} {
		binary.LittleEndian.PutUint32(head[102+4*i:], uint32(int32(degrees*1e7)))
	}
	if change != nil {
		change(head)
	}
	return bytes.Join([][]byte{head, root, metadata, tile}, nil)
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func openTiles(t *testing.T, content []byte) (*Tiles, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hanbit.pmtiles")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	tiles, err := OpenTiles(path)
	if err == nil {
		t.Cleanup(func() { _ = tiles.Close() })
	}
	return tiles, err
}

func TestOpenTiles(t *testing.T) {
	tiles, err := openTiles(t, tilesFile(nil))
	if err != nil {
		t.Fatal(err)
	}
	got := (&site{Deps: Deps{Tiles: tiles}}).ground()
	want := groundView{Tiles: tilesPath + "?v=" + tiles.sum, Attribution: "© 한빛시 공간정보 2026", Bounds: "126.5,37.25,127.5,37.75"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	other, err := openTiles(t, append(tilesFile(nil), "more"...))
	if err != nil || other.sum == tiles.sum {
		t.Errorf("another file has the name of the first: %v", err)
	}
	again, err := openTiles(t, tilesFile(nil))
	if err != nil || again.sum != tiles.sum {
		t.Errorf("a copy has another name: %v", err)
	}
}

func TestBrokenTilesAreRefusedWithASentence(t *testing.T) {
	put := func(at int, v uint64) func([]byte) {
		return func(head []byte) { binary.LittleEndian.PutUint64(head[at:], v) }
	}
	set := func(at int, v byte) func([]byte) { return func(head []byte) { head[at] = v } }
	degrees := func(at int, v float64) func([]byte) {
		return func(head []byte) { binary.LittleEndian.PutUint32(head[at:], uint32(int32(v*1e7))) }
	}
	whole := tilesFile(nil)
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"empty":                     {nil, "PMTiles 파일이 아닙니다"},
		"another kind of file":      {bytes.Repeat([]byte("SQLite format 3\x00"), 20), "PMTiles 파일이 아닙니다"},
		"only a header":             {whole[:127], "차례가 있어야 할 곳에 없습니다"},
		"cut in the tiles":          {whole[:len(whole)-1], "도중에 끊겼습니다"},
		"version 2":                 {tilesFile(set(7, 2)), "2판입니다"},
		"root beyond its room":      {tilesFile(put(8, 20_000)), "차례가 있어야 할 곳에 없습니다"},
		"root in the header":        {tilesFile(put(8, 0)), "차례가 있어야 할 곳에 없습니다"},
		"root of absurd length":     {tilesFile(put(16, 1<<63)), "차례가 있어야 할 곳에 없습니다"},
		"lengths that overflow":     {tilesFile(put(64, 1<<63-1)), "끊겼습니다"},
		"no tiles at all":           {tilesFile(put(64, 0)), "끊겼습니다"},
		"root that is no gzip":      {tilesFile(func(h []byte) { put(8, 130)(h) }), "차례를 읽지 못했습니다"},
		"root that names no tile":   {tilesFile(func(h []byte) { set(97, 1)(h); put(16, 0)(h) }), "차례에 지도 조각이 없습니다"},
		"description that is noise": {tilesFile(func(h []byte) { put(32, 5)(h) }), "설명을 읽지 못했습니다"},
		"packed with brotli":        {tilesFile(set(97, 3)), "압축"},
		"tiles packed with zstd":    {tilesFile(set(98, 4)), "압축"},
		"unknown tiles":             {tilesFile(set(99, 0)), "형식의 지도 조각"},
		"tiles to come":             {tilesFile(set(99, 6)), "형식의 지도 조각"},
		"zooms the wrong way round": {tilesFile(set(100, 15)), "축척 단계"},
		"beyond the earth":          {tilesFile(degrees(114, 91)), "범위"},
		"an area of nothing":        {tilesFile(degrees(110, 126.5)), "범위"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openTiles(t, c.content)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "hanbit.pmtiles") {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := OpenTiles(filepath.Join(t.TempDir(), "none.pmtiles")); err == nil || !strings.Contains(err.Error(), "설정의 map") {
		t.Errorf("%v", err)
	}
	if _, err := OpenTiles(t.TempDir()); err == nil || !strings.Contains(err.Error(), "파일이 아닙니다") {
		t.Errorf("%v", err)
	}
}

func TestTilesAreGivenByRanges(t *testing.T) {
	content := tilesFile(nil)
	tiles, err := openTiles(t, content)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Deps: Deps{Tiles: tiles}}
	ask := func(address string, header ...string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		if err := s.serveTiles(echo.New().NewContext(r, w)); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := ask(tiles.address(), "Range", "bytes=0-6")
	if w.Code != http.StatusPartialContent || w.Body.String() != "PMTiles" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
	etag := w.Header().Get("ETag")
	if w := ask(tilesPath+"?v=older", "Range", "bytes=-4"); w.Body.String() != "tile" || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
	if w := ask(tiles.address(), "If-None-Match", etag); w.Code != http.StatusNotModified {
		t.Errorf("%d for %s", w.Code, etag)
	}
	if w := ask(tiles.address(), "Range", "bytes=9000-"); w.Code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("%d", w.Code)
	}
	s.Tiles = nil
	err = s.serveTiles(echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, tilesPath, nil), httptest.NewRecorder()))
	if err != errNoTiles {
		t.Errorf("without a map: %v", err)
	}
}

// FuzzTilesHead looks for a header that makes a reader leave its file.
func FuzzTilesHead(f *testing.F) {
	f.Add(tilesFile(nil), int64(500))
	f.Add(tilesFile(nil)[:127], int64(127))
	f.Fuzz(func(t *testing.T, first []byte, size int64) {
		first = first[:min(len(first), tilesStart)]
		size = max(size, int64(len(first)))
		h, err := readTilesHead(first[:min(int64(len(first)), size)], size)
		if err != nil {
			return
		}
		for _, s := range []stretch{h.root, h.metadata, h.leaves, h.data} {
			if s.offset < 0 || s.length < 0 || s.offset+s.length < s.offset || s.offset+s.length > size {
				t.Errorf("%+v lies outside %d bytes", s, size)
			}
		}
		if int64(len(first)) == min(size, tilesStart) {
			_ = h.checkRoot(first)
		}
	})
}
