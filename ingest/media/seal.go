package media

import (
	"bytes"
	"context"
	"errors"
	"io"

	"jikim/footage"
	"jikim/footage/vault"
)

// seal begins the derivative's blob anew, lets write fill it and makes it whole.
// What a run before left under the name was never recorded, so it goes.
func (j *job) seal(ctx context.Context, d *footage.Derivative, write func(*vault.Inflow) error) error {
	begin := func() (*vault.Inflow, error) {
		return vault.Continue(ctx, j.m.Vault, d.ID, j.key, vault.Progress{}, j.m.Rand, nil)
	}
	flow, err := begin()
	if errors.Is(err, vault.ErrFinished) {
		if err := j.m.Vault.Destroy(ctx, d.ID); err != nil {
			return err
		}
		flow, err = begin()
	}
	if err != nil {
		return err
	}
	if err := write(flow); err != nil {
		return j.abandon(ctx, d.ID, flow, err)
	}
	defer flow.Close()
	// One more look before the blob becomes final: a server that slept through
	// its lease must not overwrite what another has made.
	if err := j.lease.hold(ctx); err != nil {
		return err
	}
	sealed, err := flow.Finish()
	if err != nil {
		return err
	}
	d.Bytes, d.SHA256, d.Manifest = sealed.Bytes, sealed.SHA256, sealed.Manifest
	return nil
}

// sealBytes seals what was made in memory.
func (j *job) sealBytes(ctx context.Context, d *footage.Derivative, content []byte) error {
	return j.seal(ctx, d, func(flow *vault.Inflow) error {
		_, err := flow.ReadFrom(bytes.NewReader(content))
		return err
	})
}

// abandon lets go of a blob that did not become whole. Nobody comes back to it
// when the file is to blame; else the next pass begins it anew.
func (j *job) abandon(ctx context.Context, name string, flow *vault.Inflow, why error) error {
	closed := flow.Close()
	if !blamesFile(why) {
		return errors.Join(why, closed)
	}
	if err := errors.Join(closed, j.m.Vault.Destroy(ctx, name)); err != nil {
		return err
	}
	return why
}

var errTooLarge = errors.New("media: ffmpeg writes more than the file can give")

// bounded reads no more than left bytes; more are an error, not an end.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
