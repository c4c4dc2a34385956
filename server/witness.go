package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"jikim/footage/vault"
)

// The latest signed checkpoint is also kept beside the sealed bytes, so that a
// database set back to an earlier day is found out: there stands a checkpoint
// of a longer ledger. Whoever can set back both is found out only by the
// checkpoints published outside (OPERATING.md).
//
// There are two places, written in turn, so that one whole checkpoint stands
// at every instant: what a vault holds is never changed, only replaced.

const checkpointPrefix = "checkpoint-"

var checkpointPlaces = [2]string{checkpointPrefix + "0", checkpointPrefix + "1"}

// keepCheckpoint puts the ledger's latest checkpoint beside the bytes, when it
// is newer than those that are there.
func (h *house) keepCheckpoint(ctx context.Context) error {
	head, err := h.db.Head()
	if err != nil || head.Size == 0 || head.Size == h.witnessed {
		return err
	}
	const task = "checkpoint"
	got, err := h.db.Claim(ctx, task, h.owner, time.Minute)
	if err != nil || !got {
		return err // another server keeps it
	}
	err = h.replaceCheckpoint(ctx, head.Size, head.Checkpoint)
	if err == nil {
		h.witnessed = head.Size
	}
	return errors.Join(err, h.db.Release(context.WithoutCancel(ctx), task, h.owner))
}

// replaceCheckpoint writes into the place that holds nothing, or the older one.
func (h *house) replaceCheckpoint(ctx context.Context, size int64, checkpoint []byte) error {
	place, oldest := "", size
	for _, name := range checkpointPlaces {
		stands := int64(-1)
		b, err := getWhole(ctx, h.vault, name)
		if err != nil && !errors.Is(err, vault.ErrNotFound) {
			return err
		}
		if c, bad := h.signer.Verifier().Open(b); err == nil && bad == nil {
			stands = c.Size
		}
		if stands < oldest {
			place, oldest = name, stands
		}
	}
	if place == "" {
		return nil // both are of a ledger at least as long; verify says what that means
	}
	if err := h.vault.Destroy(ctx, place); err != nil {
		return err
	}
	return putWhole(ctx, h.vault, place, checkpoint)
}

// keptCheckpoints gives the checkpoints that lie beside the bytes.
func (h *house) keptCheckpoints(ctx context.Context) ([][]byte, error) {
	var kept [][]byte
	for _, name := range checkpointPlaces {
		b, err := getWhole(ctx, h.vault, name)
		if errors.Is(err, vault.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		kept = append(kept, b)
	}
	return kept, nil
}

// putWhole keeps a few bytes under a name, as they are.
func putWhole(ctx context.Context, s vault.Store, name string, b []byte) error {
	w, err := s.Resume(ctx, name, vault.Mark{})
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	if err == nil {
		err = w.Finish(ctx)
	}
	return errors.Join(err, w.Close())
}

// maxSmall bounds what getWhole reads.
const maxSmall = 1 << 20

func getWhole(ctx context.Context, s vault.Store, name string) ([]byte, error) {
	blob, err := s.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer blob.Close()
	if blob.Size() > maxSmall {
		return nil, fmt.Errorf("%s is larger than a checkpoint can be", name)
	}
	var b bytes.Buffer
	_, err = io.Copy(&b, io.NewSectionReader(blob, 0, blob.Size()))
	return b.Bytes(), err
}
