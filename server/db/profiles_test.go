package db_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jikim/devices"
	"jikim/devices/profile"
	"jikim/footage/ledger"
	"jikim/server/db"
)

// TestProfilesAreKept: an institution's own profiles come back as they were
// given, and only a change of theirs is written again.
func TestProfilesAreKept(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		reg := devices.Registry{Profiles: []profile.Profile{
			{
				ID: "hanbit-cam", Title: "한빛캠", Order: 1, Roots: []string{"VIDEO"}, Ignore: []string{`HBCAM\.CFG`},
				Files: []profile.FileRule{{
					Name: `HB_(?P<key>\d+)_(?P<lens>\d)_(?P<chapter>\d+)`, Folder: `(?P<root>.*)/\d+`,
					Parts: map[string]profile.Part{"MP4": profile.Main, "": profile.Log}, Family: "a", Lens: "광각",
					Lenses: map[string]string{"1": "앞"}, ChapterPlus: 1,
				}},
				Continues: &profile.Continues{GapS: 2.5, MinBytes: 3_500_000_000},
			},
			{ID: "big-cam", Title: "큰캠", Order: 2, Files: []profile.FileRule{{Name: `BC(?P<key>\d+)`, Parts: map[string]profile.Part{"MP4": profile.Main}}}},
		}}
		for i, title := range []string{"한빛캠", "한빛캠", "한빛캠 2"} {
			reg.Profiles[0].Title = title
			e := ledger.Entry{Act: ledger.ActRegistryImported, Actor: ledger.Actor{Account: "admin"}}
			err := d.SaveRegistry(t.Context(), e, func(devices.Registry, *ledger.Entry) (devices.Registry, error) { return reg, nil })
			if err != nil {
				t.Fatal(err)
			}
			back, err := d.Registry(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(reg.Profiles, back.Profiles); diff != "" {
				t.Errorf("save %d:\n%s", i, diff)
			}
		}
		rows, err := d.Rows(t.Context(), 0, 10)
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d entries, %v", len(rows), err)
		}
		written := map[string]int{}
		for _, row := range rows {
			entry, err := ledger.Decode(row.Body)
			if err != nil {
				t.Fatal(err)
			}
			for record := range entry.Records {
				written[record]++
			}
		}
		if diff := cmp.Diff(map[string]int{"profile:hanbit-cam": 2, "profile:big-cam": 1}, written); diff != "" {
			t.Errorf("vouched for (-want +got):\n%s", diff)
		}
	})
}
