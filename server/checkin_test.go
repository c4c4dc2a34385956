package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatCheckinSends: every file under the paths, also where a path is a
// link to a card; a link on the card leads nowhere, and nothing to send is no
// success after which a card may be emptied.
func TestWhatCheckinSends(t *testing.T) {
	dir := t.TempDir()
	card := filepath.Join(dir, "card")
	for _, name := range []string{"DCIM/1.mp4", "DCIM/deep/2.srt", "3.jpg"} {
		path := filepath.Join(card, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		filepath.Join(dir, "by-label"): card, filepath.Join(dir, "one.mp4"): filepath.Join(card, "DCIM/1.mp4"),
		filepath.Join(card, "out"): empty, filepath.Join(card, "passwd.mp4"): "/etc/passwd",
	} {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		paths []string
		want  []string
	}{
		{[]string{card}, []string{"3.jpg", "DCIM/1.mp4", "DCIM/deep/2.srt"}},
		{[]string{filepath.Join(dir, "by-label")}, []string{"3.jpg", "DCIM/1.mp4", "DCIM/deep/2.srt"}},
		{[]string{filepath.Join(dir, "one.mp4"), filepath.Join(card, "3.jpg")}, []string{"one.mp4", "3.jpg"}},
		{[]string{empty}, nil},
		{[]string{filepath.Join(card, "out")}, nil},
	} {
		files, err := checkinCmd{Paths: c.paths}.collect()
		var got []string
		for _, f := range files {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.paths, diff)
		}
		if nothing := c.want == nil; nothing != (err != nil) || nothing && !strings.Contains(err.Error(), "지우지 말고") {
			t.Errorf("%q: %v", c.paths, err)
		}
	}
}
