package review

import (
	"context"
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
	Original = "original" // the exact bytes of the device
	Poster   = "poster"   // one picture
	Proxy    = "proxy"    // small H.264 copy for the player
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

	ctx    context.Context
	desk   *Desk
	sight  *sight
	flow   *vault.Outflow
	reader *vault.Reader
	err    error
}

var _ io.ReadSeekCloser = (*Content)(nil)

// Content opens what there is to look at (Original, Poster, Proxy; "" means
// Original) under a view of account's. ctx bounds the reading. Refusals:
// view-unknown, view-expired, clip-destroyed, content-unknown,
// content-not-made, vault-away.
func (d *Desk) Content(ctx context.Context, account, token, what string) (*Content, error) {
	s, err := d.sight(ctx, account, token)
	if err != nil {
		return nil, err
	}
	p, err := s.part(what)
	if err != nil {
		return nil, err
	}
	flow, err := vault.Open(ctx, d.shelf, p.name, s.key, p.manifest)
	if err != nil {
		return nil, d.explain(ctx, s, err)
	}
	return &Content{
		Clip: s.clip.ID, Department: s.clip.Department, FileName: p.fileName, MIME: p.mime, SHA256: p.sha256,
		Size: flow.Size(), ModTime: p.made.Std(),
		ctx: ctx, desk: d, sight: s, flow: flow, reader: flow.Reader(ctx),
	}, nil
}

func (s *sight) part(what string) (part, error) {
	switch what {
	case "":
		what = Original
	case Original, Poster, Proxy:
	default:
		return part{}, refuse.Field("what", "content-unknown", "볼 수 있는 것은 original(원본), poster(대표 그림), proxy(재생용 사본)입니다.")
	}
	p, ok := s.parts[what]
	if !ok {
		return part{}, refuse.New(refuse.NotFound, "content-not-made",
			"아직 만들지 못했거나 만들 수 없는 사본입니다. 원본을 보거나 잠시 뒤 다시 여세요.")
	}
	return p, nil
}

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
func (c *Content) Until(end int64) { c.reader.Until(end) }

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
func (c *Content) Close() error { return c.flow.Close() }

// nameOfDerivative names a copy after its original: "DJI_0001.proxy.mp4".
func nameOfDerivative(original string, d footage.Derivative) string {
	ext := ".bin"
	switch d.MIME {
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
