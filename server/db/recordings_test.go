package db_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/server/db"
)

// member is a clip of a recording.
func member(i int, c *clock, recording, key string, part profile.Part) footage.Clip {
	clip := aClip(i, c.now())
	clip.Recording, clip.GroupKey, clip.Part, clip.Chapter, clip.Lens = recording, key, part, i, "광각"
	return clip
}

func names(clips []footage.Clip) (ids []string) {
	for _, c := range clips {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestRecording(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		clips := []footage.Clip{
			member(2, c, "clip-000002", "k", profile.Main), member(4, c, "clip-000002", "k", profile.Track), member(6, c, "clip-000002", "k", profile.Main),
			member(8, c, "clip-000002", "k", profile.Still), member(10, c, "clip-000010", "", profile.Main), member(12, c, "", "", ""),
		}
		clips[2].State = footage.Destroyed
		records := make([]footage.Record, len(clips))
		for i := range clips {
			records[i] = &clips[i]
		}
		if err := save(d, records...); err != nil {
			t.Fatal(err)
		}
		got, err := d.Recording(t.Context(), "clip-000002")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"clip-000002", "clip-000004", "clip-000008"}, names(got)); diff != "" {
			t.Error(diff)
		}
		if g := got[1]; g.Part != profile.Track || g.Chapter != 4 || g.Lens != "광각" || g.Metadata != "" || g.SourcePath != nil {
			t.Errorf("%+v", g)
		}
		for _, id := range []string{"", "clip-000012", "none"} {
			if got, err := d.Recording(t.Context(), id); err != nil || len(got) != 0 {
				t.Errorf("%q has %d files, %v", id, len(got), err)
			}
		}
		for want, f := range map[string]footage.Filter{
			"[clip-000012 clip-000010 clip-000008 clip-000002]":             {},
			"[clip-000012 clip-000010 clip-000008 clip-000004 clip-000002]": {Companions: true},
			"[clip-000008 clip-000002]":                                     {Recording: "clip-000002"},
			"[clip-000008 clip-000004 clip-000002]":                         {Recording: "clip-000002", Companions: true},
			"[clip-000006]":                                                 {Recording: "clip-000002", State: footage.Destroyed},
			"[clip-000004]":                                                 {Query: "clip-000004"},
		} {
			page, err := d.ListClips(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			n, err := d.CountClips(t.Context(), f, 100)
			if got := fmt.Sprint(names(page.Clips)); got != want || n != len(page.Clips) || err != nil {
				t.Errorf("%+v shows %s and counts %d, %v; want %s", f, got, n, err, want)
			}
		}
	})
}

// TestRelatives: what a check-in finds of the files its recording could have.
func TestRelatives(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		first, second, other, gone := member(1, c, "clip-000001", "k", profile.Main), member(2, c, "clip-000001", "k", profile.Track),
			member(3, c, "clip-000003", "other", profile.Main), member(4, c, "clip-000001", "k", profile.Main)
		gone.State = footage.Destroying
		other.CapturedAt = first.CapturedAt.Add(-60_000_000_000)
		if err := d.BeginUpload(t.Context(), footage.Upload{ID: first.ID, Purpose: "patrol", CreatedAt: instant.Of(c.now())}, []byte("k")); err != nil {
			t.Fatal(err)
		}
		if err := save(d, &first, &second, &other, &gone, &footage.Correction{ID: "k1", Clip: second.ID, Field: "captured_at"}); err != nil {
			t.Fatal(err)
		}
		up := footage.Upload{ID: "new", State: footage.Receiving, CreatedAt: instant.Of(c.now()), TouchedAt: instant.Of(c.now())}
		if err := d.BeginUpload(t.Context(), up, []byte("k")); err != nil {
			t.Fatal(err)
		}
		clip := member(7, c, "", "k", profile.Proxy)
		clip.ID = "new"
		asked := 0
		registered, err := d.CheckIn(t.Context(), ledger.Entry{Act: ledger.ActCheckedIn, Actor: ledger.Actor{Account: "hong"}, Subject: clip.RecordName()}, up, clip,
			func(r footage.Relatives, e *ledger.Entry, up *footage.Upload, clip *footage.Clip) ([]footage.Clip, error) {
				asked++
				siblings, err := r.Siblings("k", 10)
				if err != nil {
					return nil, err
				}
				if len(siblings) != 2 || siblings[0].ID != first.ID || siblings[0].Sent != "patrol" || siblings[0].Settled || siblings[1].Sent != "" || !siblings[1].Settled {
					t.Errorf("siblings %+v", siblings)
				}
				if diff := cmp.Diff(first, siblings[0].Clip, cmp.AllowUnexported(instant.Time{})); diff != "" {
					t.Error(diff)
				}
				if few, err := r.Siblings("k", 1); err != nil || len(few) != 1 {
					t.Errorf("%d siblings, %v", len(few), err)
				}
				members, err := r.Members([]string{"clip-000001", "clip-000003"}, 10)
				if err != nil || len(members) != 3 || members[2].ID != other.ID {
					t.Errorf("%d members, %v", len(members), err)
				}
				if n, err := r.Size([]string{"clip-000001", "clip-000003"}, 2); err != nil || n != 2 {
					t.Errorf("size %d, %v", n, err)
				}
				near, err := r.Neighbours("cam-1", other.CapturedAt, first.CapturedAt, 10)
				if err != nil || !slices.Equal(names(near), []string{first.ID, other.ID}) || near[0].SourcePath == nil {
					t.Errorf("neighbours %v, %v", names(near), err)
				}
				if near, err = r.Neighbours("cam-1", other.CapturedAt.Add(1e6), first.CapturedAt.Add(-1e6), 10); err != nil || len(near) != 0 {
					t.Errorf("neighbours %v, %v", names(near), err)
				}
				clip.Recording, up.Detail = "clip-000001", "함께"
				e.Facts = map[string]string{"recording": clip.Recording}
				changed := siblings[0].Clip
				changed.Reasons = []string{"같은 촬영"}
				return []footage.Clip{changed}, nil
			})
		if err != nil || registered != "new" || asked != 1 {
			t.Fatalf("%s, %v, asked %d times", registered, err, asked)
		}
		rows, err := d.History(t.Context(), "clip:new")
		if err != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		e, err := ledger.Decode(rows[0].Body)
		if err != nil || e.Facts["recording"] != "clip-000001" || e.Records["clip:new"] == "" || e.Records["clip:clip-000001"] == "" || len(e.Records) != 2 {
			t.Errorf("the entry is %+v, %v", e, err)
		}
		got, err := d.Clip(t.Context(), first.ID)
		if digest, _ := db.Digest(&got); err != nil || digest != e.Records["clip:clip-000001"] || got.Reasons[0] != "같은 촬영" {
			t.Errorf("%v, %v", got.Reasons, err)
		}
		if up, err := d.Upload(t.Context(), "new"); err != nil || up.Detail != "함께" || up.State != footage.CheckedIn || up.Clip != "new" {
			t.Errorf("%+v, %v", up, err)
		}
	})
}

func TestProfilesOfTheInstitution(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, _ *clock) {
		own := []*profile.Profile{{ID: "b", Title: "나", Order: 1}, {ID: "a", Title: "가", Files: []profile.FileRule{{Name: "A", Parts: map[string]profile.Part{"MP4": profile.Main}}}}}
		if err := save(d, own[0], own[1]); err != nil {
			t.Fatal(err)
		}
		got, err := d.Profiles(t.Context())
		if err != nil || len(got) != 2 || got[0].ID != "a" || got[0].Files[0].Parts["MP4"] != profile.Main || got[1].ID != "b" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
