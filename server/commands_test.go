package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jikim/server/db/dbtest"
)

// TestHelp: every command tells how it is used, and ends well.
func TestHelp(t *testing.T) {
	for _, command := range []string{
		"", "serve", "migrate", "institution", "institution import", "institution export",
		"account", "account add", "token", "token create", "token revoke", "inspect", "checkin", "sweep", "verify",
		"keys", "keys init", "keys show", "keys rotate", "keys export", "backup", "restore", "version",
	} {
		status, out, errs := jikim(append(strings.Fields(command), "--help")...)
		if status != exitDone || !strings.Contains(out, "Usage: jikim "+command) || errs != "" {
			t.Errorf("%q --help: status %d\n%s%s", command, status, out, errs)
		}
		touches := !slices.Contains([]string{"", "institution", "account", "token", "keys", "inspect", "checkin", "version"}, command)
		if touches && (!strings.Contains(out, "--data=") || !strings.Contains(out, "--config=")) {
			t.Errorf("%q takes no --data and --config:\n%s", command, out)
		}
	}
}

// TestMisuse: wrong arguments end with 2 and one sentence, and touch nothing.
func TestMisuse(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, words := range [][]string{
		{},
		{"nonsense"},
		{"serve", "now"},
		{"serve", "--config", filepath.Join(data, "none.yaml")},
		{"migrate", "sideways"},
		{"institution"},
		{"institution", "import"},
		{"institution", "import", filepath.Join(data, "none.yaml")},
		{"account", "add", "hong"},
		{"token", "create"},
		{"inspect"},
		{"checkin"},
		{"checkin", "--server", "http://127.0.0.1:1", "."},
		{"checkin", "--server", "http://127.0.0.1:1", "--token-file", "main.go", "--device-clock", "noon", "."},
		{"sweep", "--at", "yesterday"},
		{"sweep", "--at", "yesterday", "-n"},
		{"verify", "--deeply"},
		{"verify", "--against", "none"},
		{"keys"},
		{"keys", "export"},
		{"backup"},
		{"restore"},
	} {
		if touches := len(words) > 0 && !slices.Contains([]string{"nonsense", "inspect", "checkin"}, words[0]); touches {
			words = append(words, "--data", data)
		}
		status, out, errs := jikim(words...)
		if status != exitUsage || out != "" || strings.Count(errs, "\n") != 1 || !isAdvice(errs) && !strings.Contains(errs, "--help") {
			t.Errorf("%q: status %d\n%s%s", words, status, out, errs)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a data directory was made")
	}
}

// inspectFields is every field that a line of `inspect --json` may have.
var inspectFields = map[string][]string{
	"": {
		"file", "sha256", "bytes", "kind", "container", "mime", "duration_s", "width", "height", "rotation", "video_codec", "audio_codec",
		"make", "model", "serial", "captured_at", "captured_at_utc", "time", "location", "track", "problems", "companions",
	},
	"companions": {
		"file", "part", "kind", "make", "model", "serial", "captured_at", "captured_at_utc", "confidence", "source", "why",
		"location", "track", "problems",
	},
	"time":            {"confidence", "source", "zone", "meaning", "why", "contradictions", "candidates"},
	"time.candidates": {"value", "source", "zone", "meaning"},
	"location":        {"lat", "lon", "alt_m", "source"},
	"track":           {"points", "source", "first", "start_utc"},
	"track.first":     {"lat", "lon"},

	"companions.location":    {"lat", "lon", "alt_m", "source"},
	"companions.track":       {"points", "source", "first", "start_utc"},
	"companions.track.first": {"lat", "lon"},
}

// TestInspect: one line per file, with the fields scripts rely on and no
// others; 3 when anything is wrong with one of them.
func TestInspect(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := write("끊긴 녹화.mp4", append(box("ftyp", []byte("isom\x00\x00\x02\x00isommp42")), box("mdat", noise(5000, 70))...))
	srt := write("DJI_0001.SRT", []byte("1\n00:00:00,000 --> 00:00:01,000\n<font size=\"36\">2026-10-03 14:05:00.000\n[latitude: 37.5] [longitude: 126.7] [rel_alt: 1.5 abs_alt: 60.1] </font>\n\n"))
	text := write("메모.txt", []byte("영상이 아닌 글\n"))

	status, out, errs := jikim("inspect", "--json", open, srt, text)
	lines := jsonLines(out)
	if status != exitFound || errs != "" || len(lines) != 3 {
		t.Fatalf("status %d\n%s%s", status, out, errs)
	}
	var reports []map[string]any
	for i, path := range []string{open, srt, text} {
		var r map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &r); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if r["file"] != path || r["sha256"] != hashOf(b) || r["bytes"] != float64(len(b)) {
			t.Errorf("%s: %s", path, lines[i])
		}
		onlyKnown(t, "", r)
		reports = append(reports, r)
	}
	if r := reports[0]; r["kind"] != "video" || r["container"] != "mp4" || r["problems"] == nil || r["captured_at"] != nil || r["width"] != nil {
		t.Errorf("a recording that was not closed: %v", r)
	}
	if r := reports[1]; r["kind"] != "telemetry" || r["container"] != "srt" || r["track"] == nil || r["captured_at"] != "2026-10-03T14:05:00+09:00" || r["captured_at_utc"] != "2026-10-03T05:05:00Z" {
		t.Errorf("a side-car: %v", r)
	}
	if r := reports[2]; r["kind"] != "other" || r["container"] != "other" {
		t.Errorf("a text: %v", r)
	}

	if status, out, _ := jikim("inspect", "--json", srt); status != exitDone || len(jsonLines(out)) != 1 {
		t.Errorf("a file without problems: status %d\n%s", status, out)
	}
	if status, out, errs := jikim("inspect", srt, open); status != exitFound || !strings.Contains(out, "DJI_0001.SRT") || json.Valid([]byte(out)) {
		t.Errorf("for people: status %d\n%s%s", status, out, errs)
	}
	// A file that is not there does not keep the others from being read.
	if status, out, errs := jikim("inspect", "--json", filepath.Join(dir, "없음.mp4"), srt); status != exitFailed || len(jsonLines(out)) != 1 || !strings.Contains(errs, "없음.mp4") {
		t.Errorf("a missing file: status %d\n%s%s", status, out, errs)
	}
}

// onlyKnown finds fields nobody was told of.
func onlyKnown(t *testing.T, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			onlyKnown(t, at, item)
		}
	case map[string]any:
		for key, inner := range v {
			if !slices.Contains(inspectFields[at], key) {
				t.Errorf("a field %q of %q that the interface does not name", key, at)
			}
			onlyKnown(t, strings.TrimPrefix(at+"."+key, "."), inner)
		}
	}
}

// TestInspectCorpus: every file of the corpus gives its line, in the fields
// scripts rely on.
func TestInspectCorpus(t *testing.T) {
	t.Parallel()
	var files []string
	for _, kind := range []string{"photos", "video", "telemetry", "malformed"} {
		err := filepath.WalkDir(filepath.Join(corpus(t), kind), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	status, out, errs := jikim(append([]string{"inspect", "--json"}, files...)...)
	lines := jsonLines(out)
	if status != exitFound || errs != "" || len(lines) != len(files) {
		t.Fatalf("status %d, %d lines of %d files\n%s", status, len(lines), len(files), errs)
	}
	for i, line := range lines {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil || r["file"] != files[i] {
			t.Errorf("%s: %v: %s", files[i], err, line)
		}
		onlyKnown(t, "", r)
	}
}

// TestKeys makes, shows, rotates and exports keys; what came in before can be
// read after, and verify is content.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			if w.shared { // keys are made by hand there, once
				if status, _, errs := p.run("keys", "init"); status != exitFailed || !isAdvice(errs) {
					t.Errorf("keys were made again: %d %s", status, errs)
				}
			}
			p.found(t)
			agent, viewer := p.token(t, "dock", "agent", "minwon"), p.token(t, "viewer", "reviewer", "minwon")
			body := footageOf(300_000, 80)
			r := p.serve(t)
			clip := r.wire(agent).send(body, "filename", "예전.mp4")
			half := r.wire(agent).begin(int64(len(body)), "filename", "반쯤.mp4")
			r.wire(agent).patch(half, 0, body[:100_000])
			r.stop()

			shown := p.mustRun(t, "keys", "show")
			checkpoint := filepath.Join(t.TempDir(), "checkpoint")
			p.keepHead(t, checkpoint)
			for _, words := range [][]string{{"keys", "rotate"}, {"keys", "rotate", "--ledger"}, {"keys", "rotate"}, {"keys", "rotate", "--ledger"}} {
				p.mustRun(t, words...)
			}
			if now := p.mustRun(t, "keys", "show"); now == shown || len(keyIDs(now)) != len(keyIDs(shown))+2 || !strings.Contains(now, verifierName.FindString(shown)) {
				t.Errorf("keys show tells\n%s\nafter\n%s", now, shown)
			}
			p.mustRun(t, "verify", "--deep", "--against", checkpoint)

			r = p.serve(t)
			if got := r.read(viewer, clip); !cmp.Equal(got, body) {
				t.Errorf("an old clip reads as %d bytes", len(got))
			}
			r.wire(agent).finish(half, body)
			r.wire(agent).send(footageOf(10_000, 81), "filename", "새것.mp4")
			r.stop()
			p.mustRun(t, "verify", "--deep", "--against", checkpoint)

			copied := filepath.Join(t.TempDir(), "사본.key")
			p.mustRun(t, "keys", "export", copied)
			if status, _, errs := p.run("keys", "export", copied); status != exitFailed || !strings.Contains(errs, "만들지 못했습니다") {
				t.Errorf("a copy was written over: %d %s", status, errs)
			}
			p.restoreKey(t, copied)
			p.mustRun(t, "verify", "--deep")
			for _, act := range []string{"key.rotated", "key.exported"} {
				if n := p.count(t, "SELECT count(*) FROM ledger_entries WHERE act = '"+act+"'"); n == 0 {
					t.Errorf("the ledger tells nothing of %s", act)
				}
			}
		})
	}
}

// keepHead keeps the ledger's latest checkpoint in a file, as an auditor does.
func (p place) keepHead(t *testing.T, path string) {
	t.Helper()
	db := dbtest.Raw(t, p.where())
	defer db.Close()
	var checkpoint []byte
	if err := db.QueryRow("SELECT checkpoint FROM ledger_heads").Scan(&checkpoint); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, checkpoint, 0o600); err != nil {
		t.Fatal(err)
	}
}

// restoreKey puts an exported copy in the place of the institution's key.
func (p place) restoreKey(t *testing.T, copied string) {
	t.Helper()
	b, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(copied)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v", info.Mode())
	}
	if err := os.WriteFile(filepath.Join(p.data, "keys", "institution.key"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// read gives the whole of a clip through a view.
func (r *running) read(viewer, clip string) []byte {
	r.t.Helper()
	status, _, b := r.ask("GET", r.view(viewer, clip), viewer, nil)
	if status != 200 {
		r.t.Errorf("reading %s was answered %d: %s", clip, status, b)
	}
	return b
}

func keyIDs(shown string) []string {
	_, ids, _ := strings.Cut(strings.SplitN(shown, "\n", 2)[0], ": ")
	return strings.Split(ids, ", ")
}

// verifierName is the ledger's name in its public key; it outlives every key.
var verifierName = regexp.MustCompile(`jikim[^+\s]*`)

// TestMigrate takes the schema down and up again.
func TestMigrate(t *testing.T) {
	t.Parallel()
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			before := p.mustRun(t, "migrate", "status")
			up := p.mustRun(t, "migrate", "up")
			if strings.Contains(up, "아직") || !strings.Contains(up, "적용됨") {
				t.Errorf("after up:\n%s", up)
			}
			steps := strings.Count(up, "적용됨")
			for i := range steps {
				if down := p.mustRun(t, "migrate", "down"); strings.Count(down, "아직") != i+1 {
					t.Errorf("after %d steps down:\n%s", i+1, down)
				}
			}
			if !w.shared && !strings.Contains(before, "아직") {
				t.Errorf("an empty directory has a schema:\n%s", before)
			}
			if again := p.mustRun(t, "migrate"); again != up {
				t.Errorf("up again:\n%s", again)
			}
			p.found(t)
			p.mustRun(t, "verify", "--deep")
		})
	}
}

// TestInstitutionRoundTrip: what was exported says nothing new when imported.
func TestInstitutionRoundTrip(t *testing.T) {
	t.Parallel()
	for _, w := range []world{oneMachine(), manyServers()} {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			p.found(t)
			first := p.mustRun(t, "institution", "export")
			file := filepath.Join(t.TempDir(), "기관.yaml")
			if err := os.WriteFile(file, []byte(first), 0o600); err != nil {
				t.Fatal(err)
			}
			said := p.mustRun(t, "institution", "import", file)
			if said != "바뀐 것이 없습니다.\n" {
				t.Errorf("importing what was exported said %q", said)
			}
			if second := p.mustRun(t, "institution", "export"); second != first {
				t.Errorf("exported again:\n%s", cmp.Diff(first, second))
			}
			if again := p.mustRun(t, "institution", "import", "../deploy/examples/hanbit.yaml"); again != "바뀐 것이 없습니다.\n" {
				t.Errorf("importing the same again said %q", again)
			}

			if err := os.WriteFile(file, []byte(strings.Replace(first, "days: 30", "days: 3", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			status, out, errs := p.run("institution", "import", file)
			if status != exitFailed || out != "" || !isAdvice(errs) {
				t.Errorf("a period too short was answered %d %q %q", status, out, errs)
			}
			if now := p.mustRun(t, "institution", "export"); now != first {
				t.Error("a file with a mistake changed something")
			}
		})
	}
}

// TestConfiguration: what is wrong in it is told in a sentence, before anything
// is opened.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(secret, []byte("postgres://nowhere"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ yaml, says string }{
		{"address: 127.0.0.1:0", "address"},
		{"vault: {directory: x}", "directory"},
		{"limits: {minimum_stay: soon}", "설정 파일"},
		{"sweep: {hour: 24}", "sweep.hour"},
		{"tls_cert: cert.pem", "tls_key"},
		{"vault: {s3: {bucket: b}}", "vault.s3.endpoint"},
		{"limits: {minimum_stay: -1h}", "너무 짧은"},
		{"database: {postgres_dsn_file: " + secret + "}", "chmod 600"},
		{"database: {postgres_dsn_file: nowhere}", "비밀 파일"},
		{"{{", "설정 파일"},
	} {
		p := place{data: t.TempDir()}
		p.configure(t, c.yaml)
		for _, command := range []string{"serve", "migrate"} {
			status, out, errs := p.run(command)
			if status != exitFailed || out != "" || !strings.Contains(errs, c.says) || !regexp.MustCompile(`[가-힣]`).MatchString(errs) {
				t.Errorf("%s with %q: status %d\n%s%s", command, c.yaml, status, out, errs)
			}
		}
		if _, err := os.Stat(filepath.Join(p.data, "jikim.db")); err == nil {
			t.Errorf("with %q a database was made", c.yaml)
		}
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(token, 0o644); err != nil {
		t.Fatal(err)
	}
	status, _, errs := jikim("checkin", "--server", "http://127.0.0.1:1", "--token-file", token, token)
	if status != exitFailed || !strings.Contains(errs, "chmod 600") {
		t.Errorf("a token others can read: status %d %s", status, errs)
	}
}

// TestClockForward: the clock of a sweep can be set forward only to look, or in
// a rehearsal.
func TestClockForward(t *testing.T) {
	t.Parallel()
	p := place{data: t.TempDir()}
	p.found(t)
	at := time.Now().AddDate(1, 0, 0).Format(time.RFC3339)
	if status, _, errs := p.run("sweep", "--at", at); status != exitFailed || !isAdvice(errs) {
		t.Errorf("a sweep next year: status %d %s", status, errs)
	}
	p.mustRun(t, "sweep", "-n", "--at", at)
	p.mustRun(t, "sweep")
	p.rehearse(t)
	p.mustRun(t, "sweep", "--at", at)
}

// A rehearsal's clock can be set and a demonstration's password is public:
// neither is opened to others, with or without --demo.
func TestARehearsalIsOpenedHereOnly(t *testing.T) {
	p := oneMachine().make(t)
	for _, words := range [][]string{{"serve", "--addr", "0.0.0.0:0"}, {"serve", "--demo", "--addr", "0.0.0.0:0"}} {
		if status, _, errs := p.run(words...); status != exitFailed || !strings.Contains(errs, "이 컴퓨터에서만") {
			t.Errorf("jikim %v: status %d, %s", words, status, errs)
		}
	}
}
