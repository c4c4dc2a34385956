package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"jikim/footage/vault"
)

// The latest signed checkpoint is also kept beside the sealed bytes, so that a
// database set back to an earlier day is found out: there stands a checkpoint
// of a longer ledger. Whoever can set back both is found out only by the
// checkpoints published outside (OPERATING.md).

const checkpointPrefix = "checkpoint-"

// keepCheckpoint puts the ledger's latest checkpoint beside the bytes, when it
// is newer than the one that is there, and removes those before it.
func (h *house) keepCheckpoint(ctx context.Context) error {
	head, err := h.db.Head()
	if err != nil || head.Size == 0 {
		return err
	}
	newest := int64(-1)
	var older []string
	err = h.vault.List(ctx, func(item vault.Item) error {
		size, ok := checkpointSize(item.Name)
		if !ok {
			return nil
		}
		if item.Finished {
			newest = max(newest, size)
		}
		if size < head.Size {
			older = append(older, item.Name)
		}
		return nil
	})
	if err != nil || newest >= head.Size {
		return err
	}
	if err := putWhole(ctx, h.vault, checkpointPrefix+strconv.FormatInt(head.Size, 10), head.Checkpoint); err != nil {
		return err
	}
	for _, name := range older {
		if err := h.vault.Destroy(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func checkpointSize(name string) (int64, bool) {
	digits, ok := strings.CutPrefix(name, checkpointPrefix)
	if !ok {
		return 0, false
	}
	size, err := strconv.ParseInt(digits, 10, 64)
	return size, err == nil
}

// keptCheckpoints gives the checkpoints that lie beside the bytes.
func (h *house) keptCheckpoints(ctx context.Context) ([][]byte, error) {
	var names []string
	err := h.vault.List(ctx, func(item vault.Item) error {
		if _, ok := checkpointSize(item.Name); ok && item.Finished {
			names = append(names, item.Name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var kept [][]byte
	for _, name := range names {
		b, err := getWhole(ctx, h.vault, name)
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
	defer w.Close()
	if _, err := w.Write(b); err != nil {
		return err
	}
	return w.Finish(ctx)
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
