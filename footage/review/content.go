package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/vault"
)

// What there is to look at.
const (
	Original   = "original"    // the exact bytes of the device
	Poster     = "poster"      // one picture
	Proxy      = "proxy"       // small H.264 copy for the player
	Strip      = "strip"       // small pictures of the whole length in one; see footage.Strip
	Track      = "track"       // the shape of its path for a map, GeoJSON
	TrackLines = "track.jsonl" // its path whole, one fix a line; both are those of the recording's log where the clip has none
)

// Content is one thing being looked at, to be read once and closed. It stops
// giving bytes when the view expires or the clip's destruction begins.
type Content struct {
	Clip       string
	Department string
	FileName   string
	MIME       string
	SHA256     string // lower-case hex, of the whole content
	Size       int64  // bytes
	ModTime    time.Time
	Save       bool // to be kept by who asked for it, not shown

	ctx    context.Context
	desk   *Desk
	sight  *sight
	flow   *vault.Outflow // nil when it was made in passing
	reader io.ReadSeeker
	err    error
}

var _ io.ReadSeekCloser = (*Content)(nil)

// Content opens what there is to look at (Original, Poster, Proxy, Strip, Track,
// TrackLines; "" means Original) under a view of account's. ctx bounds the
// reading. Refusals: view-unknown, view-expired, clip-destroyed,
// content-unknown, content-not-made, vault-away.
func (d *Desk) Content(ctx context.Context, account, token, what string) (*Content, error) {
	s, err := d.sight(ctx, account, token)
	if err != nil {
		return nil, err
	}
	if what == Track {
		return d.outline(ctx, s)
	}
	return d.open(ctx, s, what)
}

// open opens something that is kept as it is.
func (d *Desk) open(ctx context.Context, s *sight, what string) (*Content, error) {
	p, err := s.part(what)
	if errors.Is(err, errNotMade) {
		if s, err = d.renewed(ctx, s); err != nil {
			return nil, err
		}
		p, err = s.part(what)
	}
	if err != nil {
		return nil, err
	}
	flow, err := vault.Open(ctx, d.shelf, p.name, p.key, p.manifest)
	if err != nil {
		return nil, d.explain(ctx, s, err)
	}
	return &Content{
		Clip: s.clip.ID, Department: s.clip.Department, FileName: p.fileName, MIME: p.mime, SHA256: p.sha256,
		Size: flow.Size(), ModTime: p.made.Std(), Save: s.view.Only == Original,
		ctx: ctx, desk: d, sight: s, flow: flow, reader: flow.Reader(ctx),
	}, nil
}

// outline makes of the track, which is kept whole, what a map draws.
func (d *Desk) outline(ctx context.Context, s *sight) (*Content, error) {
	if d.settings.Outline == nil {
		return nil, errNotMade
	}
	whole, err := d.open(ctx, s, TrackLines)
	if err != nil {
		return nil, err
	}
	defer whole.Close()
	var drawn bytes.Buffer
	if err := d.settings.Outline(whole, &drawn); err != nil {
		if _, is := refuse.As(err); is {
			return nil, err
		}
		return nil, d.explain(ctx, s, err)
	}
	sum := sha256.Sum256(drawn.Bytes())
	return &Content{
		Clip: whole.Clip, Department: whole.Department, ModTime: whole.ModTime,
		FileName: strings.TrimSuffix(whole.FileName, ".jsonl") + ".geojson", MIME: "application/geo+json",
		SHA256: hex.EncodeToString(sum[:]), Size: int64(drawn.Len()),
		ctx: ctx, desk: d, sight: s, reader: bytes.NewReader(drawn.Bytes()),
	}, nil
}

func (s *sight) part(what string) (part, error) {
	switch what {
	case "":
		what = Original
	case TrackLines:
		what = Track // as which it is kept
	case Original, Poster, Proxy, Strip:
	default:
		return part{}, refuse.Field("what", "content-unknown",
			"볼 수 있는 것은 original(원본), poster(대표 화면), proxy(재생용 사본), strip(미리보기 그림), track(이동 경로), track.jsonl(이동 경로 전체)입니다.")
	}
	if s.view.Only != "" && what != s.view.Only {
		if s.view.Only == Original {
			return part{}, errOnlyDownload
		}
		return part{}, errOnlyPreview
	}
	p, ok := s.parts[what]
	if !ok {
		return part{}, errNotMade
	}
	return p, nil
}

var errOnlyPreview = refuse.New(refuse.Forbidden, "view-preview-only",
	"목록의 미리보기로는 대표 화면만 볼 수 있습니다. 영상 화면에서 사유를 적고 여세요.")

var errOnlyDownload = refuse.New(refuse.Forbidden, "view-download-only",
	"원본을 내려받는 주소로는 원본만 받을 수 있습니다. 보려면 영상 화면에서 사유를 적고 여세요.")

var errNotMade = refuse.New(refuse.NotFound, "content-not-made",
	"아직 만들지 못했거나 만들 수 없는 사본입니다. 원본을 보거나 잠시 뒤 다시 여세요.")

var errAway = refuse.New(refuse.Unavailable, "vault-away",
	"영상 저장소에 연결하지 못했습니다. 영상은 그대로 있으니 잠시 뒤 다시 시도하세요.")

// explain turns what the vault says into what a person is told. Missing bytes
// are no fault when destruction has just begun.
func (d *Desk) explain(ctx context.Context, s *sight, err error) error {
	if errors.Is(err, vault.ErrAway) {
		return errAway.Because(err)
	}
	if errors.Is(err, vault.ErrNotFound) {
		c, readErr := d.records.Clip(ctx, s.clip.ID)
		if readErr != nil {
			return readErr
		}
		if gone := alive(c); gone != nil {
			return gone
		}
	}
	return fmt.Errorf("review: opening clip %s: %w", s.clip.ID, err)
}

// Read gives bytes while the view lasts.
func (c *Content) Read(p []byte) (int, error) {
	n, err := 0, c.desk.stillOpen(c.ctx, c.sight)
	if err == nil {
		n, err = c.reader.Read(p)
	}
	if err != nil && !errors.Is(err, io.EOF) && c.err == nil {
		c.err = err
	}
	return n, err
}

// Until says that nothing from end on will be read: a distant store is then
// asked for no more.
func (c *Content) Until(end int64) {
	if kept, ok := c.reader.(*vault.Reader); ok {
		kept.Until(end)
	}
}

// Seek sets where the next Read begins.
func (c *Content) Seek(offset int64, whence int) (int64, error) { return c.reader.Seek(offset, whence) }

// Err tells why reading stopped before its end; nil when it did not, or when
// only the reader went away.
func (c *Content) Err() error {
	if c.ctx.Err() == nil {
		return c.err
	}
	return nil
}

// Close lets go of the bytes.
func (c *Content) Close() error {
	if c.flow == nil {
		return nil
	}
	return c.flow.Close()
}

// nameOfDerivative names a copy after its original: "DJI_0001.proxy.mp4".
func nameOfDerivative(original string, d footage.Derivative) string {
	ext := ".bin"
	mime, _, _ := strings.Cut(d.MIME, ";")
	switch mime {
	case "application/jsonl":
		ext = ".jsonl"
	case "video/mp4":
		ext = ".mp4"
	case "image/jpeg":
		ext = ".jpg"
	case "image/webp":
		ext = ".webp"
	case "image/png":
		ext = ".png"
	}
	return strings.TrimSuffix(original, path.Ext(original)) + "." + d.Kind + ext
}
