package batch_test

import (
	"strings"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/batch"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
)

const id = "0b6f5a52-6c1e-4f63-9a57-3d9c1f0f7a11"

var sender = ledger.Actor{Account: "dock", Role: "dock"}

func TestABatchIsWrittenDownOnce(t *testing.T) {
	clock := reviewtest.NewClock(time.Date(2026, 10, 3, 9, 0, 0, 0, instant.KST))
	book := reviewtest.NewBook(t, clock)
	note := func(by ledger.Actor, b footage.Batch) error {
		clock.Wind(time.Minute)
		return batch.Note(t.Context(), book, by, "minwon", b, instant.Of(clock.Now()))
	}
	said := footage.Batch{ID: id, Title: "  시장\u200b점검 ", Place: "한빛시장", Approval: "항공-2026-17", Account: "somebody", Department: "hongbo"}
	for range 2 {
		if err := note(sender, said); err != nil {
			t.Fatal(err)
		}
	}
	kept := footage.Batch{ID: id}
	if err := book.Find(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	first := instant.Of(time.Date(2026, 10, 3, 9, 1, 0, 0, instant.KST))
	want := footage.Batch{ID: id, Title: "시장점검", Place: "한빛시장", Approval: "항공-2026-17", Department: "minwon", Account: "dock", At: first}
	if kept != want {
		t.Errorf("kept %+v, want %+v", kept, want)
	}
	said.Place = "한빛공원"
	if err := note(sender, said); err != nil {
		t.Fatal(err)
	}
	if err := note(ledger.Actor{Account: "another"}, said); code(err) != "batch-of-another" {
		t.Errorf("another's: %v", err)
	}
	if acts := book.Acts(t); strings.Count(acts, "batch.noted") != 2 {
		t.Errorf("the ledger has %s", acts)
	}
}

func TestNonsenseIsRefusedBesideItsField(t *testing.T) {
	clock := reviewtest.NewClock(time.Date(2026, 10, 3, 9, 0, 0, 0, instant.KST))
	book := reviewtest.NewBook(t, clock)
	long := strings.Repeat("긴", batch.MaxText+1)
	for want, b := range map[string]footage.Batch{
		"bad-batch-id":      {ID: "../../etc", Title: "가"},
		"title-missing":     {ID: id, Title: " \u200b\n"},
		"title-too-long":    {ID: id, Title: long},
		"place-too-long":    {ID: id, Title: "가", Place: long},
		"approval-too-long": {ID: id, Title: "가", Approval: long},
	} {
		if err := batch.Note(t.Context(), book, sender, "minwon", b, instant.Of(clock.Now())); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	emoji := footage.Batch{ID: id, Title: "<script>👩\u200d🚒</script>"}
	if err := batch.Note(t.Context(), book, sender, "minwon", emoji, instant.Of(clock.Now())); err != nil {
		t.Error(err)
	}
	if err := book.Find(t.Context(), &emoji); err != nil || emoji.Title != "<script>👩\u200d🚒</script>" {
		t.Errorf("%q, %v", emoji.Title, err)
	}
}

func code(err error) string {
	no, ok := refuse.As(err)
	if !ok {
		return ""
	}
	return no.Code
}
