package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
	"jikim/ingest"
)

// leave leaves an upload whose bytes are all here and whose server has died.
func (h *house) leave(t testing.TB, r ingest.Request, content []byte) footage.Upload {
	t.Helper()
	up := h.begin(t, r)
	if _, err := h.put(up, bytes.NewReader(content[:1])); err != nil {
		t.Fatal(err)
	}
	h.reader.fault = errors.New("the server dies here")
	if _, err := h.put(h.upload(t, up.ID), bytes.NewReader(content[1:])); err == nil {
		t.Fatal("it went on living")
	}
	h.reader.fault = nil
	h.restart()
	if up = h.upload(t, up.ID); up.State != footage.Checking || up.Offset != up.Size {
		t.Fatalf("it left %+v", up)
	}
	return up
}

func TestFinishLeft(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	wrong := request("둘.mp4", content)
	wrong.SHA256 = hashOf([]byte("다른 파일"))
	good, same, bad := h.leave(t, request("하나.mp4", content), content), h.leave(t, request("하나.mp4", content), content), h.leaveWrong(t, wrong, content)

	if n, err := h.FinishLeft(t.Context(), time.Minute); n != 0 || err != nil {
		t.Errorf("ended %d that were just touched, %v", n, err)
	}
	h.clock.Wind(2 * time.Minute)
	if n, err := h.FinishLeft(t.Context(), time.Minute); n != 3 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if up := h.upload(t, good.ID); up.State != footage.CheckedIn || up.Clip != good.ID || !bytes.Equal(h.content(t, up.ID), content) {
		t.Errorf("%+v", up)
	}
	if up := h.upload(t, same.ID); up.Clip != good.ID {
		t.Errorf("%+v", up)
	}
	if up := h.upload(t, bad); up.State != footage.Refused || up.Code != "hash-mismatch" {
		t.Errorf("%+v", up)
	}
	h.nothingOf(t, same.ID)
	h.nothingOf(t, bad)
	if n, err := h.FinishLeft(t.Context(), 0); n != 0 || err != nil {
		t.Errorf("ended %d again, %v", n, err)
	}
}

// leaveWrong leaves an upload whose hash is not the promised one, not yet
// compared.
func (h *house) leaveWrong(t testing.TB, r ingest.Request, content []byte) string {
	t.Helper()
	up := h.begin(t, r)
	if _, err := h.put(up, bytes.NewReader(content[:1])); err != nil {
		t.Fatal(err)
	}
	h.Vault = faulty{h.vault, "finish", vault.ErrAway}
	_, _ = h.put(h.upload(t, up.ID), bytes.NewReader(content[1:]))
	h.restart()
	if up = h.upload(t, up.ID); up.State != footage.Checking {
		t.Fatalf("it left %+v", up)
	}
	return up.ID
}

// TestFinishLeftTellsFaults: one that cannot be ended keeps none of the others,
// and is not passed over in silence.
func TestFinishLeftTellsFaults(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	lost, good := h.leave(t, request("하나.mp4", content), content), h.leave(t, request("둘.mp4", content), content)
	if err := h.vault.Destroy(t.Context(), lost.ID); err != nil { // a disk that lost a file
		t.Fatal(err)
	}
	h.clock.Wind(time.Minute)
	n, err := h.FinishLeft(t.Context(), 0)
	if n != 1 || err == nil || !strings.Contains(err.Error(), lost.ID) {
		t.Errorf("ended %d, %v", n, err)
	}
	if up := h.upload(t, good.ID); up.State != footage.CheckedIn {
		t.Errorf("%+v", up)
	}
	if up := h.upload(t, lost.ID); up.State != footage.Checking {
		t.Errorf("%+v", up)
	}
	h.Vault = faulty{h.vault, "resume", vault.ErrAway}
	if n, err := h.FinishLeft(t.Context(), 0); n != 0 || !errors.Is(err, vault.ErrAway) {
		t.Errorf("ended %d, %v", n, err)
	}
}

// TestFinishLeftByManyServers: each is ended once.
func TestFinishLeftByManyServers(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	var ids []string
	for i := range 20 {
		ids = append(ids, h.leave(t, request(fmt.Sprint(i, ".mp4"), content), content).ID)
	}
	h.clock.Wind(time.Minute)
	var wg sync.WaitGroup
	servers, total := []*house{h.sibling("a"), h.sibling("b"), h.sibling("c"), h.sibling("d")}, make([]int, 4)
	for i, server := range servers {
		wg.Go(func() {
			var err error
			if total[i], err = server.FinishLeft(t.Context(), 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := total[0] + total[1] + total[2] + total[3]; n != len(ids) {
		t.Errorf("%d were ended %d times", len(ids), n)
	}
	for _, id := range ids {
		if acts := h.acts(t, id); acts != string(ledger.ActCheckedIn) {
			t.Errorf("%s: %q", id, acts)
		}
	}
}

// TestFinishLeftLeavesTheBusyAlone: what a request of this server is ending
// takes its time.
func TestFinishLeftLeavesTheBusyAlone(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	up := h.begin(t, request("영상.mp4", content))
	if _, err := h.put(up, bytes.NewReader(content[:1])); err != nil {
		t.Fatal(err)
	}
	h.Records = beforeCheckIn{h.book, func() {
		h.clock.Wind(time.Hour)
		if n, err := h.FinishLeft(t.Context(), 0); n != 0 || err != nil {
			t.Errorf("ended %d, %v", n, err)
		}
	}}
	if _, err := h.put(h.upload(t, up.ID), bytes.NewReader(content[1:])); err != nil {
		t.Fatal(err)
	}
	if acts := h.acts(t, up.ID); acts != string(ledger.ActCheckedIn) {
		t.Errorf("the ledger says %q", acts)
	}
}

func TestGiveUpAbandoned(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	part := func(name string) footage.Upload {
		up := h.begin(t, request(name, content))
		if _, err := h.put(up, bytes.NewReader(content[:500])); err != nil {
			t.Fatal(err)
		}
		return h.upload(t, up.ID)
	}
	old, never := part("하나.mp4"), h.begin(t, request("둘.mp4", content))
	h.clock.Wind(time.Hour)
	young := part("셋.mp4")
	h.clock.Wind(abandonAfter - time.Minute)
	if n, err := h.GiveUpAbandoned(t.Context()); n != 2 || err != nil {
		t.Errorf("gave up %d, %v", n, err)
	}
	for _, up := range []footage.Upload{old, never} {
		h.nothingOf(t, up.ID)
		got := h.upload(t, up.ID)
		if got.State != footage.Refused || got.Code != "abandoned" || got.Detail == "" || h.acts(t, up.ID) != string(ledger.ActUploadAbandoned) {
			t.Errorf("%+v, %q", got, h.acts(t, up.ID))
		}
	}
	if e := h.last(t); e.Actor != (ledger.Actor{Account: "system"}) {
		t.Errorf("given up by %+v", e.Actor)
	}
	if _, err := h.put(young, bytes.NewReader(content[500:])); err != nil {
		t.Error("one that was continued in time:", err)
	}
	if n, err := h.GiveUpAbandoned(t.Context()); n != 0 || err != nil {
		t.Errorf("gave up %d again, %v", n, err)
	}
}

// TestTheSenderComesBack: an upload that was continued, or given up by another
// server, since the list was made is left alone.
func TestTheSenderComesBack(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	back, ended := h.begin(t, request("하나.mp4", content)), h.begin(t, request("둘.mp4", content))
	h.clock.Wind(abandonAfter + time.Minute)
	h.Records = lateList{h.book, func() {
		if _, err := h.put(back, bytes.NewReader(content[:500])); err != nil {
			t.Error(err)
		}
		if n, err := h.sibling("b").GiveUpAbandoned(t.Context()); n != 1 || err != nil {
			t.Errorf("gave up %d, %v", n, err)
		}
	}}
	if n, err := h.GiveUpAbandoned(t.Context()); n != 0 || err != nil {
		t.Errorf("gave up %d, %v", n, err)
	}
	if up := h.upload(t, back.ID); up.State != footage.Receiving || up.Offset != 500 {
		t.Errorf("%+v", up)
	}
	if acts := h.acts(t, ended.ID); acts != string(ledger.ActUploadAbandoned) {
		t.Errorf("the ledger says %q", acts)
	}
}

// lateList lets something happen between a list and what is done with it.
type lateList struct {
	*reviewtest.Book
	meanwhile func()
}

func (l lateList) UploadsIn(ctx context.Context, s footage.UploadState, before instant.Time, limit int) ([]footage.Upload, error) {
	ups, err := l.Book.UploadsIn(ctx, s, before, limit)
	l.meanwhile()
	return ups, err
}

// blob puts bytes into the vault past the way in.
func (h *house) blob(t testing.TB, name string, finish bool) {
	t.Helper()
	w, err := h.vault.Resume(t.Context(), name, vault.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err = io.WriteString(w, "바이트"); err == nil && finish {
		err = w.Finish(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestOrphans: what an ended upload or a destroyed clip left goes; everything
// that is kept, on its way in, the ledger's own or unknown stays.
func TestOrphans(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	kept := h.checkIn(t, request("하나.mp4", content), content)
	h.blob(t, kept.ID+".poster", true)
	h.blob(t, kept.ID+".proxy", false)
	begun := h.begin(t, request("둘.mp4", content))
	h.blob(t, begun.ID, false)
	left := h.leave(t, request("셋.mp4", content), content)
	h.blob(t, "checkpoint-0", true)
	want := strings.Join(h.blobs(t), " ")

	refused := h.begin(t, request("넷.mp4", content))
	if err := h.Cancel(t.Context(), refused.ID, ledger.Actor{Account: "dock-1"}); err != nil {
		t.Fatal(err)
	}
	h.blob(t, refused.ID, false)
	twin, err := h.send(t, request("하나.mp4", content), content)
	if err != nil || twin.Clip != kept.ID {
		t.Fatal(twin, err)
	}
	h.blob(t, twin.ID, true)
	gone := h.checkIn(t, request("다섯.mp4", content), content)
	gone.State = footage.Destroyed
	h.book.Put(&gone)
	h.blob(t, gone.ID+".proxy", true)

	if n, err := h.SweepOrphans(t.Context()); n != 4 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if got := strings.Join(h.blobs(t), " "); got != want {
		t.Errorf("the vault has\n%s, want\n%s", got, want)
	}
	if n, err := h.SweepOrphans(t.Context()); n != 0 || err != nil {
		t.Errorf("removed %d again, %v", n, err)
	}
	h.clock.Wind(time.Minute)
	if _, err := h.FinishLeft(t.Context(), 0); err != nil || h.upload(t, left.ID).State != footage.CheckedIn {
		t.Error("what was on its way in:", err)
	}
}

// TestAnotherVault: records that know nothing of the bytes, because they are
// another institution's, empty or of an earlier day, destroy none of them.
func TestAnotherVault(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	var clips []footage.Clip
	for i := range 3 {
		clips = append(clips, h.checkIn(t, request(fmt.Sprint(i, ".mp4"), content), content))
	}
	empty := newHouse(t)
	empty.Vault = h.vault
	n, err := empty.SweepOrphans(t.Context())
	if n != 0 || err == nil || !strings.Contains(err.Error(), "3 blobs") {
		t.Errorf("removed %d, %v", n, err)
	}
	for _, c := range clips {
		if !bytes.Equal(h.content(t, c.ID), content) {
			t.Errorf("%s is not what it was", c.ID)
		}
	}
}

// TestManyOrphans: more than are asked for at once.
func TestManyOrphans(t *testing.T) {
	h := newHouse(t)
	up := h.begin(t, request("영상.mp4", []byte("영상")))
	if err := h.Cancel(t.Context(), up.ID, ledger.Actor{Account: "dock-1"}); err != nil {
		t.Fatal(err)
	}
	many := &manyBlobs{left: map[string]bool{}}
	for i := range 1201 {
		many.left[fmt.Sprint(up.ID, ".", i)] = true
	}
	h.Vault, h.Gate = many, &retention.Gate{Records: h.book, Vault: many}
	if n, err := h.SweepOrphans(t.Context()); n != 1201 || err != nil || len(many.left) != 0 {
		t.Errorf("removed %d, %v; the vault has %d", n, err, len(many.left))
	}
	many.left[up.ID], many.fault = true, vault.ErrAway
	if n, err := h.SweepOrphans(t.Context()); n != 0 || !errors.Is(err, vault.ErrAway) {
		t.Errorf("removed %d, %v", n, err)
	}
}

// manyBlobs is a vault of names.
type manyBlobs struct {
	vault.Store
	left  map[string]bool
	fault error
}

func (m *manyBlobs) List(_ context.Context, visit func(vault.Item) error) error {
	for _, name := range slices.Sorted(maps.Keys(m.left)) {
		if err := visit(vault.Item{Name: name}); err != nil {
			return err
		}
	}
	return nil
}

func (m *manyBlobs) Destroy(_ context.Context, name string) error {
	if m.fault == nil {
		delete(m.left, name)
	}
	return m.fault
}
