package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/footage"
)

// refusing is a server to be asked for what it must refuse.
type refusing struct {
	place
	server *running
	wire   // with an agent's token of the department minwon
}

// TestRefusals asks for what must not be had: each is refused with a status, a
// code and a sentence that says what to do, leaves nothing behind that was not
// there before, and the server goes on.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	body := footageOf(4000, 1)
	r.send(body, "filename", "다음.mp4")
	before := r.kept(t)
	upload := func(r *refusing, pairs ...string) string { return r.begin(int64(len(body)), pairs...) }
	named := func(pairs ...string) []string { return append([]string{"filename", "파일.mp4"}, pairs...) }
	create := func(r *refusing, header ...string) answer {
		return r.ask(http.MethodPost, "/api/v1/uploads", nil, append([]string{"Upload-Metadata", uploadMetadata("filename", "파일.mp4")}, header...)...)
	}
	for _, c := range []struct {
		name   string
		status int
		code   string
		ask    func(r *refusing) answer
	}{
		{"length missing", 400, "bad-length", func(r *refusing) answer { return create(r) }},
		{"length negative", 400, "bad-length", func(r *refusing) answer { return create(r, "Upload-Length", "-1") }},
		{"length no number", 400, "bad-length", func(r *refusing) answer { return create(r, "Upload-Length", "많이") }},
		{"length beyond numbers", 400, "bad-length", func(r *refusing) answer { return create(r, "Upload-Length", "99999999999999999999") }},
		{"length huge", 413, "too-large", func(r *refusing) answer { return create(r, "Upload-Length", "9223372036854775807") }},
		{"length deferred", 400, "length-required", func(r *refusing) answer { return create(r, "Upload-Defer-Length", "1") }},
		{"length deferred and given", 400, "length-required", func(r *refusing) answer {
			return create(r, "Upload-Defer-Length", "1", "Upload-Length", "5")
		}},
		{"no name", 422, "filename-missing", func(r *refusing) answer { return r.post(10, nil) }},
		{"a name of dots", 422, "filename-missing", func(r *refusing) answer { return r.post(10, nil, "filename", "../..") }},
		{"name of 256 bytes", 422, "filename-too-long", func(r *refusing) answer {
			return r.post(10, nil, "filename", strings.Repeat("가", 84)+".mp4")
		}},
		{"path of 4097 bytes", 422, "path-too-long", func(r *refusing) answer {
			return r.post(10, nil, named("path", strings.Repeat("a", 4097))...)
		}},
		{"malformed hash", 422, "bad-sha256", func(r *refusing) answer { return r.post(10, nil, named("sha256", "0123")...) }},
		{"hash that is no hex", 422, "bad-sha256", func(r *refusing) answer {
			return r.post(10, nil, named("sha256", strings.Repeat("g", 64))...)
		}},
		{"unknown purpose", 422, "unknown-purpose", func(r *refusing) answer { return r.post(10, nil, named("purpose", "hobby")...) }},
		{"purpose of another department", 422, "unknown-purpose", func(r *refusing) answer {
			return r.post(10, nil, named("purpose", "publicity")...)
		}},
		{"device of 201 characters", 422, "device-too-long", func(r *refusing) answer {
			return r.post(10, nil, named("device", strings.Repeat("기", 201))...)
		}},
		{"no token", 401, "sign-in-needed", func(r *refusing) answer {
			return wire{r.t, r.server.url, ""}.ask(http.MethodPost, "/api/v1/uploads", nil, "Upload-Length", "1", "Authorization", "")
		}},
		{"token nobody has", 401, "token-refused", func(r *refusing) answer {
			return wire{r.t, r.server.url, "jikim-none"}.post(10, nil, named()...)
		}},
		{"token that may not send", 403, "not-permitted", func(r *refusing) answer {
			return r.server.wire(r.token(r.t, "looker", "reviewer", "minwon")).post(10, nil, named()...)
		}},
		{"another version of the protocol", 412, "tus-version", func(r *refusing) answer { return create(r, "Upload-Length", "1", "Tus-Resumable", "2.0.0") }},
		{"upload nobody began", 404, "upload-not-found", func(r *refusing) answer {
			return r.patch("0193f1c0-0000-7000-8000-000000000000", 0, body)
		}},
		{"an address that is no upload", 404, "upload-not-found", func(r *refusing) answer { return r.patch("%2e%2e%2fetc", 0, body) }},
		{"content of another type", 400, "content-type", func(r *refusing) answer {
			return r.ask(http.MethodPatch, "/api/v1/uploads/"+upload(r, named()...), bytes.NewReader(body), "Upload-Offset", "0", "Content-Type", "video/mp4")
		}},
		{"negative offset", 400, "bad-offset", func(r *refusing) answer { return r.patch(upload(r, named()...), -1, body) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := c.ask(r)
			a.refused(t, c.status, c.code)
			if diff := cmp.Diff(before, r.kept(t)); diff != "" {
				t.Errorf("the vault has changed:\n%s", diff)
			}
			if n := r.count(t, "SELECT count(*) FROM uploads WHERE state = 'receiving' AND durable_offset <> 0"); n != 0 {
				t.Errorf("%d uploads have bytes", n)
			}
			r.send(body, "filename", "다음.mp4")
		})
	}
}

// refusingServer starts a server on one machine.
func refusingServer(t *testing.T) *refusing {
	t.Helper()
	p := oneMachine().make(t)
	p.found(t)
	token := p.token(t, "agent-1", "agent", "minwon")
	r := p.serve(t)
	return &refusing{p, r, r.wire(token)}
}

// clip gives the record of a clip.
func (p place) clip(t testing.TB, id string) (c footage.Clip) {
	t.Helper()
	p.peek(t, func(ctx context.Context, h *house) {
		var err error
		if c, err = h.db.Clip(ctx, id); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestSizes: what comes must be as long as was said.
func TestSizes(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	body := footageOf(200_000, 2)
	short := int64(len(body) - 1000)

	t.Run("more than announced", func(t *testing.T) {
		id := r.begin(short, "filename", "긴.mp4")
		r.patch(id, 0, body).refused(t, 413, "longer-than-said")
		if at := r.offset(id); at != 0 {
			t.Errorf("stands at %d", at)
		}
		r.finish(id, body[:short])
	})
	t.Run("more than announced, without a length", func(t *testing.T) {
		id := r.begin(short, "filename", "길이 없이.mp4")
		a, err := r.tryPatch(id, 0, io.MultiReader(bytes.NewReader(body))) // chunked
		if err != nil {
			t.Fatal(err)
		}
		a.refused(t, 413, "longer-than-said")
		if o := r.outcome(id); o.State != "refused" || o.Code != "longer-than-said" {
			t.Errorf("a file that is longer than it was said to be stands as %+v", o)
		}
	})
	t.Run("exactly, without a length", func(t *testing.T) {
		id := r.begin(int64(len(body)), "filename", "꼭 맞게.mp4")
		if a, err := r.tryPatch(id, 0, io.MultiReader(bytes.NewReader(body))); err != nil || a.status != http.StatusNoContent {
			t.Fatalf("%d %v", a.status, err)
		}
		if o := r.outcome(id); o.SHA256 != hashOf(body) {
			t.Errorf("%+v", o)
		}
	})
	t.Run("fewer", func(t *testing.T) {
		id := r.begin(int64(len(body)), "filename", "짧은.mp4")
		if a := r.patch(id, 0, body[:short]); a.status != http.StatusNoContent || a.header.Get("Upload-Offset") != strconv.FormatInt(short, 10) {
			t.Fatalf("%d %v", a.status, a.header)
		}
		if o := r.outcome(id); o.State != "receiving" {
			t.Errorf("%+v", o)
		}
		r.patch(id, 5, body[5:]).refused(t, 409, "offset-mismatch")
		r.patch(id, short+5, body[short+5:]).refused(t, 409, "offset-mismatch")
		r.finish(id, body)
	})
}

// TestWrongHash: a file that is not what its sender hashed ends refused, and
// nothing of it stays.
func TestWrongHash(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	body := footageOf(300_000, 3)
	before := r.kept(t)
	wrong := hashOf([]byte("another file"))

	whole := r.post(int64(len(body)), body, "filename", "하나.mp4", "sha256", wrong)
	whole.refused(t, 422, "hash-mismatch")
	id := r.begin(int64(len(body)), "filename", "둘.mp4", "sha256", strings.ToUpper(wrong))
	r.patch(id, 0, body[:100_000])
	r.patch(id, 100_000, body[100_000:]).refused(t, 422, "hash-mismatch")

	if o := r.outcome(id); o.State != "refused" || o.Code != "hash-mismatch" || !isAdvice(o.Detail) {
		t.Errorf("%+v", o)
	}
	if a := r.ask(http.MethodHead, "/api/v1/uploads/"+id, nil); a.status != http.StatusGone {
		t.Errorf("HEAD of a refused upload answered %d", a.status)
	}
	r.patch(id, 0, body).refused(t, 410, "hash-mismatch")
	if diff := cmp.Diff(before, r.kept(t)); diff != "" {
		t.Errorf("the vault has changed:\n%s", diff)
	}
	if n := r.count(t, "SELECT count(*) FROM clip_keys"); n != 0 {
		t.Errorf("%d keys are left", n)
	}
	if clips := r.clips(t); len(clips) != 0 {
		t.Errorf("registered: %+v", clips)
	}
	if n := r.count(t, "SELECT count(*) FROM ledger_entries WHERE act = 'upload.refused'"); n != 2 {
		t.Errorf("the ledger tells of %d refusals", n)
	}
	r.send(body, "filename", "하나.mp4", "sha256", strings.ToUpper(hashOf(body)))
}

// TestNames: a name is evidence and something to be shown, never a path.
func TestNames(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	for i, c := range []struct{ name, path, shown string }{
		{"../../etc/passwd", "", "passwd"},
		{`..\..\windows\system32\a.mp4`, `DCIM\..\..\a.mp4`, "a.mp4"},
		{"/abs/olute.mp4", "/abs/olute.mp4", "olute.mp4"},
		{"널\x00바이트\x1b[31m.mp4", "DCIM/널\x00.mp4", "널바이트[31m.mp4"},
		{"영상\u202egpj.mp4\u202c", "", "영상gpj.mp4"},
		{"\u1112\u1161\u11ab\u1100\u1173\u11af.mp4", "", "한글.mp4"},
		{"깨진\xff이름.mp4", "\xff\xfe", "깨진\uFFFD이름.mp4"},
		{strings.Repeat("가", 83) + "a.mp4\u200e", "", strings.Repeat("가", 83) + "a.mp4"},
		{strings.Repeat("가", 82) + "abcde.mp4", strings.Repeat("/", 4096), strings.Repeat("가", 82) + "abcde.mp4"}, // 255 bytes
		{"<b>제목</b>&\"'.mp4", "", "b>&\"'.mp4"},
	} {
		pairs := []string{"filename", c.name}
		want := c.name
		if c.path != "" {
			pairs, want = append(pairs, "path", c.path), c.path
		}
		got := r.clip(t, r.send(footageOf(500+i, 4), pairs...))
		if got.FileName != c.shown || string(got.SourcePath) != want {
			t.Errorf("%q is shown as %q, want %q; path kept as %q", c.name, got.FileName, c.shown, got.SourcePath)
		}
	}
	// Nothing was made under any of these names.
	err := filepath.WalkDir(r.data, func(path string, d os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".mp4") || strings.HasSuffix(path, "passwd") {
			t.Errorf("%s was made", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if status, out, errs := r.run("verify", "--deep"); status != exitDone {
		t.Errorf("verify: %d\n%s%s", status, out, errs)
	}
}

// TestKeptForReview: what is not what it seems is kept and put before a person.
func TestKeptForReview(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	files := map[string][]byte{
		"압축파일.mp4": append([]byte("PK\x03\x04\x14\x00\x00\x00\x08\x00"), noise(5000, 5)...),
		"빈 파일.mp4": {},
		"잡음.jpg":   noise(3000, 6),
	}
	if dir := corpus(t); dir != "" {
		for _, name := range []string{"mutated_goexif_51GB.jpg", "mutated_mp4_oom.mp4"} {
			b, err := os.ReadFile(filepath.Join(dir, "malformed", name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = b
		}
	}
	for name, body := range files {
		a := r.post(int64(len(body)), body, "filename", name)
		if a.status != http.StatusCreated {
			t.Errorf("%s: answered %d: %s", name, a.status, a.body)
			continue
		}
		o := r.outcome(a.id())
		if o.State != "checked-in" || o.SHA256 != hashOf(body) || o.Code != "needs-review" || !isAdvice(o.Detail) {
			t.Errorf("%s: %+v", name, o)
		}
		c := r.clip(t, o.Clip)
		if c.State != footage.Review || len(c.Doubts) == 0 || c.Bytes != int64(len(body)) || !slices.Contains(c.Doubts, o.Detail) {
			t.Errorf("%s: state %s, doubts %q, %d bytes", name, c.State, c.Doubts, c.Bytes)
		}
		if len(body) == 0 && !strings.Contains(o.Detail, "0바이트") {
			t.Errorf("an empty file is told as %q", o.Detail)
		}
	}
	if status, out, errs := r.run("verify", "--deep"); status != exitDone {
		t.Errorf("verify: %d\n%s%s", status, out, errs)
	}
	r.send(footageOf(1000, 7), "filename", "다음.mp4")
}

// TestOthersUploads: an upload is there for its sender only; a token that was
// taken back opens nothing.
func TestOthersUploads(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	body := footageOf(10_000, 8)
	id := r.begin(int64(len(body)), "filename", "내 것.mp4")
	r.patch(id, 0, body[:5000])

	other := r.server.wire(r.token(t, "agent-2", "agent", "park"))
	other.patch(id, 5000, body[5000:]).refused(t, 404, "upload-not-found")
	other.ask(http.MethodDelete, "/api/v1/uploads/"+id, nil).refused(t, 404, "upload-not-found")
	other.ask(http.MethodGet, "/api/v1/uploads/"+id, nil).refused(t, 404, "upload-not-found")
	if a := other.ask(http.MethodHead, "/api/v1/uploads/"+id, nil); a.status != http.StatusNotFound {
		t.Errorf("HEAD answered %d", a.status)
	}

	revoked := r.server.wire(r.token(t, "agent-3", "agent", "minwon"))
	mine := revoked.begin(int64(len(body)), "filename", "거둔 뒤.mp4")
	r.mustRun(t, "token", "revoke", "agent-3")
	time.Sleep(2200 * time.Millisecond) // a server believes for two seconds what it has read
	revoked.patch(mine, 0, body).refused(t, 401, "token-refused")
	revoked.ask(http.MethodDelete, "/api/v1/uploads/"+mine, nil).refused(t, 401, "token-refused")
	revoked.ask(http.MethodGet, "/api/v1/uploads/"+mine, nil).refused(t, 401, "token-refused")

	r.finish(id, body)
}

// TestCancel: a sender may take back what is on its way, not what is in.
func TestCancel(t *testing.T) {
	t.Parallel()
	r := refusingServer(t)
	body := footageOf(10_000, 9)
	before := r.kept(t)
	id := r.begin(int64(len(body)), "filename", "취소.mp4")
	r.patch(id, 0, body[:5000])
	if a := r.ask(http.MethodDelete, "/api/v1/uploads/"+id, nil); a.status != http.StatusNoContent {
		t.Fatalf("DELETE answered %d: %s", a.status, a.body)
	}
	if diff := cmp.Diff(before, r.kept(t)); diff != "" {
		t.Errorf("bytes are left:\n%s", diff)
	}
	if n := r.count(t, "SELECT count(*) FROM clip_keys"); n != 0 {
		t.Errorf("%d keys are left", n)
	}
	r.patch(id, 5000, body[5000:]).refused(t, 410, "cancelled")

	in := r.send(body, "filename", "등록.mp4")
	r.ask(http.MethodDelete, "/api/v1/uploads/"+in, nil).refused(t, 409, "already-checked-in")
	if c := r.clip(t, in); c.State == footage.Destroyed {
		t.Error("a registered clip was destroyed by its sender")
	}
	if status, out, errs := r.run("verify", "--deep"); status != exitDone {
		t.Errorf("verify: %d\n%s%s", status, out, errs)
	}
}

// TestSameFileAtOnce: the same file sent by many at the same time is one clip.
func TestSameFileAtOnce(t *testing.T) {
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			p.found(t)
			servers := []*running{p.serve(t)}
			if w.shared {
				servers = append(servers, p.sibling(t).serve(t))
			}
			body := footageOf(500_000, 10)
			clips := make([]string, 8)
			var wg sync.WaitGroup
			for i := range clips {
				token := p.token(t, fmt.Sprintf("sender-%d", i), "agent", "minwon")
				wg.Go(func() { clips[i] = servers[i%len(servers)].wire(token).send(body, "filename", "같은 파일.mp4") })
			}
			wg.Wait()
			if slices.Sort(clips); len(slices.Compact(clips)) != 1 {
				t.Errorf("one file became %q", clips)
			}
			if all := p.clips(t); len(all) != 1 {
				t.Errorf("%d clips are registered", len(all))
			}
			if kept := p.kept(t); len(kept) != 1 {
				t.Errorf("the vault keeps %q", kept)
			}
			p.mustRun(t, "verify", "--deep")
		})
	}
}
