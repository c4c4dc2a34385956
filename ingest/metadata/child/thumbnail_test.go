package child

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/footagetest"
)

func TestThumbnailOfTheCorpus(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	dir := footagetest.Dir(t)
	found := 0
	for _, pattern := range []string{"photos/phone/*", "photos/dji/*", "malformed/*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, path := range files {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			want, err := metadata.ReadThumbnail(f, info.Size())
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Thumbnail(t.Context(), f, info.Size(), path)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s, in the child (+) otherwise than in process (-): %v\n%s", path, err, diff)
			}
			if strings.HasPrefix(pattern, "photos/phone") && len(got.HEVC) > 1000 {
				found++
			}
		}
	}
	if found != 3 {
		t.Errorf("%d thumbnails of telephones", found)
	}
}

func TestThumbnailOfBadChildren(t *testing.T) {
	for _, kind := range []string{"hang", "die", "babble", "half"} {
		p := pool(t, kind, 1, 500*time.Millisecond)
		r := strings.NewReader(jpeg)
		if got, err := p.Thumbnail(t.Context(), r, r.Size(), "a.heic"); err != nil || got.HEVC != nil {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
}

func TestStoreFailureUnderAThumbnail(t *testing.T) {
	p := pool(t, "serve", 1, 10*time.Second)
	if _, err := p.Thumbnail(t.Context(), failing{}, 1<<20, "a.heic"); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Fatalf("%v, want the store's error", err)
	}
}
