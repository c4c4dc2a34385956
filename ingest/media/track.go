package media

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"jikim/footage"
	"jikim/footage/vault"
	"jikim/ingest/metadata"
)

// errUnsealed tells the reader of a track that what it reads can no longer be
// sealed.
var errUnsealed = errors.New("media: the track cannot be sealed")

// track reads the path the clip holds to its end and seals it as it comes, as
// metadata.Lines writes it. What was read of a file that breaks off, or that
// kills its reader, is kept, and said to be a part.
func (j *job) track(ctx context.Context, original *vault.Outflow, d *footage.Derivative) error {
	d.MIME = "application/jsonl"
	timed, stop := context.WithTimeoutCause(ctx, j.limits.timeFor(Track, j.said), errTooLong)
	defer stop()
	return j.seal(ctx, d, func(flow *vault.Inflow) error {
		from, to := io.Pipe()
		var path metadata.Path
		read := make(chan error, 1)
		go func() {
			var err error
			path, err = j.readTrack(timed, original, to)
			_ = to.CloseWithError(err) // always nil
			read <- err
		}()
		_, sealing := flow.ReadFrom(from)
		_ = from.CloseWithError(errUnsealed) // always nil
		switch reading := <-read; {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case reading == nil, errors.Is(reading, errUnsealed):
			if sealing != nil {
				return sealing
			}
		case timed.Err() != nil:
			return fail(Track, sentence(Track, j.said, "", errTooLong), errTooLong)
		default:
			return lost(reading)
		}
		if path.Points == 0 {
			return fail(Track, "", nil)
		}
		if path.Cut {
			d.Detail = partSentence
		}
		return nil
	})
}

func (j *job) readTrack(ctx context.Context, original *vault.Outflow, to io.Writer) (metadata.Path, error) {
	lines := metadata.NewLines(to)
	path, err := j.m.Child.Track(ctx, original, original.Size(), j.clip.FileName, lines.Write)
	if err == nil {
		err = lines.Flush()
	}
	return path, err
}

// Outline writes a track as it is kept, one fix a line, as GeoJSON for a map:
// at most metadata.MapPoints points, each with its seconds since the recording
// began. Its memory does not grow with the track. An error of lines comes back
// as it is.
func Outline(lines io.Reader, to io.Writer) error {
	var outline metadata.Outline
	in := json.NewDecoder(lines)
	for {
		var f metadata.Fix
		err := in.Decode(&f)
		if err == io.EOF { // one that something wraps is no end
			return outline.GeoJSON(to)
		}
		if err != nil {
			return err
		}
		outline.Add(f)
	}
}
