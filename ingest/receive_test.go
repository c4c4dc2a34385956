package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
)

// TestInParts: each pause is durable, whichever server takes the next part.
func TestInParts(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(300_000, 1)
	up := h.begin(t, request("영상.mp4", content))
	for _, to := range []int64{1, 65_536, 65_537, 65_537, 250_000, 300_000} {
		at, err := h.put(up, bytes.NewReader(content[up.Offset:to]))
		if err != nil || at != to {
			t.Fatalf("at %d: %v", at, err)
		}
		if up = h.upload(t, up.ID); up.Offset != to {
			t.Fatalf("%d was acknowledged, recorded is %d", to, up.Offset)
		}
		h.clock.Wind(time.Minute)
		h.restart()
	}
	if up.State != footage.CheckedIn || up.Clip != up.ID || !bytes.Equal(h.content(t, up.ID), content) {
		t.Errorf("%+v", up)
	}
	if acts := h.acts(t, up.ID); acts != string(ledger.ActCheckedIn) {
		t.Errorf("the ledger says %q", acts)
	}
}

// TestBrokenSender: what came before the connection broke is durable, unless
// the vault is at fault too.
func TestBrokenSender(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(100_000, 1)
	up := h.begin(t, request("영상.mp4", content))
	at, err := h.put(up, io.MultiReader(bytes.NewReader(content[:70_000]), iotest.ErrReader(errBroken)))
	if at != 70_000 || !errors.Is(err, errBroken) {
		t.Errorf("stands at %d, %v", at, err)
	}
	up = h.upload(t, up.ID)
	if up.Offset != 70_000 || up.State != footage.Receiving {
		t.Fatalf("%+v", up)
	}
	// With the very last byte the file is whole, however the connection ends.
	at, err = h.put(up, io.MultiReader(bytes.NewReader(content[70_000:]), iotest.ErrReader(errBroken)))
	if up = h.upload(t, up.ID); at != 100_000 || up.State != footage.CheckedIn {
		t.Errorf("stands at %d, %s, %v", at, up.State, err)
	}
	if !bytes.Equal(h.content(t, up.ID), content) {
		t.Error("other bytes")
	}
}

// TestRefusalsInTheMidst: what comes at the wrong place, to what has ended or
// behind the end.
func TestRefusalsInTheMidst(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	up := h.begin(t, request("영상.mp4", content))
	r := h.Open(up, "")
	for _, offset := range []int64{-1, 1, 1000} {
		n, err := r.Receive(t.Context(), offset, bytes.NewReader(content))
		expect(t, err, refuse.Conflict, "offset-mismatch")
		if n != 0 {
			t.Errorf("took %d bytes", n)
		}
	}
	if _, err := h.put(up, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	in := h.upload(t, up.ID)
	n, err := h.Open(in, "").Receive(t.Context(), 1000, bytes.NewReader([]byte("더")))
	expect(t, err, refuse.Gone, "upload-ended")
	if n != 0 {
		t.Errorf("took %d bytes", n)
	}
	if err := h.Open(in, "").Finish(t.Context()); err != nil {
		t.Errorf("finishing what is finished: %v", err)
	}
	// A request that has an old record of it can neither write nor end it.
	n, err = h.Open(up, "").Receive(t.Context(), 0, bytes.NewReader(content[:500]))
	if n != 0 || err == nil {
		t.Errorf("a stray request took %d bytes, %v", n, err)
	}
	if !bytes.Equal(h.content(t, up.ID), content) {
		t.Error("a stray request changed the bytes")
	}

	longer := h.begin(t, request("긴.mp4", content[:999]))
	_, err = h.put(longer, bytes.NewReader(content))
	expect(t, err, refuse.TooLarge, "longer-than-said")
	h.nothingOf(t, longer.ID)
	longer = h.upload(t, longer.ID)
	_, err = h.put(longer, bytes.NewReader(content[:999]))
	expect(t, err, refuse.Gone, "upload-ended")
	expect(t, h.Open(longer, "").Finish(t.Context()), refuse.Gone, "upload-ended")
}

func TestHashMismatch(t *testing.T) {
	for _, parts := range []int{1, 2} {
		h := newHouse(t)
		content := bytesOf(100_000, 1)
		r := request("영상.mp4", content)
		r.SHA256 = hashOf([]byte("다른 파일"))
		up := h.begin(t, r)
		var err error
		for i := range parts {
			_, err = h.put(h.upload(t, up.ID), bytes.NewReader(content[i*len(content)/parts:(i+1)*len(content)/parts]))
		}
		expect(t, err, refuse.Invalid, "hash-mismatch")
		h.nothingOf(t, up.ID)
		up = h.upload(t, up.ID)
		e := h.last(t)
		if up.State != footage.Refused || up.Code != "hash-mismatch" || up.Detail == "" || up.Clip != "" ||
			e.Act != ledger.ActUploadRefused || e.Subject != "upload:"+up.ID || e.Facts["code"] != "hash-mismatch" || e.Facts["file_name"] != "영상.mp4" ||
			e.Why != up.Detail || e.Actor.Account != "dock-1" {
			t.Errorf("%+v\n%+v", up, e)
		}
	}
}

// TestDuplicates: the same bytes under the same name in the same department
// are one clip; anything else is another.
func TestDuplicates(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(5000, 1)
	first := h.checkIn(t, request("영상.mp4", content), content)
	again, err := h.send(t, request("영상.mp4", content), content)
	if err != nil || again.Clip != first.ID || again.State != footage.CheckedIn || again.Code != "duplicate" || again.Detail == "" {
		t.Fatalf("%+v, %v", again, err)
	}
	h.nothingOf(t, again.ID)
	if e := h.last(t); e.Act != ledger.ActUploadRefused || e.Subject != "clip:"+first.ID || e.Why == "" {
		t.Errorf("the entry is %+v", e)
	}
	if !bytes.Equal(h.content(t, first.ID), content) {
		t.Error("the clip that was there is not what it was")
	}
	other := request("영상.mp4", content)
	other.Department = "park"
	for name, c := range map[string]footage.Clip{
		"another name":       h.checkIn(t, request("다른 영상.mp4", content), content),
		"another department": h.checkIn(t, other, content),
		"another content":    h.checkIn(t, request("영상.mp4", content[:4999]), content[:4999]),
	} {
		if c.ID == first.ID {
			t.Errorf("%s is taken for the same file", name)
		}
	}
}

// TestSameFileAtOnce: while one is being sent, its twin is registered; and
// many finish at the same moment.
func TestSameFileAtOnce(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(50_000, 1)
	late := h.begin(t, request("영상.mp4", content))
	if _, err := h.put(late, bytes.NewReader(content[:20_000])); err != nil {
		t.Fatal(err)
	}
	first := h.checkIn(t, request("영상.mp4", content), content)
	late = h.upload(t, late.ID)
	if _, err := h.put(late, bytes.NewReader(content[20_000:])); err != nil {
		t.Fatal(err)
	}
	if late = h.upload(t, late.ID); late.Clip != first.ID || late.Code != "duplicate" {
		t.Errorf("%+v", late)
	}
	h.nothingOf(t, late.ID)

	other := bytesOf(60_000, 2)
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		up := h.begin(t, request("다른 영상.mp4", other))
		ids[i] = up.ID
		wg.Go(func() {
			if _, err := h.put(up, bytes.NewReader(other)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	clips := map[string]bool{}
	for _, id := range ids {
		clips[h.upload(t, id).Clip] = true
	}
	if len(clips) != 1 || len(h.blobs(t)) != 2 || len(h.book.Keys()) != 2 {
		t.Errorf("one file became %d clips; the vault has %q", len(clips), h.blobs(t))
	}
}

// TestVaultFullOrAway: the sender is told what to do, what was acknowledged
// stays, and the file goes on when the vault is back.
func TestVaultFullOrAway(t *testing.T) {
	t.Parallel()
	content := bytesOf(200_000, 1)
	for _, c := range []struct {
		fault error
		kind  refuse.Kind
		code  string
	}{
		{vault.ErrFull, refuse.Full, "vault-full"},
		{vault.ErrAway, refuse.Unavailable, "vault-away"},
		{vault.ErrCorrupt, refuse.Conflict, "vault-corrupt"},
	} {
		for _, call := range []string{"resume", "write", "sync", "finish", "open"} {
			t.Run(c.code+" "+call, func(t *testing.T) {
				h := newHouse(t)
				up := h.begin(t, request("영상.mp4", content))
				if _, err := h.put(up, bytes.NewReader(content[:50_000])); err != nil {
					t.Fatal(err)
				}
				h.Vault = faulty{h.vault, call, c.fault}
				up = h.upload(t, up.ID)
				_, err := h.put(up, bytes.NewReader(content[50_000:]))
				expect(t, err, c.kind, c.code)
				if no, ok := refuse.As(err); ok && !errors.Is(no, c.fault) {
					t.Errorf("the cause is lost: %v", no.Cause)
				}
				if up = h.upload(t, up.ID); up.Offset < 50_000 || up.State == footage.Refused {
					t.Fatalf("stands at %d, %s", up.Offset, up.State)
				}
				h.restart()
				if got := h.finishOrResend(t, up.ID, content); got.SHA256 != hashOf(content) {
					t.Errorf("%+v", got)
				}
			})
		}
	}
}

// faulty is a store of which one call fails.
type faulty struct {
	vault.Store
	call string
	err  error
}

func (f faulty) Resume(ctx context.Context, name string, m vault.Mark) (vault.Writer, error) {
	if f.call == "resume" {
		return nil, f.err
	}
	w, err := f.Store.Resume(ctx, name, m)
	return faultyWriter{w, f}, err
}

func (f faulty) Open(ctx context.Context, name string) (vault.Blob, error) {
	if f.call == "open" {
		return nil, f.err
	}
	return f.Store.Open(ctx, name)
}

type faultyWriter struct {
	vault.Writer
	f faulty
}

func (w faultyWriter) Write(p []byte) (int, error) {
	if w.f.call == "write" {
		return 0, w.f.err
	}
	return w.Writer.Write(p)
}

func (w faultyWriter) Sync(ctx context.Context) (vault.Mark, error) {
	if w.f.call == "sync" {
		return vault.Mark{}, w.f.err
	}
	return w.Writer.Sync(ctx)
}

func (w faultyWriter) Finish(ctx context.Context) error {
	if w.f.call == "finish" {
		return w.f.err
	}
	return w.Writer.Finish(ctx)
}

// TestLostLease: a server whose lease has passed to another records nothing
// more, and its sender learns where the file really stands.
func TestLostLease(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(100_000, 1)
	up := h.begin(t, request("영상.mp4", content))
	task := "upload:" + up.ID
	claim := func(owner string) {
		if got, err := h.book.Claim(t.Context(), task, owner, time.Minute); err != nil || !got {
			t.Fatal(got, err)
		}
	}
	claim("a")
	stray := h.Open(up, "a")
	defer stray.Close()
	takeover := &once{func() {
		h.clock.Wind(2 * time.Minute) // the first one hangs; its lease runs out
		claim("b")
		if at, err := h.put(up, bytes.NewReader(content[:60_000])); err != nil || at != 60_000 {
			t.Error(at, err)
		}
	}}
	n, err := stray.Receive(t.Context(), 0, io.MultiReader(bytes.NewReader(content[:10_000]), takeover))
	if n != 0 || err == nil {
		t.Errorf("it acknowledged %d bytes, %v", n, err)
	}
	up = h.upload(t, up.ID)
	if up.Offset != 60_000 {
		t.Fatalf("stands at %d after 60000 was acknowledged", up.Offset)
	}
	expect(t, h.Records.SaveProgress(t.Context(), up, "a"), refuse.Conflict, "upload-elsewhere")
	if _, err := h.put(up, bytes.NewReader(content[60_000:])); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(h.content(t, up.ID), content) {
		t.Error("other bytes")
	}
}

// once does something instead of giving bytes.
type once struct{ do func() }

func (o *once) Read([]byte) (int, error) {
	o.do()
	return 0, io.EOF
}

// TestLargeFile: a long run is recorded in its midst, so that a server that
// dies loses a segment at most.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const size = vault.SegmentSize + 100_000
	content := make([]byte, size)
	r := request("긴 영상.mp4", content)
	up := h.begin(t, r)
	receipt := h.Open(up, "")
	if n, err := receipt.Receive(t.Context(), 0, bytes.NewReader(content)); err != nil || n != size {
		t.Fatal(n, err)
	}
	receipt.Close() // it dies before the end
	h.restart()
	if up = h.upload(t, up.ID); up.Offset != vault.SegmentSize || up.State != footage.Receiving {
		t.Fatalf("%d bytes are recorded, %s", up.Offset, up.State)
	}
	if c := h.finishOrResend(t, up.ID, content); c.SHA256 != r.SHA256 || c.Bytes != size {
		t.Errorf("%+v", c)
	}
}

func TestCancel(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(10_000, 1)
	by := ledger.Actor{Account: "dock-1", From: "10.0.0.7"}
	up := h.begin(t, request("영상.mp4", content))
	if _, err := h.put(up, bytes.NewReader(content[:5000])); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing left to do
		if err := h.Cancel(t.Context(), up.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	h.nothingOf(t, up.ID)
	if e := h.last(t); h.acts(t, up.ID) != string(ledger.ActUploadRefused) || e.Actor != by || e.Facts["code"] != "cancelled" {
		t.Errorf("%q: %+v", h.acts(t, up.ID), e)
	}
	in := h.checkIn(t, request("영상.mp4", content), content)
	expect(t, h.Cancel(t.Context(), in.ID, by), refuse.Conflict, "already-checked-in")
	if !bytes.Equal(h.content(t, in.ID), content) {
		t.Error("a registered clip is gone")
	}
	expect(t, h.Cancel(t.Context(), "nothing", by), refuse.NotFound, "not-found")
}

// TestCancelledWhileItEnds: a file that was cancelled while another request
// read it is not said to be in.
func TestCancelledWhileItEnds(t *testing.T) {
	h := newHouse(t)
	content := bytesOf(1000, 1)
	up := h.begin(t, request("영상.mp4", content))
	h.Records = beforeCheckIn{h.book, func() {
		if err := h.Cancel(t.Context(), up.ID, ledger.Actor{Account: "dock-1"}); err != nil {
			t.Error(err)
		}
	}}
	_, err := h.put(up, bytes.NewReader(content))
	expect(t, err, refuse.Gone, "upload-ended")
	h.nothingOf(t, up.ID)
	if acts := h.acts(t, up.ID); acts != string(ledger.ActUploadRefused) {
		t.Errorf("the ledger says %q", acts)
	}
}

// beforeCheckIn lets something happen before a clip is registered.
type beforeCheckIn struct {
	*reviewtest.Book
	do func()
}

func (b beforeCheckIn) CheckIn(ctx context.Context, e ledger.Entry, up footage.Upload, clip footage.Clip, join footage.Joining) (string, error) {
	b.do()
	return b.Book.CheckIn(ctx, e, up, clip, join)
}

// TestNothingStaysOpen: however requests end, no file of the vault stays open.
func TestNothingStaysOpen(t *testing.T) {
	h := newHouse(t)
	before := openFiles(t)
	content := bytesOf(70_000, 1)
	for i := range 40 {
		up := h.begin(t, request(fmt.Sprint(i, ".mp4"), content))
		_, _ = h.put(up, bytes.NewReader(content[:1000]))
		_, _ = h.put(h.upload(t, up.ID), iotest.ErrReader(errBroken))
		_, _ = h.put(h.upload(t, up.ID), io.MultiReader(bytes.NewReader(content[1000:]), bytes.NewReader(content)))
		r := h.Open(h.begin(t, request(fmt.Sprint("whole", i, ".mp4"), content)), "")
		if _, err := r.Receive(t.Context(), 0, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
		r.Close() // its end was never asked for
		r.Close()
	}
	if after := openFiles(t); after > before+5 {
		t.Errorf("%d files were open, now %d", before, after)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	open := slices.DeleteFunc(fds, func(fd os.DirEntry) bool {
		to, err := os.Readlink("/proc/self/fd/" + fd.Name())
		return err != nil || !strings.HasPrefix(to, os.TempDir())
	})
	return len(open)
}
