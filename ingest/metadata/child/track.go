package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"jikim/ingest/metadata"
)

// maxPoints bounds the fixes of one track: three days at eighteen a second, which
// is what action cameras write.
const maxPoints = 5_000_000

// visitError is an error of the visitor of a track: neither the child's nor the
// file's.
type visitError struct{ cause error }

func (e *visitError) Error() string { return e.cause.Error() }
func (e *visitError) Unwrap() error { return e.cause }

// Track reads the whole track of a recording or its side-car, as
// metadata.ReadTrack does, and gives every fix to visit as it comes. A file that
// kills its reader or takes too long is no error: what was read until then has
// been visited, and the path's problems say so. The error is that of visit, or
// one of ours, as with Read.
func (p *Pool) Track(ctx context.Context, r io.ReaderAt, size int64, name string, visit func(metadata.Fix) error) (metadata.Path, error) {
	points := 0
	var path metadata.Path
	j := job{kind: frameTrack, r: r, size: size, name: name, limit: p.limit, reads: 2 * metadata.TrackReads}
	j.begun = func() bool { return points > 0 }
	j.points = func(lines []byte) error {
		return eachFix(lines, func(f metadata.Fix) error {
			if points++; points > maxPoints {
				return errors.New("child: a track without end")
			}
			path.Source = f.Source
			if err := visit(f); err != nil {
				return &visitError{err}
			}
			return nil
		})
	}
	fault, err := p.do(ctx, j, func(answer []byte) error { return json.Unmarshal(answer, &path) })
	var visitor *visitError
	if errors.As(err, &visitor) {
		err = visitor.cause
	}
	if fault != "" {
		path.Cut, path.Problems = true, append(path.Problems, fault)
	}
	path.Points = points
	return path, err
}

// eachFix reads the fixes of a frame. What comes from a child is checked like
// what comes from a file.
func eachFix(lines []byte, take func(metadata.Fix) error) error {
	d := json.NewDecoder(bytes.NewReader(lines))
	for {
		var f metadata.Fix
		err := d.Decode(&f)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("child: fixes: %w", err)
		}
		if !f.Point().Valid() || math.Abs(f.OffsetS) > 1e9 || len(f.Source) > 16 {
			return fmt.Errorf("child: a fix that is no place: %+v", f)
		}
		if err := take(f); err != nil {
			return err
		}
	}
}
