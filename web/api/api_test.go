package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/review"
	"jikim/footage/review/reviewtest"
	"jikim/web/access"
	"jikim/web/access/accesstest"
	"jikim/web/api"
)

// noon is the moment at which every test begins: 2026-10-05 12:00 in Korea.
var noon = time.Date(2026, 10, 5, 3, 0, 0, 0, time.UTC)

// server is the interface on a real socket, with an institution of two
// departments and a clip in each.
type server struct {
	*httptest.Server
	records *accesstest.Records
	vault   *reviewtest.Vault
	gate    *access.Gate
	clock   *reviewtest.Clock
	log     *bytes.Buffer
	tokens  map[string]string
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{clock: reviewtest.NewClock(noon), log: &bytes.Buffer{}, tokens: map[string]string{}}
	s.records = accesstest.New(t, s.clock)
	s.records.SetRegistry(devices.Registry{
		Departments: []devices.Department{{ID: "minwon"}, {ID: "hongbo"}},
		Purposes:    []devices.Purpose{{ID: "complaint", Name: "민원 응대", Retention: devices.Retention{Days: 30}, Version: 1}},
		Devices:     []devices.Device{{ID: "bc-1", Serial: "SN-1", Department: "minwon"}},
	})
	s.vault = reviewtest.NewVault(t)
	s.keep(t, "c1", "minwon", content)
	s.keep(t, "c2", "hongbo", []byte("홍보 영상"))

	var err error
	s.gate, err = access.NewGate(s.records, s.records, accesstest.Fast, s.clock.Now, reviewtest.NewRandom(1))
	if err != nil {
		t.Fatal(err)
	}
	desk := review.New(s.records, s.records, s.vault, s.vault.Keys, review.Settings{Outline: outline}, s.clock.Now, reviewtest.NewRandom(2))
	sessions := access.NewSessions(s.records, access.SessionSettings{}, s.clock.Now)
	problems := &api.Problems{Log: slog.New(slog.NewTextHandler(s.log, nil)), Random: reviewtest.NewRandom(3)}

	e := echo.New()
	e.Use(echo.WrapMiddleware(access.Authenticate(s.gate, sessions, nil)))
	api.Mount(e, api.Deps{
		Records: s.records, Ledger: s.records, Desk: desk, Problems: problems, Now: s.clock.Now, Version: "test",
		Progress: func(clip string) (float64, bool) { return 0.25, clip == "c1" },
	})
	// The upload protocol stands beside the interface.
	e.Any("/api/v1/uploads", func(c echo.Context) error { return c.String(http.StatusOK, "tus") })
	e.Any("/api/v1/uploads/*", func(c echo.Context) error { return c.String(http.StatusOK, "tus") })
	s.Server = httptest.NewServer(e)
	t.Cleanup(s.Close)
	return s
}

// outline stands in for what the server joins: each fix is a point.
func outline(lines io.Reader, to io.Writer) error {
	points, seconds := [][]float64{}, []float64{}
	for in := json.NewDecoder(lines); ; {
		var f struct {
			OffsetS float64 `json:"offset_s"`
			Lat     float64
			Lon     float64
		}
		if err := in.Decode(&f); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		points, seconds = append(points, []float64{f.Lon, f.Lat}), append(seconds, f.OffsetS)
	}
	return json.NewEncoder(to).Encode(map[string]any{
		"type": "Feature", "geometry": map[string]any{"type": "LineString", "coordinates": points}, "properties": map[string]any{"offset_s": seconds},
	})
}

var content = bytes.Repeat([]byte("0123456789abcdef"), 20_000)

func (s *server) keep(t *testing.T, id, department string, bytes []byte) {
	t.Helper()
	captured := instant.Of(noon.Add(-48 * time.Hour))
	lat, lon := 37.5, 126.7
	s.vault.Keep(t, s.records.Book, footage.Clip{
		ID: id, State: footage.Registered, FileName: "영상 " + id + ".mp4", SourcePath: []byte("DCIM/" + id + ".MP4"),
		Department: department, Purpose: "complaint", Device: "bc-1", Kind: "video", MIME: "video/mp4", DurationS: 60,
		Lat: &lat, Lon: &lon,
		Metadata:   `{"file":"x","time":{"confidence":"C","why":"기기 시계"}}`,
		CapturedAt: captured, TimeConfidence: "C", CheckedInAt: captured.Add(time.Hour), CheckedInBy: "token:dock", SortAt: captured,
		Rule: "complaint@1", FiledOn: "2026-10-03", ExpiresOn: "2026-11-02",
		DueAt: instant.Of(instant.Date("2026-11-03").Start()), Reasons: []string{"30일"},
	}, bytes)
}

// as gives the token of a role in a department, made at first use.
func (s *server) as(t *testing.T, role access.Role, department string) string {
	t.Helper()
	name := strings.Trim(string(role)+"-"+department, "-")
	if s.tokens[name] == "" {
		secret, err := s.gate.CreateToken(t.Context(), accesstest.System, name, role, department)
		if err != nil {
			t.Fatal(err)
		}
		s.tokens[name] = secret
	}
	return s.tokens[name]
}

// answer is what came back, with its body read.
type answer struct {
	*http.Response
	body []byte
}

func (s *server) call(t *testing.T, token, method, path, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, b}
}

// into reads the answer, which must have the status.
func (a answer) into(t *testing.T, status int, v any) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %s %s", a.Request.Method, a.Request.URL.Path, a.Status, a.body)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// refused fails unless the answer is a whole problem of that status and code.
func (a answer) refused(t *testing.T, status int, code string) {
	t.Helper()
	var p api.Problem
	where := a.Request.Method + " " + a.Request.URL.RequestURI()
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%s: %s, Content-Type %q: %s", where, a.Status, got, a.body)
		return
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Errorf("%s: %v", where, err)
	}
	if a.StatusCode != status || p.Status != status || p.Code != code {
		t.Errorf("%s: %d %q, want %d %q (%s)", where, a.StatusCode, p.Code, status, code, a.body)
	}
	if p.Type == "" || p.Title == "" || !strings.HasSuffix(strings.TrimRight(p.Detail, ")0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ".") && code != "fault" {
		t.Errorf("%s: the problem is not whole: %s", where, a.body)
	}
}
