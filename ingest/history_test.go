package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review/reviewtest"
	"jikim/ingest"
)

// TestAnyHistory: whatever happens to files on their way in, in whatever order
// (pauses, broken connections, servers cut off at any call to records or
// vault, answers that are lost, recovery by another server, cancelling, giving
// up), what was acknowledged stays, a file becomes one clip with its bytes, and
// what becomes none leaves nothing behind but its record and its entry.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := &history{T: rt, t: t, house: newHouse(t), shared: rapid.Bool().Draw(rt, "shared locks")}
		for range rapid.IntRange(2, 14).Draw(rt, "steps") {
			s.step()
			s.check()
		}
		s.settle()
	})
}

type history struct {
	*rapid.T
	t *testing.T
	*house
	shared bool
	files  []*sent
}

// sent is one upload as its sender knows it.
type sent struct {
	id      string
	content []byte
	wrong   bool  // the hash that was promised is another's
	acked   int64 // highest offset that was ever acknowledged
	done    bool  // its sender was told that it is checked in
	over    bool  // its sender was told that it has ended otherwise
}

var errBroken = errors.New("the cable was pulled")

func (s *history) step() {
	do := rapid.SampledFrom([]func(){s.start, s.send, s.send, s.send, s.recover, s.cancel, s.pass}).Draw(s.T, "step")
	if !rapid.Bool().Draw(s.T, "goes well") {
		s.wire.Cut(reviewtest.Cut{
			At:   rapid.IntRange(1, 12).Draw(s.T, "cut at"),
			Late: rapid.Bool().Draw(s.T, "late"), Once: rapid.Bool().Draw(s.T, "once"),
		})
	}
	do()
	dead := s.wire.Dead()
	s.wire.Mend()
	if dead {
		s.house.restart()
	}
}

// fault fails for an error that nothing explains.
func (s *history) fault(doing string, err error) {
	if _, refused := refuse.As(err); err == nil || refused || errors.Is(err, reviewtest.ErrCut) || errors.Is(err, errBroken) {
		return
	}
	s.Fatalf("%s: %v", doing, err)
}

func (s *history) start() {
	f := &sent{content: bytesOf(
		rapid.SampledFrom([]int{0, 1, 1000, 65536, 65537, 150_000}).Draw(s.T, "size"), rapid.ByteRange(1, 2).Draw(s.T, "content"))}
	r := request(rapid.SampledFrom([]string{"가.mp4", "나.mp4"}).Draw(s.T, "name"), f.content)
	switch rapid.IntRange(0, 5).Draw(s.T, "hash") {
	case 0:
		r.SHA256 = ""
	case 1:
		r.SHA256, f.wrong = hashOf([]byte("다른 파일")), true
	}
	up, err := s.Begin(context.Background(), r)
	s.fault("begin", err)
	if err != nil {
		return
	}
	f.id = up.ID
	s.files = append(s.files, f)
	if up.Size == 0 { // the protocol ends it without a body
		r := s.Open(up, "")
		s.ended(f, r.Finish(context.Background()))
		r.Close()
	}
}

func (s *history) pick() *sent {
	if len(s.files) == 0 {
		return nil
	}
	return s.files[rapid.IntRange(0, len(s.files)-1).Draw(s.T, "file")]
}

func (s *history) send() {
	f := s.pick()
	if f == nil {
		return
	}
	if s.shared {
		owner := fmt.Sprint("connection ", len(s.book.Entries(s.t)))
		got, err := s.book.Claim(context.Background(), "upload:"+f.id, owner, time.Minute)
		if err != nil || !got {
			return
		}
		defer func() { _ = s.book.Release(context.Background(), "upload:"+f.id, owner) }()
	}
	up, err := s.book.Upload(context.Background(), f.id) // HEAD
	if err != nil {
		return
	}
	f.head(s.T, up)
	if up.State == footage.Refused || up.Offset == up.Size {
		return
	}
	rest := f.content[up.Offset:]
	n := len(rest)
	if rapid.Bool().Draw(s.T, "in part") {
		n = rapid.IntRange(0, len(rest)).Draw(s.T, "bytes")
	}
	body := io.Reader(bytes.NewReader(rest[:n]))
	switch rapid.IntRange(0, 5).Draw(s.T, "body") {
	case 0:
		body = io.MultiReader(body, iotest.ErrReader(errBroken))
	case 1:
		body = iotest.HalfReader(body)
	case 2:
		body = iotest.DataErrReader(body)
	case 3:
		if n == len(rest) {
			body = io.MultiReader(body, bytes.NewReader([]byte("더")))
		}
	}
	at, err := s.put(up, body)
	s.fault("put", err)
	if at == up.Size || err != nil && !errors.Is(err, errBroken) {
		s.ended(f, err)
	} else {
		f.acked = max(f.acked, at)
	}
}

// ended takes down what the sender of a whole file was told.
func (s *history) ended(f *sent, err error) {
	switch no, refused := refuse.As(err); {
	case err == nil:
		f.done, f.acked = true, int64(len(f.content))
	case refused:
		switch no.Code {
		case "hash-mismatch", "longer-than-said", "upload-ended":
			f.over = true
		case "upload-elsewhere", "offset-mismatch", "not-found":
		default:
			s.Fatalf("%s was told %v", f.id, err)
		}
	default:
		s.fault("ending", err)
	}
}

// head holds what a server says of an upload against what was said before.
func (f *sent) head(t *rapid.T, up footage.Upload) {
	if up.State != footage.Refused && up.Offset < f.acked {
		t.Fatalf("%s stands at %d after %d was acknowledged", f.id, up.Offset, f.acked)
	}
	if up.State != footage.Refused {
		f.acked = max(f.acked, up.Offset)
	}
}

func (s *history) recover() {
	s.clock.Wind(time.Minute)
	_, err := s.FinishLeft(context.Background(), 0)
	s.fault("finish left", err)
	_, err = s.SweepOrphans(context.Background())
	s.fault("sweep orphans", err)
}

func (s *history) cancel() {
	if f := s.pick(); f != nil {
		err := s.Cancel(context.Background(), f.id, ledger.Actor{Account: "dock-1"})
		s.fault("cancel", err)
	}
}

// pass lets days go by.
func (s *history) pass() {
	s.clock.Wind(time.Duration(rapid.IntRange(1, 10).Draw(s.T, "days")) * 24 * time.Hour)
	_, err := s.GiveUpAbandoned(context.Background())
	s.fault("give up", err)
}

// check holds records, vault and ledger against what senders know.
func (s *history) check() {
	for _, f := range s.files {
		up := s.upload(s.t, f.id)
		f.head(s.T, up)
		if f.done && up.State != footage.CheckedIn {
			s.Fatalf("%s was told to be checked in and is %s: %s", f.id, up.State, up.Detail)
		}
		if f.over && up.State != footage.Refused {
			s.Fatalf("%s was told to have ended and is %s", f.id, up.State)
		}
		acts := s.acts(s.t, f.id)
		switch up.State {
		case footage.CheckedIn:
			if f.wrong {
				s.Fatalf("%s is checked in in spite of its hash", f.id)
			}
			if got := s.content(s.t, up.Clip); !bytes.Equal(got, f.content) {
				s.Fatalf("the clip of %s has %d bytes, other ones than the %d that were sent", f.id, len(got), len(f.content))
			}
			if own := up.Clip == f.id; own != (acts != "") {
				s.Fatalf("%s became %s; the ledger says %q", f.id, up.Clip, acts)
			}
		case footage.Refused:
			if acts != string(ledger.ActUploadRefused) && acts != string(ledger.ActUploadAbandoned) || up.Code == "" || up.Detail == "" {
				s.Fatalf("%s was refused (%s %s); the ledger says %q", f.id, up.Code, up.Detail, acts)
			}
			if slices.Contains(s.book.Keys(), f.id) {
				s.Fatalf("the key of %s, which was refused, is kept", f.id)
			}
		default:
			if acts != "" || !slices.Contains(s.book.Keys(), f.id) {
				s.Fatalf("%s is %s; the ledger says %q", f.id, up.State, acts)
			}
		}
	}
	s.once()
}

// once: every clip is registered by one entry, and every other upload of the
// same file has left one beside it.
func (s *history) once() {
	want := map[string]int{}
	clips := map[string]string{}
	for _, up := range s.book.Uploads() {
		if up.State == footage.CheckedIn {
			want["clip:"+up.Clip]++
			same := up.FileName + hashOf(s.file(up.ID).content)
			if other, is := clips[same]; is && other != up.Clip {
				s.Fatalf("the same file is registered as %s and as %s", other, up.Clip)
			}
			clips[same] = up.Clip
		}
	}
	got := map[string]int{}
	for _, e := range s.book.Entries(s.t) {
		if _, is := want[e.Subject]; is {
			got[e.Subject]++
		}
	}
	for subject, n := range want {
		if got[subject] != n {
			s.Fatalf("%d files became %s, the ledger tells of %d", n, subject, got[subject])
		}
	}
}

func (s *history) file(id string) *sent {
	i := slices.IndexFunc(s.files, func(f *sent) bool { return f.id == id })
	if i < 0 { // begun, but its sender never heard of it
		return &sent{id: id}
	}
	return s.files[i]
}

// settle brings everything to its end as jobs and time would, and looks for
// what is left.
func (s *history) settle() {
	ctx := context.Background()
	s.clock.Wind(time.Minute)
	s.house.restart()
	if _, err := s.FinishLeft(ctx, 0); err != nil {
		s.Fatal("finish left:", err)
	}
	s.check()
	for _, f := range s.files {
		if up := s.upload(s.t, f.id); up.State == footage.Checking || f.acked == up.Size && up.State == footage.Receiving {
			s.Fatalf("%s is %s for ever", f.id, up.State)
		}
	}
	s.clock.Wind(abandonAfter + time.Minute)
	if _, err := s.GiveUpAbandoned(ctx); err != nil {
		s.Fatal("give up:", err)
	}
	if _, err := s.SweepOrphans(ctx); err != nil {
		s.Fatal("sweep orphans:", err)
	}
	s.check()
	var kept []string
	for _, c := range reviewtest.All[*footage.Clip](s.book) {
		kept = append(kept, c.ID)
	}
	if blobs := s.blobs(s.t); !slices.Equal(blobs, kept) {
		s.Fatalf("the vault has %q, registered are %q", blobs, kept)
	}
	if keys := s.book.Keys(); !slices.Equal(keys, kept) {
		s.Fatalf("keys of %q, registered are %q", keys, kept)
	}
	for _, up := range s.book.Uploads() {
		if up.State == footage.Receiving || up.State == footage.Checking {
			s.Fatalf("%s is still %s", up.ID, up.State)
		}
	}
}

// TestCutAtEveryCall sends one file in two parts over a wire that is cut at
// each call in turn; its sender comes back and it is registered once.
func TestCutAtEveryCall(t *testing.T) {
	t.Parallel()
	content := bytesOf(100_000, 3)
	for _, cut := range []reviewtest.Cut{{}, {Late: true}} {
		for at := 1; ; at++ {
			h := newHouse(t)
			cut.At = at
			h.wire.Cut(cut)
			id, tries := "", 0
			for ; tries < 5; tries++ {
				if h.wire.Dead() {
					h.wire.Mend()
					h.restart()
				}
				if id = h.sendInParts(id, content); id == "in" {
					break
				}
			}
			calls := h.wire.Mend()
			if id != "in" {
				t.Fatalf("%+v: not registered after %d tries: %q", cut, tries, calls)
			}
			h.clock.Wind(abandonAfter + time.Minute)
			_, errF := h.FinishLeft(t.Context(), 0)
			_, errG := h.GiveUpAbandoned(t.Context())
			_, errS := h.SweepOrphans(t.Context())
			if err := errors.Join(errF, errG, errS); err != nil {
				t.Fatalf("%+v: %v", cut, err)
			}
			clips := reviewtest.All[*footage.Clip](h.book)
			if blobs := h.blobs(t); len(clips) != 1 || len(blobs) != 1 || !bytes.Equal(h.content(t, clips[0].ID), content) {
				t.Fatalf("%+v: %d clips, the vault has %q", cut, len(clips), blobs)
			}
			if at > len(calls) { // the cut was never reached
				break
			}
		}
	}
}

// sendInParts goes on with an upload as a client would; it gives "in" when it
// was told that the file is.
func (h *house) sendInParts(id string, content []byte) string {
	if id == "" {
		up, err := h.Begin(context.Background(), ingest.Request{FileName: "가.mp4", Size: int64(len(content)), Department: "minwon", Account: "dock-1"})
		if err != nil {
			return ""
		}
		id = up.ID
	}
	for range 3 {
		up, err := h.book.Upload(context.Background(), id)
		if err != nil {
			return id
		}
		if up.State == footage.CheckedIn {
			return "in"
		}
		if up.Offset == up.Size { // nothing left to send: the server ends it
			h.clock.Wind(time.Minute)
			_, _ = h.FinishLeft(context.Background(), 0)
			continue
		}
		part := content[up.Offset:min(up.Offset+60_000, up.Size)]
		if at, err := h.put(up, bytes.NewReader(part)); err == nil && at == up.Size {
			return "in"
		}
	}
	return id
}
