package footage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
)

var noon = instant.Of(time.Date(2026, 10, 5, 3, 0, 0, 0, time.UTC))

// file is a member of a recording; at is in seconds after noon, below 0 unknown.
func file(name string, part profile.Part, chapter int, at, seconds float64) footage.Clip {
	c := footage.Clip{ID: "id-" + name, FileName: name, Part: part, Chapter: chapter, DurationS: seconds}
	if at >= 0 {
		c.CapturedAt = noon.Add(time.Duration(at * float64(time.Second)))
	}
	return c
}

func through(lens string, c footage.Clip) footage.Clip { c.Lens = lens; return c }

// words writes a timeline so that it can be read: for each lane its segments
// with offset, length, gap, and a * where the start is derived.
func words(t footage.Timeline) string {
	var b strings.Builder
	for _, lane := range t.Lanes {
		fmt.Fprintf(&b, "[%s]", lane.Lens)
		for _, s := range lane.Segments {
			fmt.Fprintf(&b, " %s %g+%g", s.FileName, s.Offset, s.DurationS)
			if s.GapS != 0 {
				fmt.Fprintf(&b, " gap %g", s.GapS)
			}
			if s.Derived {
				b.WriteString("*")
			}
			b.WriteString(";")
		}
		if lane.Missing != nil {
			fmt.Fprintf(&b, " missing %v", lane.Missing)
		}
		b.WriteString("\n")
	}
	for _, c := range t.Companions {
		fmt.Fprintf(&b, "(%s)", c.FileName)
	}
	return b.String()
}

func TestTimelineOf(t *testing.T) {
	const unknown = -1
	for name, c := range map[string]struct {
		files      []footage.Clip
		start, end float64 // seconds after noon; both below 0: unknown
		want       string
	}{
		"nothing": {nil, unknown, unknown, ""},
		"one file": {
			[]footage.Clip{file("a.mp4", "", 0, 5, 10)},
			5, 15,
			"[] a.mp4 0+10;\n",
		},
		"chapters that all say the first start": {
			[]footage.Clip{file("GX030001.MP4", profile.Main, 3, 0, 5), file("GX010001.MP4", profile.Main, 1, 0, 60), file("GX020001.MP4", profile.Main, 2, 0, 60)},
			0, 125,
			"[] GX010001.MP4 0+60; GX020001.MP4 60+60*; GX030001.MP4 120+5*;\n",
		},
		"chapters with starts of their own": {
			[]footage.Clip{file("2", profile.Main, 2, 61, 60), file("1", profile.Main, 1, 0, 60)},
			0, 121,
			"[] 1 0+60; 2 61+60 gap 1;\n",
		},
		"chapters are missing": {
			[]footage.Clip{file("5", profile.Main, 5, 300, 60), file("3", profile.Main, 3, 120, 60)},
			120, 360,
			"[] 3 0+60; 5 180+60 gap 120; missing [1 2 4]\n",
		},
		"a chapter goes before the first start that is known": {
			[]footage.Clip{file("1", profile.Main, 1, unknown, 60), file("2", profile.Main, 2, 60, 60)},
			0, 120,
			"[] 1 0+60*; 2 60+60;\n",
		},
		"a chapter without a start between two that have one": {
			[]footage.Clip{file("1", profile.Main, 1, 0, 60), file("2", profile.Main, 2, unknown, 60), file("3", profile.Main, 3, 0, 60)},
			0, 180,
			"[] 1 0+60; 2 60+60*; 3 120+60*;\n",
		},
		"no start at all": {
			[]footage.Clip{file("2", profile.Main, 2, unknown, 4), file("1", profile.Main, 1, unknown, 8)},
			unknown, unknown,
			"[] 1 0+8; 2 8+4;\n",
		},
		"files that follow one another by time": {
			[]footage.Clip{file("b", profile.Main, 0, 59.5, 60), file("a", profile.Main, 0, 0, 60), file("c", profile.Main, 0, 200, 1)},
			0, 201,
			"[] a 0+60; b 59.5+60 gap -0.5; c 200+1 gap 80.5;\n",
		},
		"lenses side by side, companions apart": {
			[]footage.Clip{
				through("열화상", file("T.MP4", profile.Main, 0, 1, 30)), through("광각", file("W.MP4", profile.Main, 0, 0, 30)),
				through("광각", file("W.LRF", profile.Proxy, 0, 0, 30)), file("W.SRT", profile.Track, 0, 0, 30), file("P.JPG", profile.Still, 0, 7, 0),
			},
			0, 31,
			"[광각] W.MP4 0+30;\n[열화상] T.MP4 1+30;\n(P.JPG)(W.LRF)(W.SRT)",
		},
		"a lens of which no start is known begins with the others": {
			[]footage.Clip{through("광각", file("W", profile.Main, 0, 10, 30)), through("열화상", file("T", profile.Main, 0, unknown, 30))},
			10, 40,
			"[광각] W 0+30;\n[열화상] T 0+30;\n",
		},
		"photos and what goes with them": {
			[]footage.Clip{file("1.DNG", profile.Still, 0, 8, 0), file("1.JPG", profile.Still, 0, 7, 0)},
			7, 8,
			"(1.DNG)(1.JPG)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 3 {
				got := footage.TimelineOf(c.files)
				if diff := cmp.Diff(c.want, words(got)); diff != "" {
					t.Error(diff)
				}
				var start, end instant.Time
				if c.end >= 0 {
					start, end = noon.Add(time.Duration(c.start*1e9)), noon.Add(time.Duration(c.end*1e9))
				}
				if got.Start != start || got.End != end {
					t.Errorf("from %s to %s, want %s to %s", got.Start, got.End, start, end)
				}
				slices.Reverse(c.files)
			}
		})
	}
}

// TestTimelineHolds: every file stands in the timeline once, whatever their
// order; nothing begins before it, and what is derived leaves no gap.
func TestTimelineHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var files []footage.Clip
		for i := range rapid.IntRange(0, 9).Draw(t, "files") {
			c := file(fmt.Sprint(i), rapid.SampledFrom(profile.Parts()).Draw(t, "part"), rapid.IntRange(0, 4).Draw(t, "chapter"),
				float64(rapid.IntRange(-1, 5).Draw(t, "at")*30), float64(rapid.IntRange(0, 100).Draw(t, "seconds")))
			files = append(files, through(rapid.SampledFrom([]string{"", "광각"}).Draw(t, "lens"), c))
		}
		got := footage.TimelineOf(slices.Clone(files))
		if diff := cmp.Diff(got, footage.TimelineOf(rapid.Permutation(files).Draw(t, "order")), cmp.AllowUnexported(instant.Time{})); diff != "" {
			t.Fatal("in another order:\n", diff)
		}
		seen := map[string]int{}
		for _, c := range got.Companions {
			seen[c.ID]++
		}
		for _, lane := range got.Lanes {
			for i, s := range lane.Segments {
				seen[s.Clip]++
				if s.Offset < 0 || !s.Start.IsZero() && s.Start.Before(got.Start) {
					t.Fatalf("%+v stands before the timeline", s)
				}
				if s.Derived && (s.GapS != 0 || s.Start.IsZero()) || i == 0 && s.GapS != 0 {
					t.Fatalf("%+v", s)
				}
			}
		}
		for _, c := range files {
			if seen[c.ID] != 1 {
				t.Fatalf("%s stands there %d times", c.ID, seen[c.ID])
			}
		}
	})
}

func TestCompanion(t *testing.T) {
	for _, p := range append(profile.Parts(), "") {
		if got, want := footage.Companion(p), p != "" && p != profile.Main && p != profile.Still; got != want {
			t.Errorf("%q: %v", p, got)
		}
	}
}
