package media_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
	"jikim/ingest/media"
)

func photo(t *testing.T) []byte {
	t.Helper()
	return generate(t, "a.jpg", "-f", "lavfi", "-i", "testsrc2=s=640x480", "-frames:v", "1")
}

var ofPhoto = report{"container": "jpeg", "width": 640, "height": 480}

func TestAFileThatCannotBeReadIsSaidSoOnce(t *testing.T) {
	whole := generate(t, "a.mp4", film("320x240", 2, "-c:v", "libx264", "-c:a", "aac")...)
	mdat, moov := bytes.Index(whole, []byte("mdat")), bytes.Index(whole, []byte("moov"))
	garbled := bytes.Clone(whole)
	for i := mdat + 4; i < moov-4; i++ {
		garbled[i] = byte(i * i >> 3)
	}
	for _, c := range []struct {
		name, kind string
		content    []byte
		report     report
		says       string
	}{
		{"recording was not closed", "video", whole[:moov-4], report{"container": "mp4"}, "moov"},
		{"pictures are garbled", "video", garbled, report{"container": "mp4", "video_codec": "h264", "audio_codec": "aac"}, "풀지 못해"},
		{"no video at all", "video", bytes.Repeat([]byte("jikim"), 1000), report{"container": "avi"}, "풀지 못해"},
		{"container nobody knows", "video", whole, report{"container": "other"}, "풀지 못해"},
		{"report is missing", "photo", whole, nil, "풀지 못해"},
		{"half a photo's head", "photo", []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF"), report{"container": "jpeg"}, "풀지 못해"},
		{"heic", "photo", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), report{"container": "heic", "width": 4032, "height": 3024}, "HEIC"},
		// What an ffmpeg gives that takes one tile for the whole photo.
		{"tile of a heic", "photo", whole, report{"container": "heic", "width": 4032, "height": 4032}, "HEIC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.checkIn("clip-1", c.kind, c.content, c.report)
			h.checkIn("clip-2", "photo", photo(t), ofPhoto)
			if done := h.run(); done != 2 {
				t.Errorf("%d clips done, want both", done)
			}
			for _, kind := range map[string][]string{"photo": {media.Poster}, "video": {media.Poster, media.Proxy}}[c.kind] {
				d := h.derivative("clip-1", kind)
				if d.State != footage.Failed || !strings.Contains(d.Detail, c.says) || !strings.Contains(d.Detail, "원본은 그대로") {
					t.Errorf("%s is %q: %s", kind, d.State, d.Detail)
				}
				if d.Bytes != 0 || d.SHA256 != "" {
					t.Errorf("a failed %s has bytes: %+v", kind, d)
				}
			}
			h.content(h.derivative("clip-2", media.Poster))
			if got := h.blobs(); strings.Contains(got, "clip-1.") {
				t.Errorf("a failure left bytes: %s", got)
			}
			acts := h.acts()
			if h.todo("clip-1") || h.run() != 0 || h.acts() != acts {
				t.Error("a failure is tried again")
			}
			if !strings.Contains(acts, "derivative.failed clip:clip-1 poster") {
				t.Errorf("ledger: %s", acts)
			}
		})
	}
}

func TestAProgramThatGoesWrong(t *testing.T) {
	for _, c := range []struct {
		name, script, says string
	}{
		{"is killed by another", "kill -9 $$", "풀지 못해"},
		{"fails", "echo 홍○○ >&2; exit 1", "풀지 못해"},
		{"prints no picture", "echo hello", "풀지 못해"},
		{"prints nothing", "exit 0", "풀지 못해"},
		{"never ends", "sleep 7331", "시간"},
		{"never ends printing", "exec cat /dev/zero", "조작"},
		{"needs too much memory", "echo 'Error: Cannot allocate memory' >&2; exit 1", "메모리"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			h.maker.FFmpeg = fake(t, c.script)
			if h.maker.Limits.Poster = time.Minute; c.says == "시간" {
				h.maker.Limits.Poster = time.Second
			}
			h.checkIn("clip-1", "photo", photo(t), ofPhoto)
			h.run()
			d := h.derivative("clip-1", media.Poster)
			if d.State != footage.Failed || !strings.Contains(d.Detail, c.says) || strings.Contains(d.Detail, "홍○○") {
				t.Errorf("%q: %s", d.State, d.Detail)
			}
			if h.todo("clip-1") || h.blobs() != "clip-1" {
				t.Errorf("waiting %v, vault has %s", h.todo("clip-1"), h.blobs())
			}
			if left := processes(t, "sleep\x007331"); left != 0 {
				t.Errorf("%d processes were left behind", left)
			}
		})
	}
}

// processes counts those whose command line has these words.
func processes(t *testing.T, words string) (n int) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if b, err := os.ReadFile(line); err == nil && bytes.Contains(b, []byte(words)) {
			n++
		}
	}
	return n
}

// hooked is a store that tells when a blob is begun, and may fail.
type hooked struct {
	vault.Store
	begun func(name string)
	away  error // of reading
	full  error // of writing
}

func (s *hooked) Resume(ctx context.Context, name string, m vault.Mark) (vault.Writer, error) {
	if s.begun != nil {
		s.begun(name)
	}
	w, err := s.Store.Resume(ctx, name, m)
	if err != nil || s.full == nil {
		return w, err
	}
	return fullWriter{w, s.full}, nil
}

type fullWriter struct {
	vault.Writer
	err error
}

func (w fullWriter) Write([]byte) (int, error) { return 0, w.err }

func (s *hooked) Open(ctx context.Context, name string) (vault.Blob, error) {
	b, err := s.Store.Open(ctx, name)
	if err != nil || s.away == nil {
		return b, err
	}
	return &failing{b, s.away}, nil
}

type failing struct {
	vault.Blob
	err error
}

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if off > 0 {
		return 0, f.err
	}
	return f.Blob.ReadAt(p, off)
}

func TestCutOffInTheMiddle(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "video", generate(t, "a.avi", film("320x240", 2, "-c:v", "mpeg4", "-c:a", "mp2")...),
		report{"container": "avi", "video_codec": "mpeg4", "duration_s": 2})
	ctx, stop := context.WithCancel(t.Context())
	h.maker.FFmpeg = fake(t, `for last; do :; done; case "$*" in *movflags*) sleep 7332;; *) exit 1;; esac`)
	store := h.maker.Vault
	h.maker.Vault = &hooked{Store: store, begun: func(name string) {
		if name == "clip-1.proxy" {
			time.AfterFunc(300*time.Millisecond, stop)
		}
	}}
	if _, err := h.maker.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("cut off: %v", err)
	}
	if d := h.derivative("clip-1", media.Proxy); d.State != "" || !h.todo("clip-1") {
		t.Errorf("being cut off was taken for a failure: %+v", d)
	}
	if left := processes(t, "sleep\x007332"); left != 0 {
		t.Errorf("%d processes were left behind", left)
	}
	if len(h.records.leases) != 0 {
		t.Errorf("leases were left behind: %v", h.records.leases)
	}

	h.maker.FFmpeg, h.maker.Vault = "ffmpeg", store
	if done := h.run(); done != 1 {
		t.Error("the next pass did not end it")
	}
	checkProxy(t, h.content(h.derivative("clip-1", media.Proxy)), "320x240", false)
}

func TestWhatADeadRunLeftIsMadeAnew(t *testing.T) {
	for _, finished := range []bool{false, true} {
		h := newHouse(t)
		h.checkIn("clip-1", "photo", photo(t), ofPhoto)
		flow, err := vault.Continue(t.Context(), h.maker.Vault, "clip-1.poster", h.key["clip-1"], vault.Progress{}, h.maker.Rand, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := flow.ReadFrom(strings.NewReader("left behind")); err != nil {
			t.Fatal(err)
		}
		if finished {
			_, err = flow.Finish()
		} else {
			_, err = flow.Sync()
		}
		if err = errors.Join(err, flow.Close()); err != nil {
			t.Fatal(err)
		}
		h.run()
		if b := h.content(h.derivative("clip-1", media.Poster)); !bytes.HasPrefix(b, []byte("\xFF\xD8")) {
			t.Errorf("finished %v: the poster is %.20q", finished, b)
		}
	}
}

func TestWhatWasRecordedIsNotMadeAgain(t *testing.T) {
	h := newHouse(t)
	clip := h.checkIn("clip-1", "photo", photo(t), ofPhoto)
	h.run()
	h.records.Put(&clip) // cut off between the record and the note that all is done
	acts := h.acts()
	if h.run(); h.acts() != acts || h.todo("clip-1") {
		t.Errorf("waiting %v, ledger %s", h.todo("clip-1"), h.acts())
	}
}

func TestADestroyedClipGetsNothing(t *testing.T) {
	for _, state := range []footage.State{footage.Destroying, footage.Destroyed} {
		t.Run(string(state), func(t *testing.T) {
			h := newHouse(t)
			clip := h.checkIn("clip-1", "photo", photo(t), ofPhoto)
			clip.State = state
			h.records.Put(&clip)
			if h.run(); h.acts() != "" || h.blobs() != "clip-1" {
				t.Errorf("ledger %q, vault %s", h.acts(), h.blobs())
			}
		})
		t.Run(string(state)+" while it is worked on", func(t *testing.T) {
			h := newHouse(t)
			clip := h.checkIn("clip-1", "photo", photo(t), ofPhoto)
			clip.State, clip.MediaTodo = state, false
			h.maker.Vault = &hooked{Store: h.maker.Vault, begun: func(string) { h.records.Put(&clip) }}
			if h.run(); h.acts() != "" || h.blobs() != "clip-1" {
				t.Errorf("ledger %q, vault %s", h.acts(), h.blobs())
			}
		})
	}
	t.Run("whose key and bytes go as its key is read", func(t *testing.T) {
		h := newHouse(t)
		clip := h.checkIn("clip-1", "photo", photo(t), ofPhoto)
		keys := h.maker.Keys
		h.maker.Keys = keyring{keys, func() {
			e := ledger.Entry{Act: ledger.ActDestructionBegun, Actor: ledger.Actor{Account: "hong"}, Subject: "clip:clip-1"}
			err := h.records.Change(t.Context(), e, func(tx footage.Tx, _ *ledger.Entry) error {
				clip.State = footage.Destroying
				return errors.Join(tx.Save(&clip), tx.DropKey("clip-1"))
			})
			if err = errors.Join(err, h.maker.Vault.Destroy(t.Context(), "clip-1")); err != nil {
				t.Error(err)
			}
		}}
		if h.run(); h.acts() != "clip.destruction-begun clip:clip-1 " || h.blobs() != "" {
			t.Errorf("ledger %q, vault %s", h.acts(), h.blobs())
		}
	})
}

// keyring does something each time a key is asked for.
type keyring struct {
	vault.Keyring
	asked func()
}

func (k keyring) Unwrap(id string, wrapped []byte) (vault.Key, error) {
	k.asked()
	return k.Keyring.Unwrap(id, wrapped)
}

func TestServersShareTheWork(t *testing.T) {
	h := newHouse(t)
	picture := photo(t)
	names := []string{"clip-1", "clip-2", "clip-3", "clip-4", "clip-5"}
	for _, name := range names {
		h.checkIn(name, "photo", picture, ofPhoto)
	}
	other := &media.Maker{
		Book: h.records, Records: h.records, Vault: h.maker.Vault, Keys: h.maker.Keys, Child: h.maker.Child,
		FFmpeg: h.maker.FFmpeg, Clock: h.maker.Clock, Rand: h.maker.Rand, Owner: "server-2",
	}
	var wg sync.WaitGroup
	var done atomic.Int32
	for _, m := range []*media.Maker{h.maker, other} {
		wg.Go(func() {
			n, err := m.Run(t.Context())
			if err != nil {
				t.Error(err)
			}
			done.Add(int32(n))
		})
	}
	wg.Wait()
	if int(done.Load()) != len(names) {
		t.Errorf("%d clips done, want %d", done.Load(), len(names))
	}
	if n := len(h.records.Entries(t)); n != len(names) {
		t.Errorf("%d entries for %d clips: %s", n, len(names), h.acts())
	}
	for _, name := range names {
		h.content(h.derivative(name, media.Poster))
	}
}

func TestAClipInOtherHandsIsLeftToThem(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "photo", photo(t), ofPhoto)
	h.records.leases["media:clip-1"] = "server-2"
	if done := h.run(); done != 0 || !h.todo("clip-1") || h.acts() != "" {
		t.Errorf("%d done, ledger %q", done, h.acts())
	}
}

func TestALeaseLostAtTheEndMakesNothingFinal(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "photo", photo(t), ofPhoto)
	h.maker.Vault = &hooked{Store: h.maker.Vault, begun: func(string) {
		h.records.mu.Lock()
		defer h.records.mu.Unlock()
		h.records.leases["media:clip-1"] = "server-2"
	}}
	if _, err := h.maker.Run(t.Context()); err == nil || h.acts() != "" || !h.todo("clip-1") {
		t.Errorf("%v, ledger %q", err, h.acts())
	}
	if got := h.blobs(); strings.Contains(got, "clip-1.poster ") || strings.HasSuffix(got, "clip-1.poster") {
		t.Errorf("vault has %s", got)
	}
}

func TestAStoreThatFailsIsNotTheFilesFault(t *testing.T) {
	large := generate(t, "a.avi", "-f", "lavfi", "-i", "testsrc2=s=960x540:d=2", "-c:v", "mjpeg", "-q:v", "2")
	ofVideo := report{"container": "avi", "video_codec": "mjpeg", "duration_s": 2}
	for _, fault := range []error{vault.ErrAway, errors.New("cable")} {
		h := newHouse(t)
		h.checkIn("clip-1", "video", large, ofVideo)
		store := h.maker.Vault
		h.maker.Vault = &hooked{Store: store, away: fault}
		if _, err := h.maker.Run(t.Context()); !errors.Is(err, fault) || !h.todo("clip-1") || h.acts() != "" {
			t.Errorf("%v, waiting %v, ledger %q", err, h.todo("clip-1"), h.acts())
		}
		h.maker.Vault = store
		if h.run(); h.derivative("clip-1", media.Proxy).State != footage.Made {
			t.Error("the next pass did not make it")
		}
	}
}

func TestADamagedOriginalIsSaidAloud(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "video", generate(t, "a.avi", "-f", "lavfi", "-i", "testsrc2=s=960x540:d=2", "-c:v", "mjpeg", "-q:v", "2"),
		report{"container": "avi", "video_codec": "mjpeg", "duration_s": 2})
	h.spoil("clip-1")
	_, err := h.maker.Run(t.Context())
	d := h.derivative("clip-1", media.Proxy)
	if !errors.Is(err, vault.ErrCorrupt) || d.State != footage.Failed || !strings.Contains(d.Detail, "verify") || h.todo("clip-1") {
		t.Errorf("%v, waiting %v, %q: %s", err, h.todo("clip-1"), d.State, d.Detail)
	}
	if _, err := h.maker.Run(t.Context()); err != nil {
		t.Errorf("it is said again: %v", err)
	}
}

// spoil changes a bit in the middle of a sealed blob.
func (h *house) spoil(name string) {
	h.t.Helper()
	sealed, err := filepath.Glob(filepath.Join(h.dir, "blobs", "*", name))
	if err != nil || len(sealed) != 1 {
		h.t.Fatal(sealed, err)
	}
	b, err := os.ReadFile(sealed[0])
	if err != nil {
		h.t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(sealed[0], b, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func TestADatabaseThatIsAwayStopsThePass(t *testing.T) {
	h := newHouse(t)
	h.checkIn("clip-1", "photo", photo(t), ofPhoto)
	away := errors.New("database is away")
	h.maker.Vault = &hooked{Store: h.maker.Vault, begun: func(string) { h.records.Fault = away }}
	if _, err := h.maker.Run(t.Context()); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
	h.records.Fault = nil
	h.maker.Vault = h.maker.Vault.(*hooked).Store
	if h.run(); h.derivative("clip-1", media.Poster).State != footage.Made {
		t.Error("the next pass did not make it")
	}
}
