package web

import (
	"context"

	"jikim/footage"
	"jikim/footage/ledger"
)

// Lists reads and keeps what the list of footage needs besides its clips.
type Lists interface {
	// RecordingSizes counts the files of recordings; those of one may be left out.
	RecordingSizes(ctx context.Context, recordings []string) (map[string]int, error)
	SavedFilters(ctx context.Context, account string) ([]footage.SavedFilter, error)
	SaveFilter(ctx context.Context, f footage.SavedFilter) error
	DropFilter(ctx context.Context, account, id string) error
}

// ListDesk records what leaves the list: pictures looked at and files made.
type ListDesk interface {
	// OpenPreviews gives a token by clip that opens its poster alone.
	OpenPreviews(ctx context.Context, by ledger.Actor, clips []string, question, reason string) (map[string]string, error)
	NoteExport(ctx context.Context, by ledger.Actor, department, question, form string, lines int) error
}
