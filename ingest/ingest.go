// Package ingest is the way in: begin → receive → finish. Bytes are sealed and
// hashed in one pass as they arrive; when the last one is durable, the file is
// read for what it says of itself, its purpose and retention are decided, and
// clip and ledger entry are written in one change. What was acknowledged is
// never lost; what did not become a clip leaves nothing behind.
//
// The room knows no protocol (that is ingest/tus) and no database.
package ingest

import (
	"context"
	"io"
	"sync"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/ingest/metadata"
)

// Records is what ingest asks of the database.
type Records interface {
	// BeginUpload keeps a new upload and its wrapped key together.
	BeginUpload(ctx context.Context, up footage.Upload, wrapped []byte) error
	Upload(ctx context.Context, id string) (footage.Upload, error)
	// SaveProgress records state, offset and progress of an upload that has
	// not ended, if owner may still write to it; a refusal otherwise.
	SaveProgress(ctx context.Context, up footage.Upload, owner string) error
	// CheckIn registers the clip an upload has become, with what join changes of
	// its recording (nil: nothing), and ends the upload, in one change with e;
	// gives the id under which the file stands registered, which is another
	// clip's when the same file was there already, and none when the upload has
	// been refused meanwhile.
	CheckIn(ctx context.Context, e ledger.Entry, up footage.Upload, clip footage.Clip, join footage.Joining) (registered string, err error)
	// RefuseUpload ends an upload for good and drops its key.
	RefuseUpload(ctx context.Context, e ledger.Entry, up footage.Upload) error
	// UploadsIn gives uploads in a state untouched since before.
	UploadsIn(ctx context.Context, s footage.UploadState, before instant.Time, limit int) ([]footage.Upload, error)
	Key(ctx context.Context, clip string) (wrapped []byte, err error)
	// Claimed tells which ids are on their way in or kept.
	Claimed(ctx context.Context, ids []string) (map[string]bool, error)
}

// Registry is what ingest asks of the registry.
type Registry interface {
	DeviceBySerial(ctx context.Context, serial string) (devices.Device, bool, error)
	Department(ctx context.Context, id string) (devices.Department, error)
	Purposes(ctx context.Context, department string) ([]devices.Purpose, error)
}

// Leases let one of several servers do a piece of work.
type Leases interface {
	Claim(ctx context.Context, task, owner string, length time.Duration) (bool, error)
	Release(ctx context.Context, task, owner string) error
}

// Gate is the one door through which bytes go.
type Gate interface {
	// Discard removes what an upload that has ended left in the vault.
	Discard(ctx context.Context, name string) error
}

// Describer reads what a file says of itself, at arm's length: it never fails
// because of the file.
type Describer interface {
	Read(ctx context.Context, r io.ReaderAt, size int64, name string) (metadata.Report, error)
}

// Limits of the way in.
type Limits struct {
	MaxBytes     int64         // largest file taken
	MinimumStay  time.Duration // nothing is destroyed sooner after check-in
	AbandonAfter time.Duration // an upload nobody continued for so long is given up
}

// Intake takes files in.
type Intake struct {
	Records  Records
	Registry Registry
	Leases   Leases
	Vault    vault.Store
	Gate     Gate
	Keys     vault.Keyring
	Describe Describer
	Limits   Limits
	Clock    func() time.Time
	Rand     io.Reader
	Layouts  func(ctx context.Context) (Layouts, error) // what cards look like; nil = what comes with the program
	Owner    string                                     // names this server in leases

	finishing sync.Map // upload id → nil: ends that requests of this server are at
}

// Request is what a client says when it begins.
type Request struct {
	Size       int64
	FileName   string // as sent
	Path       string // on the card, as sent: kept as evidence, never used as a path
	Device     string
	ModifiedAt time.Time
	SHA256     string
	Purpose    string
	Batch      string
	// DeviceClock is what the device's clock showed when the dock asked it, just
	// now; "" when nobody asked. It is kept as sent and never refused.
	DeviceClock string

	Account    string
	Role       string
	Department string
	From       string
}

func (in *Intake) now() instant.Time { return instant.Of(in.Clock()) }

func actorOf(up footage.Upload) ledger.Actor {
	return ledger.Actor{Account: up.Account, Role: up.Role, From: up.From}
}
