package profile_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/profile"
)

var update = flag.Bool("update", false, "write what comes out into testdata")

// cut divides a card's listing from what is made of it.
const cut = "\n────────\n"

// TestCards: each file of testdata is a card as it is read, one path a line (and
// the size, where it matters), and below the line which recordings it holds.
func TestCards(t *testing.T) {
	cards, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(cards) < 10 {
		t.Fatalf("%d cards, %v", len(cards), err)
	}
	for _, card := range cards {
		t.Run(strings.TrimSuffix(filepath.Base(card), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(card)
			if err != nil {
				t.Fatal(err)
			}
			listing, want, _ := strings.Cut(string(text), cut)
			listing = strings.TrimSuffix(listing, "\n")
			got := spell(profile.Builtin().Group(readCard(t, listing)))
			if *update {
				if err := os.WriteFile(card, []byte(listing+"\n"+cut+got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func readCard(t testing.TB, listing string) (files []profile.File) {
	t.Helper()
	for line := range strings.Lines(listing) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := profile.File{Path: line, Bytes: 1}
		if at := strings.LastIndexByte(line, ' '); at > 0 {
			if n, err := strconv.ParseInt(line[at+1:], 10, 64); err == nil && n > 1<<30 {
				f = profile.File{Path: line[:at], Bytes: n}
			}
		}
		files = append(files, f)
	}
	return files
}

// spell writes a listing for people.
func spell(l profile.Listing) string {
	var b strings.Builder
	for _, r := range l.Recordings {
		title := r.Title
		if title == "" {
			title = "—"
		}
		fmt.Fprintf(&b, "%s  [%s]\n", r.Name, title)
		for _, m := range r.Files {
			what := string(m.Part)
			if m.Chapter > 0 {
				what += fmt.Sprintf(" %d", m.Chapter)
			}
			if m.Lens != "" {
				what += " " + m.Lens
			}
			if what == "" {
				what = "—"
			}
			fmt.Fprintf(&b, "    %s: %s\n", what, m.Path)
		}
	}
	for _, s := range l.Skipped {
		fmt.Fprintf(&b, "빠짐  %s: %s\n", s.Path, s.Why)
	}
	return b.String()
}
