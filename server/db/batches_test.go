package db_test

import (
	"fmt"
	"testing"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/batch"
	"jikim/footage/ledger"
	"jikim/server/db"
)

// TestABatchAndItsFiles: what was said of a batch, and each file with the clip
// and the entry that registered it, in the order of sending.
func TestABatchAndItsFiles(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *db.DB, c *clock) {
		const id = "0b6f5a52-6c1e-4f63-9a57-3d9c1f0f7a11"
		by := ledger.Actor{Account: "dock"}
		for range 2 {
			if err := batch.Note(t.Context(), d, by, "minwon", footage.Batch{ID: id, Title: "시장 점검"}, instant.Of(c.now())); err != nil {
				t.Fatal(err)
			}
		}
		said, err := d.Batch(t.Context(), id)
		if err != nil || said.Title != "시장 점검" || said.Account != "dock" || said.At.IsZero() {
			t.Fatalf("%+v, %v", said, err)
		}
		if mine, err := d.Batches(t.Context(), "dock", 5); err != nil || len(mine) != 1 || mine[0] != said {
			t.Errorf("of the account: %+v, %v", mine, err)
		}
		if others, err := d.Batches(t.Context(), "another", 5); err != nil || len(others) != 0 {
			t.Errorf("of another: %+v, %v", others, err)
		}
		begin := func(n int, in string, state footage.UploadState) footage.Upload {
			up := footage.Upload{ID: fmt.Sprintf("01999999-0000-7000-8000-%012d", n), Batch: in, State: state, FileName: fmt.Sprint(n), SourcePath: []byte("DCIM")}
			if err := d.BeginUpload(t.Context(), up, []byte("k")); err != nil {
				t.Fatal(err)
			}
			return up
		}
		begin(1, "", footage.Receiving)
		begin(2, id, footage.Receiving)
		up := begin(3, id, footage.Checking)
		clip := footage.Clip{ID: up.ID, State: footage.Registered, FileName: "3", Metadata: "{}", SHA256: "ab"}
		e := ledger.Entry{Act: ledger.ActCheckedIn, Actor: by, Subject: clip.RecordName()}
		if _, err := d.CheckIn(t.Context(), e, up, clip, nil); err != nil {
			t.Fatal(err)
		}
		all, err := d.Arrivals(t.Context(), id, 10)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d files, %v", len(all), err)
		}
		if all[0].Upload.FileName != "2" || all[0].Clip.ID != "" || all[0].Entry != nil {
			t.Errorf("the file on its way: %+v", all[0])
		}
		got := all[1]
		if got.Clip.ID != clip.ID || got.Clip.SHA256 != "ab" || got.Entry == nil || *got.Entry != 1 || string(got.Upload.SourcePath) != "DCIM" {
			t.Errorf("the clip: %+v", got)
		}
		if none, err := d.Arrivals(t.Context(), "", 10); len(none) != 0 || err != nil {
			t.Errorf("no batch has %d files, %v", len(none), err)
		}
		if some, err := d.Arrivals(t.Context(), id, 1); len(some) != 1 || err != nil {
			t.Errorf("limited: %d, %v", len(some), err)
		}
	})
}
