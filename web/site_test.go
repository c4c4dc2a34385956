package web_test

import (
	"bytes"
	"cmp"
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review"
	"jikim/footage/review/reviewtest"
	"jikim/web"
	"jikim/web/access"
	"jikim/web/access/accesstest"
)

const password = "correct-horse-battery-9"

// people of the test's institution, one of each role.
var people = []access.Account{
	{Name: "dock", Display: "홍도크", Role: access.Dock, Department: "minwon"},
	{Name: "uploader", Display: "홍업로", Role: access.Uploader, Department: "hongbo"},
	{Name: "reviewer", Display: "홍검토", Role: access.Reviewer, Department: "minwon"},
	{Name: "responsible", Display: "홍책임", Role: access.Responsible, Department: "minwon"},
	{Name: "auditor", Display: "홍감사", Role: access.Auditor},
	{Name: "admin", Display: "홍관리", Role: access.Admin},
}

var registry = devices.Registry{
	Institution: devices.Institution{ID: "hanbit", Name: "한빛시"},
	Departments: []devices.Department{
		{ID: "minwon", Name: "민원과", DefaultPurpose: "minwon-protect"},
		{ID: "hongbo", Name: "홍보담당관"},
	},
	Officers: []devices.Officer{{Department: "minwon", Tier: devices.TierResponsible, Name: "홍책임", Position: "과장", From: "2026-01-01"}},
	Purposes: []devices.Purpose{
		{
			ID: "minwon-protect", Name: "민원 담당자 보호", Department: "minwon", Version: 1, Basis: []devices.LegalBasis{devices.BasisPublicTask},
			Notice: []devices.Notice{devices.NoticeOral}, Retention: devices.Retention{Days: 30},
		},
		{ID: "minwon-long", Name: "분쟁 대응", Department: "minwon", Version: 1, Retention: devices.Retention{Days: 60, Reason: "분쟁"}},
		{ID: "pr", Name: "시정 홍보", Department: "hongbo", Version: 1, Retention: devices.Retention{Permanent: true, Reason: "기록물"}},
	},
	Devices: []devices.Device{
		{ID: "cam-1", Class: devices.Worn, Serial: "BC-1", Label: "민원-1", Department: "minwon", Status: devices.InUse},
		{ID: "cam-2", Class: devices.Worn, Serial: "BC-2", Label: "민원-2", Department: "minwon", Status: devices.InRepair},
		{ID: "drone", Class: devices.Mounted, Serial: "DR-1", Model: "FC6310", Department: "hongbo", Status: devices.InUse},
	},
}

// records adds to those of access what else the pages read.
type records struct {
	*accesstest.Records
	panics  bool
	altered string // words of entries that somebody has changed since they were signed
}

func (r *records) Registry(ctx context.Context) (devices.Registry, error) {
	if r.panics {
		r.panics = false
		panic("a page broke")
	}
	return r.Records.Registry(ctx)
}

func (r *records) ListClips(ctx context.Context, f footage.Filter) (footage.Page, error) {
	if n, err := strconv.Atoi(cmp.Or(f.Cursor, "0")); err != nil || n < 0 {
		return footage.Page{}, refuse.Field("cursor", "bad-cursor", "목록을 처음부터 다시 열어 주세요.")
	}
	return r.Records.ListClips(ctx, f)
}

func (r *records) CountClips(ctx context.Context, f footage.Filter, limit int) (int, error) {
	f.Cursor, f.Limit = "", limit
	page, err := r.ListClips(ctx, f)
	return len(page.Clips), err
}

func (r *records) Destructions(_ context.Context, department string, onlyUnconfirmed bool, limit int) ([]footage.Destruction, error) {
	var found []footage.Destruction
	for _, d := range reviewtest.All[*footage.Destruction](r.Book) {
		if (department == "" || d.Department == department) && !(onlyUnconfirmed && d.ConfirmedBy != "") {
			found = append(found, *d)
		}
	}
	return found[:min(len(found), limit)], r.Fault
}

func (r *records) RowsOf(ctx context.Context, q ledger.Query) ([]ledger.Row, error) {
	all, err := r.Rows(ctx, 0, 100_000)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(row ledger.Row) bool {
		at, err := ledger.Decode(row.Body)
		return err != nil || q.Act != "" && row.Act != q.Act || q.Subject != "" && row.Subject != q.Subject ||
			q.Account != "" && row.Account != q.Account || q.Before > 0 && row.Index >= q.Before ||
			!q.Since.IsZero() && at.At.Before(q.Since) || !q.Until.IsZero() && !at.At.Before(q.Until)
	})
	slices.Reverse(all)
	return r.alter(all[:min(len(all), q.Limit)]), r.Fault
}

// site is the pages of an institution with its people and a few clips.
type site struct {
	*httptest.Server
	records *records
	gate    *access.Gate
	clock   *reviewtest.Clock
	log     *bytes.Buffer
	echo    *echo.Echo
	parts   bool               // serve the living page of parts
	copies  map[string]float64 // copies in the making, by clip
}

var morning = time.Date(2026, 10, 3, 9, 0, 0, 0, instant.KST)

func newSite(t *testing.T) *site { return newSiteWith(t, func(*access.Settings) {}) }

// newSiteWith is newSite with a gate set otherwise.
func newSiteWith(t *testing.T, set func(*access.Settings)) *site {
	t.Helper()
	clock := reviewtest.NewClock(morning)
	r := &records{Records: accesstest.New(t, clock)}
	r.SetRegistry(registry)
	settings := accesstest.Fast
	settings.AddressBurst, settings.NameBurst, settings.Keys = 1000, 1000, accesstest.Keys(t)
	set(&settings)
	gate, err := access.NewGate(r, r, settings, clock.Now, reviewtest.NewRandom(2))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range people {
		if err := gate.AddAccount(t.Context(), accesstest.System, a, password); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{records: r, gate: gate, clock: clock, log: &bytes.Buffer{}, echo: echo.New(), copies: map[string]float64{}}
	s.echo.IPExtractor = echo.ExtractIPDirect()
	err = web.Mount(s.echo, web.Deps{
		Records: r, Gate: gate, SignInsKept: 730 * 24 * time.Hour,
		Desk:     review.New(r, r, nil, nil, review.Settings{}, clock.Now, reviewtest.NewRandom(3)),
		Sessions: access.NewSessions(r, access.SessionSettings{}, clock.Now),
		Confirm: func(ctx context.Context, by ledger.Actor, clips []string, at instant.Time) error {
			return retention.Confirm(ctx, r, by, clips, at)
		},
		Health: func(context.Context) []web.HealthLine {
			return []web.HealthLine{{Name: "보관소", Good: true, State: "정상"}, {Name: "데이터베이스", State: "닿지 않음", Note: "확인해 주세요."}}
		},
		Parts:    func() bool { return s.parts },
		Verifier: r.Verifier(),
		Progress: func(clip string) (float64, bool) { share, running := s.copies[clip]; return share, running },
		Dock:     dockOf(r),
		Now:      clock.Now, Random: reviewtest.NewRandom(4), Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.putClips()
	s.Server = httptest.NewServer(s.echo)
	t.Cleanup(s.Close)
	return s
}

func (s *site) now() instant.Time { return instant.Of(s.clock.Now()) }

const (
	minwonClip = "01999999-0000-7000-8000-000000000001" // due in nine days
	overdue    = "01999999-0000-7000-8000-000000000002" // overdue and in review
	prClip     = "01999999-0000-7000-8000-000000000003" // permanent, another department
	gone       = "01999999-0000-7000-8000-000000000004" // destroyed, not confirmed
)

const report = `{"container":"mp4","video_codec":"h264","audio_codec":"aac","make":"Maker","model":"M1",
"time":{"confidence":"C","source":"mp4:mvhd","zone":"profile","meaning":"start","why":"기기 시계를 한국 시각으로 읽었습니다.",
"candidates":[{"value":"2026-09-12T14:05:00+09:00","source":"mp4:mvhd","zone":"profile","meaning":"start"},
{"value":"2026-09-12T14:05:30","source":"name","zone":"assumed","meaning":"unknown"}]},"problems":["색인이 없습니다."]}`

func (s *site) putClips() {
	captured := instant.Of(time.Date(2026, 9, 12, 14, 5, 0, 0, instant.KST))
	due := func(d instant.Date) instant.Time { return instant.Of(d.AddDays(1).Start()) }
	base := footage.Clip{
		State: footage.Registered, Department: "minwon", Purpose: "minwon-protect", Device: "cam-1", Bytes: 3 << 20,
		SHA256: strings.Repeat("ab", 32), Kind: "video", MIME: "video/mp4", DurationS: 65, Width: 1920, Height: 1080,
		Metadata: report, CapturedAt: captured, TimeConfidence: "C", CheckedInAt: captured.Add(time.Hour), CheckedInBy: "dock",
		SortAt: captured, Rule: "minwon-protect@1", FiledOn: "2026-09-12", ExpiresOn: "2026-10-12", DueAt: due("2026-10-12"),
		Reasons: []string{"보관 규칙 minwon-protect@1(민원 담당자 보호): 촬영일부터 30일."},
	}
	clip := func(id, name string, change func(*footage.Clip)) {
		c := base
		c.ID, c.FileName, c.SourcePath = id, name, []byte("DCIM/"+name)
		change(&c)
		s.records.Put(&c)
	}
	clip(minwonClip, "민원_0001.MP4", func(*footage.Clip) {})
	clip(overdue, "REC_0002.MP4", func(c *footage.Clip) {
		c.State, c.Doubts = footage.Review, []string{"촬영 시각을 알 수 없습니다."}
		c.CapturedAt, c.TimeConfidence, c.Metadata = instant.Time{}, "X", "{not json"
		c.ExpiresOn, c.DueAt = "2026-10-01", due("2026-10-01")
	})
	clip(prClip, "DJI_0003.JPG", func(c *footage.Clip) {
		c.Department, c.Purpose, c.Device = "hongbo", "pr", "drone"
		c.Kind, c.MIME, c.DurationS = "photo", "image/jpeg", 0
		c.ExpiresOn, c.DueAt = "", instant.Time{}
	})
	clip(gone, "REC_0004.MP4", func(c *footage.Clip) {
		c.State, c.DueAt = footage.Destroyed, instant.Time{}
	})
	s.records.Put(&footage.Destruction{
		Clip: gone, FileName: "REC_0004.MP4", Department: "minwon", SHA256: base.SHA256, Reason: "보관기간 만료",
		BegunAt: captured, DestroyedAt: instant.Of(morning.Add(-time.Hour)), By: "system", Cycle: "자동 파기 2026-10-03", Officer: "홍책임",
	})
}

// browser is somebody's browser; redirects are not followed.
type browser struct {
	t      *testing.T
	site   *site
	client *http.Client
}

func (s *site) browser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: s, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// as is a browser in which name is signed in; nobody when name is "".
func (s *site) as(t *testing.T, name string) *browser {
	t.Helper()
	b := s.browser(t)
	if name != "" {
		b.post("/sign-in", "name", name, "password", password).status(http.StatusSeeOther)
	}
	return b
}

// answer is what came back.
type answer struct {
	t    *testing.T
	what string
	*http.Response
	body string
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{b.t, req.Method + " " + req.URL.RequestURI(), res, string(body)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.site.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// post sends a form of names and values.
func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return b.postRaw(path, v.Encode())
}

func (b *browser) postRaw(path, body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.site.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// follow opens where a redirect leads.
func (b *browser) follow(a answer) answer {
	b.t.Helper()
	a.status(http.StatusSeeOther)
	path, _, _ := strings.Cut(a.Header.Get("Location"), "#")
	return b.get(path)
}

func (a answer) status(want int) answer {
	a.t.Helper()
	if a.StatusCode != want {
		a.t.Fatalf("%s: %s, want %d\n%s", a.what, a.Status, want, a.text())
	}
	return a
}

func (a answer) leadsTo(want string) {
	a.t.Helper()
	if got := a.status(http.StatusSeeOther).Header.Get("Location"); got != want {
		a.t.Errorf("%s leads to %q, want %q", a.what, got, want)
	}
}

// text is the page's main part as read out: no tags, blanks run together.
func (a answer) text() string {
	main := a.body
	if _, after, ok := strings.Cut(main, "<main"); ok {
		main = "<main" + after
	}
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(main, " "))), " ")
}

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

func (a answer) says(sentences ...string) answer {
	a.t.Helper()
	for _, s := range sentences {
		if !strings.Contains(a.text(), s) {
			a.t.Errorf("%s does not say %q:\n%s", a.what, s, a.text())
		}
	}
	return a
}

func (a answer) saysNot(sentences ...string) answer {
	a.t.Helper()
	for _, s := range sentences {
		if strings.Contains(a.text(), s) {
			a.t.Errorf("%s says %q:\n%s", a.what, s, a.text())
		}
	}
	return a
}

// holds reports whether the markup itself has a piece.
func (a answer) holds(pieces ...string) answer {
	a.t.Helper()
	for _, p := range pieces {
		if !strings.Contains(a.body, p) {
			a.t.Errorf("%s has no %s:\n%s", a.what, p, a.body)
		}
	}
	return a
}
