package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
)

// Tiles is the ground map of one PMTiles file (version 3,
// github.com/protomaps/PMTiles), open for as long as the server runs. Browsers
// read it by ranges: nothing of the map comes from outside.
type Tiles struct {
	file *os.File
	size int64
	sum  string // hex, of what tells one file from another
	head tilesHead
	// attribution is whom the map is owed to, plain text; "" = the file does not say.
	attribution string
}

// OpenTiles opens the PMTiles file at path and makes sure that browsers will be
// able to show it. The error is a sentence for the administrator.
func OpenTiles(path string) (*Tiles, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("배경 지도 파일을 열지 못했습니다. 설정의 map을 확인해 주세요: %w", err)
	}
	t := &Tiles{file: file}
	if err := t.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("배경 지도 파일 %s을(를) 쓸 수 없습니다: %w", path, err), file.Close())
	}
	return t, nil
}

// Close lets go of the file.
func (t *Tiles) Close() error { return t.file.Close() }

func (t *Tiles) read() error {
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("파일이 아닙니다. PMTiles 파일 하나의 경로를 적어 주세요")
	}
	t.size = info.Size()
	first := make([]byte, min(t.size, tilesStart))
	if _, err := io.ReadFull(io.NewSectionReader(t.file, 0, t.size), first); err != nil {
		return err
	}
	if t.head, err = readTilesHead(first, t.size); err != nil {
		return err
	}
	if err := t.head.checkRoot(first); err != nil {
		return err
	}
	metadata := make([]byte, t.head.metadata.length)
	if _, err := t.file.ReadAt(metadata, t.head.metadata.offset); err != nil {
		return err
	}
	if t.attribution, err = readAttribution(metadata, t.head.internal); err != nil {
		return err
	}
	// Servers that share the work have copies of one file: what names it must
	// be of its content, not of when it was copied.
	sum := sha256.Sum256(bytes.Join([][]byte{first, metadata, binary.LittleEndian.AppendUint64(nil, uint64(t.size))}, nil))
	t.sum = hex.EncodeToString(sum[:8])
	return nil
}

const (
	tilesHeadLength = 127
	// tilesStart is where the header and the root directory must end.
	tilesStart = 16 << 10
	// tilesDescription is the longest description read, in bytes, packed or not.
	tilesDescription = 8 << 20
)

// How parts of the file are packed, and what a tile is.
const (
	packedUnknown, packedNot, packedGzip          = 0, 1, 2
	tileVector, tilePNG, tileJPEG, tileWebP uint8 = 1, 2, 3, 4
)

// stretch is a part of a file, in bytes.
type stretch struct{ offset, length int64 }

// tilesHead is the header of the file, as far as it matters here.
type tilesHead struct {
	root, metadata, leaves, data stretch
	internal, packed, kind       uint8
	minZoom, maxZoom             uint8
	west, south, east, north     float64 // degrees
}

// readTilesHead reads the header from the first bytes of a file of size bytes.
func readTilesHead(first []byte, size int64) (tilesHead, error) {
	if len(first) < tilesHeadLength || string(first[:7]) != "PMTiles" {
		return tilesHead{}, errors.New("PMTiles 파일이 아닙니다")
	}
	if first[7] != 3 {
		return tilesHead{}, fmt.Errorf("PMTiles %d판입니다. 3판으로 바꾼 파일을 두어 주세요", first[7])
	}
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(first[at:]))) / 1e7 }
	h := tilesHead{
		root: stretchAt(first[8:]), metadata: stretchAt(first[24:]), leaves: stretchAt(first[40:]), data: stretchAt(first[56:]),
		internal: first[97], packed: first[98], kind: first[99], minZoom: first[100], maxZoom: first[101],
		west: degrees(102), south: degrees(106), east: degrees(110), north: degrees(114),
	}
	return h, h.check(size)
}

// stretchAt reads an offset and a length. What is beyond any file reads as -1.
func stretchAt(b []byte) stretch {
	number := func(b []byte) int64 { return max(int64(binary.LittleEndian.Uint64(b)), -1) }
	return stretch{number(b), number(b[8:])}
}

func (s stretch) within(size int64) bool {
	return s.offset >= 0 && s.length >= 0 && s.offset <= size && s.length <= size-s.offset
}

func (h tilesHead) check(size int64) error {
	switch {
	case !h.root.within(min(size, tilesStart)) || h.root.offset < tilesHeadLength:
		return errors.New("차례가 있어야 할 곳에 없습니다. 파일을 다시 받아 주세요")
	case !h.metadata.within(size) || !h.leaves.within(size) || !h.data.within(size) || h.data.length == 0:
		return errors.New("파일이 도중에 끊겼습니다. 파일을 다시 받아 주세요")
	case h.metadata.length > tilesDescription:
		return errors.New("파일의 설명이 너무 깁니다. 다른 파일을 두어 주세요")
	case h.internal > packedGzip || h.packed > packedGzip:
		return errors.New("브라우저가 풀지 못하는 방식으로 압축되어 있습니다. gzip으로 압축한 파일을 두어 주세요")
	case h.kind < tileVector || h.kind > tileWebP:
		return errors.New("보여 줄 수 없는 형식의 지도 조각입니다. PNG, JPEG, WebP 그림이나 MVT 벡터로 된 파일을 두어 주세요")
	case h.minZoom > h.maxZoom || h.maxZoom > 26:
		return fmt.Errorf("축척 단계가 맞지 않습니다(%d부터 %d까지)", h.minZoom, h.maxZoom)
	case h.west < -180 || h.east > 180 || h.south < -90 || h.north > 90 || h.west >= h.east || h.south >= h.north:
		return fmt.Errorf("지도의 범위가 맞지 않습니다(경도 %g부터 %g, 위도 %g부터 %g)", h.west, h.east, h.south, h.north)
	}
	return nil
}

// checkRoot makes sure that the root directory can be read and names a tile.
func (h tilesHead) checkRoot(first []byte) error {
	packed := first[h.root.offset : h.root.offset+h.root.length]
	directory, err := unpack(packed, h.internal)
	if err != nil {
		return fmt.Errorf("차례를 읽지 못했습니다. 파일을 다시 받아 주세요: %w", err)
	}
	entries, n := binary.Uvarint(directory)
	if n <= 0 || entries == 0 || entries > uint64(len(directory)) {
		return errors.New("차례에 지도 조각이 없습니다. 파일을 다시 받아 주세요")
	}
	return nil
}

func unpack(b []byte, how uint8) ([]byte, error) {
	if how != packedGzip {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, tilesDescription+1))
	if err == nil && len(out) > tilesDescription {
		err = errors.New("풀면 너무 깁니다")
	}
	return out, err
}

// readAttribution finds in the file's description whom the map is owed to.
func readAttribution(packed []byte, how uint8) (string, error) {
	if len(packed) == 0 {
		return "", nil
	}
	description, err := unpack(packed, how)
	if err != nil {
		return "", fmt.Errorf("파일의 설명을 읽지 못했습니다. 파일을 다시 받아 주세요: %w", err)
	}
	var said struct {
		Attribution string `json:"attribution"`
	}
	if err := json.Unmarshal(description, &said); err != nil {
		return "", fmt.Errorf("파일의 설명을 읽지 못했습니다. 파일을 다시 받아 주세요: %w", err)
	}
	return plainText(said.Attribution), nil
}

var markup = regexp.MustCompile(`<[^>]*>`)

// plainText takes the links out of a line of HTML: a page of a closed network
// leads nowhere.
func plainText(line string) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(line, ""))), " ")
}

const tilesPath = "/map/tiles.pmtiles"

// address is where browsers read the file; another file has another one.
func (t *Tiles) address() string { return tilesPath + "?v=" + t.sum }

var errNoTiles = refuse.New(refuse.NotFound, "no-tiles",
	"이 서버에는 배경 지도가 없습니다. 화면은 배경 없이 위치만 그립니다.")

// serveTiles gives ranges of the ground map.
func (s *site) serveTiles(c echo.Context) error {
	t := s.Tiles
	if t == nil {
		return errNoTiles
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/vnd.pmtiles")
	h.Set("ETag", `"`+t.sum+`"`)
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	if c.QueryParam("v") == t.sum {
		h.Set(echo.HeaderCacheControl, "private, max-age=31536000, immutable")
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, io.NewSectionReader(t.file, 0, t.size))
	return nil
}
