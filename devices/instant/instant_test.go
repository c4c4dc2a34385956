package instant_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jikim/devices/instant"
)

func TestDateOf(t *testing.T) {
	tests := []struct{ utc, want string }{
		{"2026-11-01T14:59:59Z", "2026-11-01"},
		{"2026-11-01T15:00:00Z", "2026-11-02"}, // midnight in Korea
		{"2026-12-31T15:00:00Z", "2027-01-01"},
		{"2028-02-28T15:00:00Z", "2028-02-29"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := instant.DateOf(at); string(got) != tt.want {
			t.Errorf("%s is %s in Korea, want %s", tt.utc, got, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	if d, err := instant.ParseDate("2026-10-03"); err != nil || d != "2026-10-03" {
		t.Errorf("got %q, %v", d, err)
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "2026-1-1", "2026.10.03", "2026-10-03 ", "내일"} {
		if d, err := instant.ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

func TestKorean(t *testing.T) {
	at := instant.Of(time.Date(2026, 10, 3, 5, 5, 0, 0, time.UTC))
	if got, want := at.Korean(), "2026. 10. 3.(토) 14:05"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (instant.Time{}).Korean() + instant.Date("").Korean(); got != "" {
		t.Errorf("what is not set is written %q", got)
	}
}

// TestOneForm: however a moment is kept, in JSON or in a column, it comes back
// the same, for its digest is in the ledger.
func TestOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := instant.Of(time.Unix(0, rapid.Int64().Draw(t, "ns")))
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var read instant.Time
		if err := json.Unmarshal(text, &read); err != nil || read != want {
			t.Fatalf("%s came back as %s, %v", text, read, err)
		}
		value, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		var stored instant.Time
		if err := stored.Scan(value); err != nil || stored != want {
			t.Fatalf("%v came back as %s, %v", value, stored, err)
		}
	})
}

func TestNotSet(t *testing.T) {
	var none instant.Time
	text, err := json.Marshal(none)
	if err != nil || string(text) != "null" {
		t.Errorf("written %s, %v", text, err)
	}
	if v, err := none.Value(); err != nil || v != nil {
		t.Errorf("stored %v, %v", v, err)
	}
	set := instant.FromMs(1)
	if err := set.Scan(nil); err != nil || !set.IsZero() {
		t.Errorf("read from nothing: %s, %v", set, err)
	}
	set = instant.FromMs(1)
	if err := json.Unmarshal([]byte("null"), &set); err != nil || !set.IsZero() {
		t.Errorf("read from null: %s, %v", set, err)
	}
	if err := set.Scan("2026-10-03"); err == nil {
		t.Error("a text was read as a moment")
	}
}
