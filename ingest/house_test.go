package ingest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/ingest"
	"jikim/ingest/metadata"
)

// evening is the moment at which every test begins: 2026-10-05 18:00 in Korea.
var evening = time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)

const abandonAfter = 7 * 24 * time.Hour

// house is a way in with everything it stands on.
type house struct {
	*ingest.Intake
	book   *reviewtest.Book
	vault  *reviewtest.Vault
	clock  *reviewtest.Clock
	wire   *reviewtest.Wire
	reader *reader
	random *random
}

func newHouse(t testing.TB) *house {
	t.Helper()
	clock := reviewtest.NewClock(evening)
	h := &house{
		book: reviewtest.NewBook(t, clock), vault: reviewtest.NewVault(t), clock: clock,
		wire: &reviewtest.Wire{}, reader: &reader{report: metadata.Report{Kind: metadata.Video, MIME: "video/mp4"}},
		random: &random{r: reviewtest.NewRandom(7)},
	}
	h.book.Wire = h.wire
	h.book.SetRegistry(registry())
	h.restart()
	return h
}

// restart gives the house a new server that knows only what is kept.
func (h *house) restart() {
	h.book.ForgetLeases()
	h.Intake = h.server("server-1")
}

// sibling is another server of the same stores.
func (h *house) sibling(name string) *house {
	other := *h
	other.Intake = h.server(name)
	return &other
}

func (h *house) server(name string) *ingest.Intake {
	store := reviewtest.Brittle{Store: h.vault, Wire: h.wire}
	return &ingest.Intake{
		Records: h.book, Registry: h.book, Leases: h.book,
		Vault: store, Gate: &retention.Gate{Book: h.book, Records: h.book, Vault: store, Clock: h.clock.Now, Owner: name},
		Keys: h.vault.Keys, Describe: h.reader,
		Limits: ingest.Limits{MaxBytes: 1 << 30, MinimumStay: 72 * time.Hour, AbandonAfter: abandonAfter},
		Clock:  h.clock.Now, Rand: h.random, Owner: name,
	}
}

func registry() devices.Registry {
	return devices.Registry{
		Departments: []devices.Department{{ID: "minwon", DefaultPurpose: "complaint"}, {ID: "park"}, {ID: "hongbo", DefaultPurpose: "pr"}},
		Purposes: []devices.Purpose{
			{ID: "complaint", Name: "민원 응대", Retention: devices.Retention{Days: 30}, Version: 2},
			{ID: "patrol", Name: "순찰", Department: "minwon", Retention: devices.Retention{Days: 60}, Version: 1},
			{ID: "pr", Name: "홍보", Department: "hongbo", Retention: devices.Retention{Permanent: true}, Version: 3},
			{ID: "short", Name: "점검", Retention: devices.Retention{Days: 15}, Version: 1},
		},
		Devices: []devices.Device{
			{ID: "bc-1", Serial: "SN-0001", Department: "minwon", BoughtOn: "2025-01-01"},
			{ID: "bc-2", Serial: "SN-0002", Department: "minwon", Purpose: "patrol", Clock: devices.ClockUTC},
			{ID: "dr-1", Serial: "SN-0009", Department: "hongbo", Purpose: "gone"},
			{ID: "bc-3", Serial: "SN-0003", Department: "park"},
		},
	}
}

// reader says of every file what it was told to, having read it (of a long one
// the beginning).
type reader struct {
	mu     sync.Mutex
	report metadata.Report
	of     map[string]metadata.Report // of files of that name
	fault  error
	read   []byte
}

func (r *reader) Read(_ context.Context, src io.ReaderAt, size int64, name string) (metadata.Report, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, err := io.ReadAll(io.NewSectionReader(src, 0, min(size, 1<<20)))
	if err = errors.Join(err, r.fault); err != nil {
		return metadata.Report{}, err
	}
	r.read = b
	report, is := r.of[name]
	if !is {
		report = r.report
	}
	report.File = name
	return report, nil
}

// random is safe for concurrent use.
type random struct {
	mu sync.Mutex
	r  io.Reader
}

func (r *random) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Read(p)
}

// bytesOf gives n bytes, the same for the same seed.
func bytesOf(n int, seed byte) []byte {
	b := make([]byte, n)
	_, _ = reviewtest.NewRandom(seed).Read(b) // never fails
	return b
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// request is what a good client says of a file.
func request(name string, content []byte) ingest.Request {
	return ingest.Request{
		FileName: name, Path: "DCIM/" + name, Size: int64(len(content)), SHA256: hashOf(content),
		Account: "dock-1", Role: "dock", Department: "minwon", From: "10.0.0.7",
	}
}

func (h *house) begin(t testing.TB, r ingest.Request) footage.Upload {
	t.Helper()
	up, err := h.Begin(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// send sends a whole file in one go.
func (h *house) send(t testing.TB, r ingest.Request, content []byte) (footage.Upload, error) {
	t.Helper()
	up := h.begin(t, r)
	_, err := h.put(up, bytes.NewReader(content))
	return h.upload(t, up.ID), err
}

// checkIn sends a whole file and gives its clip.
func (h *house) checkIn(t testing.TB, r ingest.Request, content []byte) footage.Clip {
	t.Helper()
	up, err := h.send(t, r, content)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.book.Clip(context.Background(), up.Clip)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// put does what the protocol does with a body: receive, and finish when all is
// there, even if the body ended badly. It gives the offset it would answer.
func (h *house) put(up footage.Upload, body io.Reader) (int64, error) {
	ctx := context.Background()
	r := h.Open(up, h.holder(up.ID))
	defer r.Close()
	taken, err := r.Receive(ctx, up.Offset, body)
	if up.Offset+taken == up.Size {
		if e := r.Finish(ctx); err == nil {
			err = e
		}
	}
	return up.Offset + taken, err
}

// holder names who has the upload's lease, "" when locks are kept in process.
func (h *house) holder(id string) string { return h.book.Holder("upload:" + id) }

func (h *house) upload(t testing.TB, id string) footage.Upload {
	t.Helper()
	up, err := h.book.Upload(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// content reads a clip's original through the vault.
func (h *house) content(t testing.TB, id string) []byte {
	t.Helper()
	ctx := context.Background()
	c, err := h.book.Clip(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := h.book.Key(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	key, err := h.vault.Keys.Unwrap(id, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	o, err := vault.Open(ctx, h.vault, id, key, c.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	b, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// blobs names everything in the vault.
func (h *house) blobs(t testing.TB) []string {
	t.Helper()
	names := map[string]bool{}
	err := h.vault.List(context.Background(), func(item vault.Item) error {
		names[item.Name] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(names))
}

// acts are the entries whose subject is about id, "act act".
func (h *house) acts(t testing.TB, id string) string {
	t.Helper()
	var acts []string
	for _, e := range h.book.Entries(t) {
		if strings.HasSuffix(e.Subject, ":"+id) {
			acts = append(acts, string(e.Act))
		}
	}
	return strings.Join(acts, " ")
}

func (h *house) last(t testing.TB) ledger.Entry {
	t.Helper()
	entries := h.book.Entries(t)
	if len(entries) == 0 {
		t.Fatal("the ledger is empty")
	}
	return entries[len(entries)-1]
}

// expect fails unless err is a refusal of that kind and code with a sentence.
func expect(t testing.TB, err error, kind refuse.Kind, code string) {
	t.Helper()
	no, ok := refuse.As(err)
	if !ok || no.Kind != kind || no.Code != code || no.Sentence == "" {
		t.Errorf("got %v, want the refusal %q", err, code)
	}
}

// nothingOf fails when anything of an upload is left but its record.
func (h *house) nothingOf(t testing.TB, id string) {
	t.Helper()
	if slices.Contains(h.blobs(t), id) {
		t.Errorf("the bytes of %s are left", id)
	}
	if slices.Contains(h.book.Keys(), id) {
		t.Errorf("the key of %s is left", id)
	}
	if c, err := h.book.Clip(context.Background(), id); err == nil {
		t.Errorf("%s became a clip: %+v", id, c)
	}
}
