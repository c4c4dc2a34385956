package child

import (
	"context"
	"encoding/json"
	"io"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/window"
)

// Thumbnail reads the small picture that a HEIC photo keeps of itself, as
// metadata.ReadThumbnail does. A file without one, or that is too much for its
// reader, gives the zero Thumbnail; an error is one of ours, as with Read.
func (p *Pool) Thumbnail(ctx context.Context, r io.ReaderAt, size int64, name string) (metadata.Thumbnail, error) {
	var t metadata.Thumbnail
	j := job{kind: frameThumb, r: r, size: size, name: name, limit: p.limit, reads: 2 * window.MaxReads}
	fault, err := p.do(ctx, j, func(answer []byte) error { return json.Unmarshal(answer, &t) })
	if err != nil || fault != "" {
		return metadata.Thumbnail{}, err
	}
	return t, nil
}

func answerThumbnail(r *remote, size int64, _ string) error {
	t, err := metadata.ReadThumbnail(r, size)
	if r.broken != nil {
		return r.broken
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return writeFrame(r.out, frameAnswer, text)
}
