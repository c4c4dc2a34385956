package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Check reads a finished blob from end to end, opens every package and returns
// the SHA-256 of the plaintext in lower-case hex, to be compared with the
// clip's record. Anything that is not as it was sealed is an error that wraps
// ErrCorrupt; ErrNotFound when the blob is gone.
func Check(ctx context.Context, s Store, name string, k Key, m Manifest) (string, error) {
	o, err := Open(ctx, s, name, k, m)
	if err != nil {
		return "", err
	}
	defer o.Close()
	h := sha256.New()
	if err := o.hashInto(newHashLane(h)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashInto runs the whole plaintext through lane and stops it.
func (o *Outflow) hashInto(lane *hashLane) error {
	defer lane.stop()
	src := fetcher(o)
	if s, ok := o.blob.(streamer); ok {
		inOrder := &stream{o: o, from: s, end: o.blob.Size()}
		defer inOrder.close()
		src = inOrder
	}
	for off := int64(0); off < o.Size(); {
		buf := lane.buffer()
		n := int(min(int64(len(buf)), o.Size()-off))
		if k, err := o.readFrom(src, buf[:n], off); k < n {
			return fmt.Errorf("checking: %w", err)
		}
		lane.add(buf[:n])
		off += int64(n)
	}
	return nil
}
