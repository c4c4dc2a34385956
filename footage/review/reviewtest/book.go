// Package reviewtest keeps records in memory for tests of the rooms that look
// at them: a footage.Book with a real, signed ledger, and the readings such
// rooms ask of a database. It is for tests only.
package reviewtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/ledger/ledgertest"
)

// Book is a footage.Book in memory.
type Book struct {
	// Fault, when set, is what every reading and change answers: the database
	// is away.
	Fault error
	// Wire, when set, is what every reading and change goes over: it can be cut.
	Wire *Wire

	mu      sync.Mutex
	clock   *Clock
	signer  *ledger.Signer
	log     *ledgertest.Memory
	records map[string]footage.Record
	keys    map[string][]byte
	uploads map[string]footage.Upload
	reads   int

	register sync.Mutex // of the registry and the leases, which are asked within changes too
	registry devices.Registry
	leases   map[string]lease
}

// NewBook gives an empty book whose entries carry the clock's time.
func NewBook(t testing.TB, clock *Clock) *Book {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.key")
	if _, err := ledger.NewKeyFile(path, "jikim/test", NewRandom(1)); err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Book{
		clock: clock, signer: signer, log: ledgertest.NewMemory(),
		records: map[string]footage.Record{}, keys: map[string][]byte{}, uploads: map[string]footage.Upload{}, leases: map[string]lease{},
	}
}

// Verifier checks the book's checkpoints.
func (b *Book) Verifier() *ledger.Verifier { return b.signer.Verifier() }

// Change implements footage.Book.
func (b *Book) Change(ctx context.Context, e ledger.Entry, fn func(tx footage.Tx, e *ledger.Entry) error) error {
	return b.Wire.call("change "+string(e.Act), func() error {
		return b.change(ctx, e, func(tx *tx, e *ledger.Entry) error { return fn(tx, e) })
	})
}

func (b *Book) change(ctx context.Context, e ledger.Entry, fn func(tx *tx, e *ledger.Entry) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.ready(ctx); err != nil {
		return err
	}
	tx := &tx{b: b, saved: map[string]footage.Record{}}
	if err := fn(tx, &e); err != nil {
		return err
	}
	for name, r := range tx.saved {
		if e.Records == nil {
			e.Records = map[string]string{}
		}
		e.Records[name] = digest(r)
	}
	err := b.log.Update(func(l ledger.Log) error {
		_, err := ledger.Append(l, b.signer, b.clock.Now(), []ledger.Entry{e})
		return err
	})
	if err != nil {
		return err
	}
	maps.Copy(b.records, tx.saved)
	if tx.upload != nil {
		b.uploads[tx.upload.ID] = *tx.upload
	}
	for _, clip := range tx.dropped {
		delete(b.keys, clip)
	}
	return nil
}

func (b *Book) ready(ctx context.Context) error {
	if b.Fault != nil {
		return b.Fault
	}
	return ctx.Err()
}

func digest(r footage.Record) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		panic(err)
	}
	sum := sha256.Sum256(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:])
}

// tx is one change in progress.
type tx struct {
	b       *Book
	saved   map[string]footage.Record
	dropped []string
	upload  *footage.Upload
}

func (t *tx) Load(r footage.Record) error {
	if saved, ok := t.saved[r.RecordName()]; ok {
		fill(r, saved)
		return nil
	}
	return t.b.load(r)
}

func (t *tx) Save(r footage.Record) error {
	t.saved[r.RecordName()] = clone(r)
	return nil
}

func (t *tx) HoldsOf(clip string) ([]footage.Hold, error) { return holdsOf(t.b, clip), nil }

func (t *tx) DerivativesOf(clip string) ([]footage.Derivative, error) {
	return derivativesOf(t.b, clip), nil
}

func (t *tx) DropKey(clip string) error {
	t.dropped = append(t.dropped, clip)
	return nil
}

func (t *tx) LedgerTime() (at instant.Time, err error) {
	return t.b.log.Stored().Head.At, nil
}

var errNotFound = refuse.New(refuse.NotFound, "not-found", "찾는 기록이 없습니다. 주소나 번호를 확인하세요.")

func (b *Book) load(r footage.Record) error {
	kept, ok := b.records[r.RecordName()]
	if !ok {
		return errNotFound
	}
	fill(r, kept)
	return nil
}

func fill(dst, src footage.Record) {
	reflect.ValueOf(dst).Elem().Set(reflect.ValueOf(src).Elem())
}

func clone(r footage.Record) footage.Record {
	c := reflect.New(reflect.TypeOf(r).Elem())
	c.Elem().Set(reflect.ValueOf(r).Elem())
	return c.Interface().(footage.Record)
}

// Put places a record without an entry, as if it had always been there.
func (b *Book) Put(records ...footage.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range records {
		b.records[r.RecordName()] = clone(r)
	}
}

// Find fills r, whose key is set.
func (b *Book) Find(ctx context.Context, r footage.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	if err := b.ready(ctx); err != nil {
		return err
	}
	return b.load(r)
}

// All gives every record of R's kind, by key.
func All[R footage.Record](b *Book) []R {
	b.mu.Lock()
	defer b.mu.Unlock()
	return all[R](b)
}

func all[R footage.Record](b *Book) (found []R) {
	for _, name := range slices.Sorted(maps.Keys(b.records)) {
		if r, ok := b.records[name].(R); ok {
			found = append(found, clone(r).(R))
		}
	}
	return found
}

// Reads is how many times a record was read outside changes.
func (b *Book) Reads() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads
}

// Entries gives the whole ledger, decoded.
func (b *Book) Entries(t testing.TB) []ledger.Entry {
	t.Helper()
	var entries []ledger.Entry
	for _, row := range b.log.Stored().Rows {
		e, err := ledger.Decode(row.Body)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

// Acts gives the acts of the ledger, joined by spaces.
func (b *Book) Acts(t testing.TB) string {
	t.Helper()
	var acts []string
	for _, e := range b.Entries(t) {
		acts = append(acts, string(e.Act))
	}
	return strings.Join(acts, " ")
}

// Clock is wound by hand.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock gives a clock that stands at t.
func NewClock(t time.Time) *Clock { return &Clock{t: t} }

// Now reads it.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Wind moves it on.
func (c *Clock) Wind(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
