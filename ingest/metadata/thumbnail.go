package metadata

import (
	"io"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/window"
)

// Thumbnail is the small picture that a HEIC photo keeps of itself.
type Thumbnail = bmff.Thumbnail

// ReadThumbnail reads the thumbnail of a HEIC photo; the zero Thumbnail when the
// file has none that can be read. The error is that of the store.
func ReadThumbnail(r io.ReaderAt, size int64) (Thumbnail, error) {
	f := window.Open(r, size)
	t, err := bmff.ReadThumbnail(f)
	if fault := f.Fault(); fault != nil {
		return Thumbnail{}, fault
	}
	if err != nil {
		return Thumbnail{}, nil // the file asks for more than a file is granted
	}
	return t, nil
}
