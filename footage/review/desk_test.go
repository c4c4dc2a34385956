package review_test

import (
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review"
	"jikim/footage/review/reviewtest"
)

// noon is the moment at which every test begins: 2026-10-05 12:00 in Korea.
var noon = time.Date(2026, 10, 5, 3, 0, 0, 0, time.UTC)

var (
	hong = ledger.Actor{Account: "hong", Role: "reviewer", From: "10.0.0.7"}
	kim  = ledger.Actor{Account: "kim", Role: "responsible"}
)

type desk struct {
	*review.Desk
	book  *reviewtest.Book
	vault *reviewtest.Vault
	clock *reviewtest.Clock
}

func newDesk(t testing.TB) desk {
	t.Helper()
	clock := reviewtest.NewClock(noon)
	book := reviewtest.NewBook(t, clock)
	book.SetRegistry(devices.Registry{
		Departments: []devices.Department{{ID: "minwon", DefaultPurpose: "complaint"}, {ID: "hongbo"}},
		Purposes: []devices.Purpose{
			{ID: "complaint", Name: "민원 응대", Retention: devices.Retention{Days: 30}, Version: 2},
			{ID: "patrol", Name: "순찰", Department: "minwon", Retention: devices.Retention{Days: 60}, Version: 1},
			{ID: "pr", Name: "홍보", Department: "hongbo", Retention: devices.Retention{Permanent: true}, Version: 1},
			{ID: "archive", Name: "기록", Retention: devices.Retention{Permanent: true, Reason: "역사 기록"}, Version: 1},
		},
		Devices: []devices.Device{
			{ID: "bc-1", Serial: "SN-0001", Department: "minwon", BoughtOn: "2025-01-01"},
			{ID: "bc-2", Serial: "SN-0002", Department: "minwon", Purpose: "patrol"},
			{ID: "dr-1", Serial: "SN-0009", Department: "hongbo"},
		},
	})
	v := reviewtest.NewVault(t)
	d := review.New(book, book, v, v.Keys, review.Settings{Outline: drawn}, clock.Now, reviewtest.NewRandom(9))
	return desk{d, book, v, clock}
}

// clip is a registered clip of 30 days, filmed and checked in two days ago.
func clip(id string) footage.Clip {
	captured := instant.Of(noon.Add(-48 * time.Hour))
	return footage.Clip{
		ID: id, State: footage.Registered, FileName: "민원 응대.mp4", Department: "minwon", Purpose: "complaint",
		Device: "bc-1", Kind: "video", MIME: "video/mp4", DurationS: 60,
		CapturedAt: captured, TimeConfidence: "C", CheckedInAt: captured.Add(time.Hour), SortAt: captured,
		Rule: "complaint@2", FiledOn: "2026-10-03", ExpiresOn: "2026-11-02",
		DueAt: instant.Of(instant.Date("2026-11-03").Start()), Reasons: []string{"까닭"},
	}
}

// expect fails unless err is a refusal of that kind and code with a sentence.
func expect(t *testing.T, err error, kind refuse.Kind, code string) {
	t.Helper()
	r, ok := refuse.As(err)
	if !ok || r.Kind != kind || r.Code != code || r.Sentence == "" {
		t.Errorf("got %v, want a refusal %q of kind %d", err, code, kind)
	}
}

func (d desk) last(t *testing.T) ledger.Entry {
	t.Helper()
	entries := d.book.Entries(t)
	if len(entries) == 0 {
		t.Fatal("the ledger is empty")
	}
	return entries[len(entries)-1]
}

func (d desk) clip(t *testing.T, id string) footage.Clip {
	t.Helper()
	c, err := d.book.Clip(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
