package review_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/review"
	"jikim/footage/review/reviewtest"
	"jikim/footage/vault"
)

// bytesOf gives n bytes that differ from place to place.
func bytesOf(n int) []byte {
	b := make([]byte, n)
	_, _ = io.ReadFull(reviewtest.NewRandom(5), b)
	return b
}

func (d desk) keep(t *testing.T, id string, content []byte) {
	t.Helper()
	d.vault.Keep(t, d.book, clip(id), content)
}

func (d desk) open(t *testing.T, id string) string {
	t.Helper()
	token, _, err := d.OpenView(t.Context(), hong, id, "민원 확인", "")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// read reads a range as a player does.
func (d desk) read(ctx context.Context, token, what string, off int64, n int) ([]byte, error) {
	c, err := d.Content(ctx, "hong", token, what)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := c.Seek(off, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(c, int64(n)))
}

func TestAViewIsRecorded(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", []byte("영상"))
	token, v, err := d.OpenView(t.Context(), hong, "c1", "  폭언 민원 확인 ", "2026-민원-17")
	if err != nil {
		t.Fatal(err)
	}
	if len(token) != 43 || v.Reason != "폭언 민원 확인" || v.Account != "hong" || v.Case != "2026-민원-17" {
		t.Errorf("%q, %+v", token, v)
	}
	if got := v.ExpiresAt.Sub(v.At); got != 31*time.Minute {
		t.Errorf("it lasts %v, want 30 minutes and the minute of the clip", got)
	}
	e := d.last(t)
	if e.Act != ledger.ActViewed || e.Subject != "clip:c1" || e.Why != "폭언 민원 확인" || e.Actor != hong ||
		e.Facts["case"] != "2026-민원-17" || e.Facts["department"] != "minwon" || e.Records["view:"+v.ID] == "" {
		t.Errorf("the entry is %+v", e)
	}
	if strings.Contains(v.ID, token) {
		t.Error("the token is kept")
	}
}

func TestAViewNeedsAReason(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", []byte("영상"))
	for reason, code := range map[string]string{
		"":                        "reason-needed",
		" \t 확 ":                  "reason-needed",
		strings.Repeat("가", 501):  "reason-long",
		"확인\x00합니다":               "reason-unreadable",
		"확인\xff합니다":               "reason-unreadable",
		strings.Repeat(" ", 1000): "reason-needed",
	} {
		_, _, err := d.OpenView(t.Context(), hong, "c1", reason, "")
		expect(t, err, refuse.Invalid, code)
	}
	_, _, err := d.OpenView(t.Context(), hong, "c1", "확인", strings.Repeat("1", 101))
	expect(t, err, refuse.Invalid, "case-long")
	_, _, err = d.OpenView(t.Context(), hong, "nothing", "확인", "")
	expect(t, err, refuse.NotFound, "not-found")
	if got := d.book.Acts(t); got != "" {
		t.Errorf("refusals left entries: %s", got)
	}
}

func TestContentIsTheOriginal(t *testing.T) {
	d := newDesk(t)
	want := bytesOf(300_000)
	d.keep(t, "c1", want)
	token := d.open(t, "c1")
	for _, r := range []struct {
		off int64
		n   int
	}{{0, 300_000}, {0, 1}, {299_999, 10}, {65_535, 2}, {131_072, 65_537}, {300_000, 5}} {
		got, err := d.read(t.Context(), token, "", r.off, r.n)
		if err != nil || !bytes.Equal(got, want[r.off:min(r.off+int64(r.n), 300_000)]) {
			t.Errorf("%+v: %d bytes, %v", r, len(got), err)
		}
	}
	c, err := d.Content(t.Context(), "hong", token, review.Original)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Size != 300_000 || c.MIME != "video/mp4" || c.FileName != "민원 응대.mp4" || c.Department != "minwon" || c.Clip != "c1" {
		t.Errorf("%+v", c)
	}
}

func TestDerivatives(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Poster, MIME: "image/jpeg"}, []byte("그림"))
	d.book.Put(&footage.Derivative{ID: "c1.proxy", Clip: "c1", Kind: review.Proxy, State: footage.Failed})
	token := d.open(t, "c1")
	if got, err := d.read(t.Context(), token, review.Poster, 0, 100); err != nil || string(got) != "그림" {
		t.Errorf("%q, %v", got, err)
	}
	c, err := d.Content(t.Context(), "hong", token, review.Poster)
	if err != nil || c.FileName != "민원 응대.poster.jpg" || c.MIME != "image/jpeg" {
		t.Errorf("%+v, %v", c, err)
	}
	c.Close()
	_, err = d.read(t.Context(), token, review.Proxy, 0, 1)
	expect(t, err, refuse.NotFound, "content-not-made")
	_, err = d.read(t.Context(), token, "../../key", 0, 1)
	expect(t, err, refuse.Invalid, "content-unknown")
}

// drawn stands in for the maker of outlines: it counts the lines.
func drawn(lines io.Reader, to io.Writer) error {
	b, err := io.ReadAll(lines)
	if err == nil {
		_, err = fmt.Fprintf(to, "%d lines", bytes.Count(b, []byte("\n")))
	}
	return err
}

func TestATrackIsShownAsItsOutline(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	d.keep(t, "c2", bytesOf(100))
	lines := strings.Repeat(`{"offset_s":0,"lat":37.5,"lon":126.7,"source":"srt"}`+"\n", 5000)
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Track, MIME: "application/jsonl"}, []byte(lines))
	token := d.open(t, "c1")
	for what, want := range map[string]struct{ name, mime, content string }{
		review.Track:      {"민원 응대.track.geojson", "application/geo+json", "5000 lines"},
		review.TrackLines: {"민원 응대.track.jsonl", "application/jsonl", lines},
	} {
		c, err := d.Content(t.Context(), "hong", token, what)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(c)
		if sum := sha256.Sum256(got); err != nil || string(got) != want.content || c.SHA256 != hex.EncodeToString(sum[:]) || c.Size != int64(len(got)) {
			t.Errorf("%s: %d bytes, %v", what, len(got), err)
		}
		if c.FileName != want.name || c.MIME != want.mime || c.Clip != "c1" || c.Department != "minwon" {
			t.Errorf("%s: %+v", what, c)
		}
		c.Until(10)
		if _, err := c.Seek(3, io.SeekStart); err != nil {
			t.Error(err)
		}
		if rest, err := io.ReadAll(c); err != nil || string(rest) != want.content[3:] {
			t.Errorf("%s from its fourth byte: %d bytes, %v", what, len(rest), err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, what := range []string{review.Track, review.TrackLines, review.Strip} {
		_, err := d.Content(t.Context(), "kim", token, what)
		expect(t, err, refuse.NotFound, "view-unknown")
		_, err = d.Content(t.Context(), "hong", d.open(t, "c2"), what)
		expect(t, err, refuse.NotFound, "content-not-made")
	}
	without := review.New(d.book, d.book, d.vault, d.vault.Keys, review.Settings{}, d.clock.Now, reviewtest.NewRandom(9))
	_, err := without.Content(t.Context(), "hong", token, review.Track)
	expect(t, err, refuse.NotFound, "content-not-made")
	d.clock.Wind(31 * time.Minute)
	_, err = d.Content(t.Context(), "hong", token, review.Track)
	expect(t, err, refuse.Gone, "view-expired")
}

// What goes wrong while an outline is made is told as what it is.
func TestAnOutlineThatCannotBeMade(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Track}, bytesOf(300_000))
	fault := errors.New("no such line")
	var during func()
	desk := review.New(d.book, d.book, d.vault, d.vault.Keys, review.Settings{Outline: func(lines io.Reader, _ io.Writer) error {
		during()
		if _, err := io.Copy(io.Discard, lines); err != nil {
			return err
		}
		return fault
	}}, d.clock.Now, reviewtest.NewRandom(9))
	token := d.open(t, "c1")
	during = func() {}
	if _, err := desk.Content(t.Context(), "hong", token, review.Track); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	during = func() { d.clock.Wind(31 * time.Minute) }
	_, err := desk.Content(t.Context(), "hong", token, review.Track)
	expect(t, err, refuse.Gone, "view-expired")
	token = d.open(t, "c1")
	during = func() { d.book.Put(&footage.Clip{ID: "c1", State: footage.Destroying}); d.clock.Wind(2 * time.Second) }
	_, err = desk.Content(t.Context(), "hong", token, review.Track)
	expect(t, err, refuse.Gone, "clip-destroyed")
}

func TestAStripIsShown(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	strip := footage.Strip{Tiles: 13, Columns: 10, IntervalS: 1.125}
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Strip, MIME: strip.MIME()}, []byte("그림"))
	c, err := d.Content(t.Context(), "hong", d.open(t, "c1"), review.Strip)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.FileName != "민원 응대.strip.jpg" || c.MIME != "image/jpeg; columns=10; interval=1.125; tiles=13" {
		t.Errorf("%+v", c)
	}
	if got, ok := (footage.Derivative{State: footage.Made, MIME: c.MIME}).Strip(); !ok || got != strip {
		t.Errorf("%+v", got)
	}
	for _, d := range []footage.Derivative{
		{State: footage.Made, MIME: "image/jpeg"},
		{State: footage.Made},
		{State: footage.Discarded, MIME: strip.MIME()},
		{State: footage.Made, MIME: "image/jpeg; columns=10; interval=0; tiles=13"},
	} {
		if _, ok := d.Strip(); ok {
			t.Errorf("%+v is a strip", d)
		}
	}
}

func TestContentIsForWhoOpenedIt(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	token := d.open(t, "c1")
	for range 2 { // read anew, then from memory
		_, err := d.Content(t.Context(), "kim", token, "")
		expect(t, err, refuse.NotFound, "view-unknown")
		if _, err := d.read(t.Context(), token, "", 0, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"", token + "A", token[1:], strings.ToLower(token)} {
		_, err := d.Content(t.Context(), "hong", bad, "")
		expect(t, err, refuse.NotFound, "view-unknown")
	}
}

func TestAViewExpires(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(300_000))
	token := d.open(t, "c1")
	c, err := d.Content(t.Context(), "hong", token, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	d.clock.Wind(31*time.Minute - time.Millisecond)
	if _, err := c.Read(make([]byte, 10)); err != nil {
		t.Errorf("just before: %v", err)
	}
	d.clock.Wind(time.Millisecond)
	_, err = c.Read(make([]byte, 10))
	expect(t, err, refuse.Gone, "view-expired")
	expect(t, c.Err(), refuse.Gone, "view-expired")
	_, err = d.read(t.Context(), token, "", 0, 1)
	expect(t, err, refuse.Gone, "view-expired")
}

// What is being destroyed is not looked at: not anew, and not to the end of an
// answer that is under way.
func TestDestructionEndsLooking(t *testing.T) {
	for _, state := range []footage.State{footage.Destroying, footage.Destroyed} {
		d := newDesk(t)
		d.keep(t, "c1", bytesOf(3_000_000))
		token := d.open(t, "c1")
		c, err := d.Content(t.Context(), "hong", token, "")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Read(make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		ended := d.clip(t, "c1")
		ended.State = state
		d.book.Put(&ended)
		d.clock.Wind(time.Second)
		_, err = c.Read(make([]byte, 10))
		expect(t, err, refuse.Gone, "clip-destroyed")
		_, err = d.read(t.Context(), token, "", 0, 1)
		expect(t, err, refuse.Gone, "clip-destroyed")
		_, _, err = d.OpenView(t.Context(), hong, "c1", "확인", "")
		expect(t, err, refuse.Gone, "clip-destroyed")
	}
}

// A player's many ranges cost the records next to nothing.
func TestManyRangesFewReadings(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(300_000))
	token := d.open(t, "c1")
	before := d.book.Reads()
	for i := range 200 {
		if _, err := d.read(t.Context(), token, "", int64(i*1000), 10); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.book.Reads() - before; n > 4 {
		t.Errorf("200 ranges at once cost %d readings", n)
	}
	if n := d.vault.Opens.Load(); n != 1 {
		t.Errorf("the blob was opened %d times", n)
	}
}

func TestManyReadersAtOnce(t *testing.T) {
	d := newDesk(t)
	want := bytesOf(1_000_000)
	d.keep(t, "c1", want)
	token := d.open(t, "c1")
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 20 {
				off := int64((i*20 + j) * 3000)
				got, err := d.read(t.Context(), token, "", off, 5000)
				if err != nil || !bytes.Equal(got, want[off:off+5000]) {
					t.Errorf("at %d: %v", off, err)
				}
			}
		})
	}
	all.Wait()
}

// Run lets go of what is idle, and of everything in the end.
func TestRunLetsGo(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(1000))
	token := d.open(t, "c1")
	if _, err := d.read(t.Context(), token, "", 0, 10); err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(t.Context())
	stop()
	if err := d.Run(run); err != nil {
		t.Fatal(err)
	}
	if _, err := d.read(t.Context(), token, "", 0, 10); err != nil {
		t.Fatal(err)
	}
	if n := d.vault.Opens.Load(); n != 2 {
		t.Errorf("the blob was opened %d times, want again after everything was let go", n)
	}
}

func TestTheVaultIsAway(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(1000))
	token := d.open(t, "c1")
	d.vault.Fault = vault.ErrAway
	_, err := d.read(t.Context(), token, "", 0, 10)
	expect(t, err, refuse.Unavailable, "vault-away")
	d.vault.Fault = vault.ErrNotFound // and the clip is not destroyed: a fault
	_, err = d.read(t.Context(), token, "", 0, 10)
	if _, isRefusal := refuse.As(err); isRefusal || !errors.Is(err, vault.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	d.book.Fault = errors.New("disk on fire")
	if _, _, err := d.OpenView(t.Context(), hong, "c1", "확인", ""); !errors.Is(err, d.book.Fault) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkRange is a player's request for 1 MiB, from memory of the page cache.
func BenchmarkRange(b *testing.B) {
	clock := reviewtest.NewClock(noon)
	book, v := reviewtest.NewBook(b, clock), reviewtest.NewVault(b)
	d := desk{review.New(book, book, v, v.Keys, review.Settings{}, time.Now, reviewtest.NewRandom(9)), book, v, clock}
	c := clip("c1")
	v.Keep(b, book, c, bytesOf(64<<20))
	clock.Wind(time.Since(noon))
	token, _, err := d.OpenView(b.Context(), hong, "c1", "민원 확인", "")
	if err != nil {
		b.Fatal(err)
	}
	first := make([]byte, 1)
	b.ResetTimer()
	for i := range b.N {
		c, err := d.Content(b.Context(), "hong", token, "")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = c.Seek(int64(i%60)<<20, io.SeekStart)
		if _, err := io.ReadFull(c, first); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
