package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/vault"
)

// corpus finds the folder of real footage beside the project. CI must have it;
// elsewhere its absence skips the test.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("JIKIM_FOOTAGE")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "footage")
	}
	dir, err := filepath.Abs(dir) // a command may name its files so
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.csv")); err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no footage corpus at %s: set JIKIM_FOOTAGE", dir)
	}
	t.Skip("no footage corpus beside the project; set JIKIM_FOOTAGE to run this test")
	return ""
}

// jikim runs a command that needs no place.
func jikim(words ...string) (status int, out, errs string) {
	var stdout, stderr bytes.Buffer
	status = runCommand(context.Background(), words, streams{strings.NewReader(""), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}

// checkin sends a folder through the command and gives its receipts by file.
func (r *running) checkin(token, dir string) map[string]checkinLine {
	r.t.Helper()
	own := r.t.TempDir()
	secret := filepath.Join(own, "token")
	if err := os.WriteFile(secret, []byte(token), 0o600); err != nil {
		r.t.Fatal(err)
	}
	status, out, errs := jikim("checkin", "--json", "--server", r.url, "--token-file", secret, "--state", filepath.Join(own, "state"), dir)
	if status != exitDone {
		r.t.Fatalf("checkin: status %d\n%s%s", status, out, errs)
	}
	lines := map[string]checkinLine{}
	for _, text := range jsonLines(out) {
		var line checkinLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			r.t.Fatal(err)
		}
		lines[line.File] = line
	}
	return lines
}

func jsonLines(out string) []string {
	return strings.FieldsFunc(out, func(c rune) bool { return c == '\n' })
}

// TestCorpus takes the whole corpus of real footage in through the command,
// twice, keeps some of it, and destroys the rest; where the stores are shared,
// two servers do it together.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			if !w.shared {
				p.configure(t, "media: {ffmpeg: no-such-program}") // two servers share that work below
			}
			p.found(t)
			c := &corpusLife{place: p, other: p, t: t, dir: dir}
			if w.shared {
				c.other = p.sibling(t)
				c.servers = append(c.servers, c.other.serve(t))
			}
			c.servers = append(c.servers, p.serve(t))
			c.takeIn()
			c.keepSome()
			c.showTracks()
			if w.shared {
				c.makeDerivatives()
			}
			c.preview()
			c.sweep()
		})
	}
}

// corpusLife is the corpus on its way through a place.
type corpusLife struct {
	place
	other   place // the same place as another server sees it
	t       *testing.T
	dir     string
	servers []*running

	due       []string // clips that must go
	held      []string
	permanent []string
}

// takeIn sends everything twice: every file is registered once.
func (c *corpusLife) takeIn() {
	agent := c.token(c.t, "dock", "agent", "minwon")
	first := c.servers[0].checkin(agent, c.dir)
	again := c.servers[len(c.servers)-1].checkin(agent, c.dir)

	names := map[string]map[string]bool{} // hash → names of files with these bytes
	clipOf := map[string]string{}         // name and hash → clip
	files := 0
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sha, rel := hashOf(body), mustRel(c.t, c.dir, path)
		line := first[rel]
		if line.State != "checked-in" || line.Clip == "" || line.SHA256 != sha || line.Bytes != int64(len(body)) || !strings.Contains(line.Receipt, sha) {
			c.t.Errorf("the receipt of %s says %+v", rel, line)
		}
		if again[rel].Clip != line.Clip {
			c.t.Errorf("%s is %s, and the second time %s", rel, line.Clip, again[rel].Clip)
		}
		if names[sha] == nil {
			names[sha] = map[string]bool{}
		}
		names[sha][d.Name()] = true
		if known, ok := clipOf[d.Name()+sha]; ok && known != line.Clip {
			c.t.Errorf("%s was registered twice", rel)
		}
		clipOf[d.Name()+sha] = line.Clip
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	if len(first) != files || len(again) != files {
		c.t.Errorf("%d files gave %d and %d receipts", files, len(first), len(again))
	}
	ids := slices.Sorted(maps.Values(clipOf))
	if len(slices.Compact(slices.Clone(ids))) != len(ids) {
		c.t.Error("two different files are one clip")
	}
	if several := slices.DeleteFunc(slices.Collect(maps.Values(names)), func(n map[string]bool) bool { return len(n) < 2 }); len(several) == 0 {
		c.t.Error("the corpus has no two files of the same bytes any more")
	}
	if all := c.clips(c.t); len(all) != len(ids) {
		c.t.Errorf("%d clips are registered, want %d", len(all), len(ids))
	}
	c.due = ids
	c.mustRun(c.t, "verify", "--deep")
}

func mustRel(t testing.TB, base, path string) string {
	t.Helper()
	rel, err := filepath.Rel(base, path)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// keepSome holds a few clips, and takes a part of the corpus in for a
// department that keeps for ever.
func (c *corpusLife) keepSome() {
	officer := c.token(c.t, "officer", "responsible", "minwon")
	for _, id := range c.due[:3] {
		status, _, b := c.servers[0].ask(http.MethodPost, "/api/v1/clips/"+id+"/holds", officer,
			strings.NewReader(`{"basis":"evidence","reason":"고소 준비"}`), "Content-Type", "application/json")
		if status != http.StatusCreated {
			c.t.Fatalf("a hold was answered %d: %s", status, b)
		}
	}
	c.held, c.due = c.due[:3], c.due[3:]
	for _, line := range c.servers[0].checkin(c.token(c.t, "pr", "agent", "pr"), filepath.Join(c.dir, "photos", "dji")) {
		c.permanent = append(c.permanent, line.Clip)
	}
}

// showTracks waits until every recording that holds a path has its track, which
// takes no ffmpeg, and looks at some of them as a map does.
func (c *corpusLife) showTracks() {
	c.await(c.t, 3*time.Minute, 0, `SELECT count(*) FROM clips WHERE kind <> 'photo' AND metadata LIKE '%"track":%'
		AND NOT EXISTS (SELECT 1 FROM derivatives d WHERE d.clip = clips.id AND d.kind = 'track')`)
	var clips []string
	c.peek(c.t, func(ctx context.Context, h *house) {
		for _, id := range c.due {
			made, err := h.db.DerivativesOf(ctx, id)
			if err != nil {
				c.t.Error(err)
			}
			for _, d := range made {
				if d.Kind == "track" && d.State == footage.Made {
					clips = append(clips, id)
				}
			}
		}
	})
	if len(clips) < 10 {
		c.t.Fatalf("%d recordings have a track", len(clips))
	}
	viewer, server := c.token(c.t, "viewer", "reviewer", "minwon"), c.servers[len(c.servers)-1]
	for _, id := range clips[:5] {
		address := strings.TrimSuffix(server.view(viewer, id), "content")
		status, _, b := server.ask(http.MethodGet, address+"track", viewer, nil)
		var feature struct {
			Geometry struct{ Coordinates []any }
		}
		if err := json.Unmarshal(b, &feature); err != nil || status != http.StatusOK || len(feature.Geometry.Coordinates) == 0 {
			c.t.Errorf("the track of %s: %d %v %.200s", id, status, err, b)
		}
		if status, _, b = server.ask(http.MethodGet, address+"track.jsonl", viewer, nil); status != http.StatusOK || !bytes.HasPrefix(b, []byte(`{"offset_s":`)) {
			c.t.Errorf("the whole track of %s: %d %.200s", id, status, b)
		}
	}
}

// makeDerivatives waits until the media work that the servers share is done:
// each derivative was made, or found impossible, exactly once.
func (c *corpusLife) makeDerivatives() {
	c.await(c.t, 3*time.Minute, 0, "SELECT count(*) FROM clips WHERE media_todo")
	times := map[string]int{}
	for _, row := range c.entries(c.t) {
		if row.Act != ledger.ActDerivativeMade && row.Act != ledger.ActDerivativeFailed {
			continue
		}
		e, err := ledger.Decode(row.Body)
		if err != nil {
			c.t.Fatal(err)
		}
		for name := range e.Records {
			if strings.HasPrefix(name, "derivative:") {
				times[name]++
			}
		}
	}
	for name, n := range times {
		if n != 1 {
			c.t.Errorf("%s was made %d times", name, n)
		}
	}
	for kind, least := range map[string]int{"poster": 20, "track": 10, "proxy": 3, "strip": 5} {
		if made := c.count(c.t, "SELECT count(*) FROM derivatives WHERE state = 'made' AND kind = '"+kind+"'"); made < least {
			c.t.Errorf("only %d of kind %s were made", made, kind)
		}
	}
	c.mustRun(c.t, "verify", "--deep")
}

// preview asks what would go in a year: everything but what is kept for ever;
// what is held is told with its hold.
func (c *corpusLife) preview() {
	out := c.mustRun(c.t, "sweep", "-n", "--json", "--at", time.Now().AddDate(1, 0, 0).Format(time.RFC3339))
	told := map[string][]string{}
	for _, text := range jsonLines(out) {
		var line sweepLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			c.t.Fatal(err)
		}
		told[line.Outcome] = append(told[line.Outcome], line.Clip)
		if line.ExpiresOn == "" || line.Rule == "" || len(line.Reasons) == 0 || line.Officer != "박○○" || line.FileName == "" {
			c.t.Errorf("a clip is listed without its reasons: %+v", line)
		}
		if line.Outcome == "kept" && !strings.Contains(line.Why, "고소 준비") {
			c.t.Errorf("a held clip is told as %q", line.Why)
		}
	}
	for _, ids := range told {
		slices.Sort(ids)
	}
	if diff := cmp.Diff(map[string][]string{"due": c.due, "kept": c.held}, told); diff != "" {
		c.t.Errorf("in a year:\n%s", diff)
	}
	if n := c.count(c.t, "SELECT count(*) FROM clips WHERE state = 'destroyed'"); n != 0 {
		c.t.Errorf("looking destroyed %d clips", n)
	}
}

// sweep starts the sweep on two sides at once: each clip is destroyed once.
func (c *corpusLife) sweep() {
	at := time.Now().AddDate(0, 0, 200).Format(time.RFC3339)
	var wg sync.WaitGroup
	for _, side := range []place{c.place, c.other} {
		wg.Go(func() {
			cmd := side.command("sweep", "--at", at)
			if err := cmd.cmd.Wait(); err != nil {
				c.t.Errorf("sweep: %v\n%s", err, cmd.logs)
			}
		})
	}
	wg.Wait()
	once := map[string]int{}
	for _, id := range c.due {
		once["clip:"+id] = 1
	}
	for _, act := range []ledger.Act{ledger.ActDestructionBegun, ledger.ActDestroyed} {
		if diff := cmp.Diff(once, c.actsBySubject(c.t, act)); diff != "" {
			c.t.Errorf("%s:\n%s", act, diff)
		}
	}
	var alive []string
	for _, clip := range c.clips(c.t) { // a list shows everything but what is destroyed
		alive = append(alive, clip.ID)
	}
	slices.Sort(alive)
	if diff := cmp.Diff(slices.Sorted(slices.Values(append(slices.Clone(c.held), c.permanent...))), alive); diff != "" {
		c.t.Errorf("what is left:\n%s", diff)
	}
	if n := c.count(c.t, "SELECT count(*) FROM clip_keys"); n != len(alive) {
		c.t.Errorf("%d keys are left of %d clips", n, len(alive))
	}
	if kept := c.kept(c.t); len(kept) != len(alive) {
		c.t.Errorf("%d originals are left of %d clips", len(kept), len(alive))
	}
	c.peek(c.t, func(ctx context.Context, h *house) {
		err := h.vault.List(ctx, func(item vault.Item) error {
			if id, _, derived := strings.Cut(item.Name, "."); derived && slices.Contains(c.due, id) {
				c.t.Errorf("%s outlived its clip", item.Name)
			}
			return nil
		})
		if err != nil {
			c.t.Error(err)
		}
	})
	if gone := c.clip(c.t, c.due[0]); gone.State != footage.Destroyed || gone.Metadata != "" {
		c.t.Errorf("%s is %s", gone.ID, gone.State)
	}
	c.mustRun(c.t, "verify", "--deep")
}

// TestOneUploadTwoServers sends the parts of one file to two servers in turn,
// and to the other while one is still receiving.
func TestOneUploadTwoServers(t *testing.T) {
	t.Parallel()
	p := manyServers().make(t)
	p.found(t)
	servers := []*running{p.serve(t), p.sibling(t).serve(t)}
	w := servers[0].wire(p.token(t, "agent-1", "agent", "minwon"))

	body := footageOf(12<<20, 30)
	id := w.begin(int64(len(body)), "filename", "번갈아.mp4", "sha256", hashOf(body))
	at := int64(0)
	for i, size := range []int64{1, 1 << 20, 5<<20 + 7, 100, 3 << 20} {
		on := w.at(servers[i%2])
		a := on.patch(id, at, body[at:at+size])
		if at += size; a.status != http.StatusNoContent || w.at(servers[(i+1)%2]).offset(id) != at {
			t.Fatalf("part %d answered %d: %s", i, a.status, a.body)
		}
	}

	// One server is in the middle of the rest when the other is asked to go on:
	// the first lets go, keeps what it had, and the second finishes.
	src := &gated{first: body[at : at+1<<20], rest: body[at+1<<20:], reached: make(chan struct{}), open: make(chan struct{})}
	first := make(chan answer, 1)
	go func() {
		a, err := w.tryPatch(id, at, src)
		if err != nil {
			a.status = http.StatusLocked // the answer went with the connection
		}
		first <- a
	}()
	<-src.reached
	other := w.at(servers[1])
	if now := other.offset(id); now < at || now > at+1<<20 {
		t.Errorf("the other server stands at %d", now)
	}
	other.finish(id, body)
	close(src.open)
	if a := <-first; a.status/100 == 2 {
		t.Errorf("the server that lost the upload answered %d", a.status)
	}
	if n := p.count(t, "SELECT count(*) FROM clips"); n != 1 {
		t.Errorf("%d clips", n)
	}

	// Both are sent the same part at the same moment: one of them takes it.
	body = footageOf(2<<20, 31)
	id = w.begin(int64(len(body)), "filename", "함께.mp4", "sha256", hashOf(body))
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			if _, err := w.at(servers[i%2]).tryPatch(id, 0, bytes.NewReader(body[:1<<20])); err != nil {
				t.Log(err) // interrupted by one of the others
			}
		})
	}
	wg.Wait()
	w.finish(id, body)
	p.mustRun(t, "verify", "--deep")
}
