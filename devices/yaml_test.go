package devices_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/unicode/norm"

	"jikim/devices"
	"jikim/devices/refuse"
)

const small = `institution:
  id: hanbit
  name: 한빛구
departments:
  - id: minwon
    name: 민원과
purposes:
  - id: complaint
    name: 증거자료 수집
    basis: [15-1-3]
    notice: [sign]
    retention:
      days: 15
devices:
  - id: cam-1
    class: worn
    serial: 0012
    department: minwon
`

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct {
		text string
		code string
		says []string
	}{
		"empty":            {"", "registry-syntax", []string{"비어 있어"}},
		"only a comment":   {"# 명부\n", "registry-syntax", []string{"비어 있어"}},
		"not YAML":         {"institution:\n  id: a\n name: b\n", "registry-syntax", []string{"행 근처", "들여쓰기"}},
		"tab":              {"institution:\n\tid: a\n", "registry-syntax", []string{"행 근처"}},
		"not UTF-8":        {"institution:\n  name: \xc7\xd1\xba\xfb\n", "registry-encoding", []string{"UTF-8"}},
		"two documents":    {small + "---\n" + small, "registry-syntax", []string{"둘 이상"}},
		"too large":        {small + strings.Repeat("#", devices.LongestFile), "registry-too-large", []string{"8 MiB"}},
		"unknown field":    {strings.Replace(small, "    class:", "    kind:", 1), "registry-shape", []string{"16행", `"kind"`, "id, class, maker"}},
		"field twice":      {strings.Replace(small, "    class: worn", "    id: cam-2", 1), "registry-shape", []string{"16행", `"id"`, "15행"}},
		"word for seconds": {small + "    clock_ahead_s: 12초\n", "registry-shape", []string{"숫자만"}},
		"word for a count": {strings.Replace(small, "days: 15", "days: 15일", 1), "registry-shape", []string{"13행", "숫자만"}},
		"value for a list": {strings.Replace(small, "basis: [15-1-3]", "basis: {a: b}", 1), "registry-shape", []string{"10행", "목록"}},
		"text for a record": {
			strings.Replace(small, "retention:\n      days: 15", "retention: 15일", 1), "registry-shape",
			[]string{"12행", "days, permanent, reason"},
		},
		"word for yes": {strings.Replace(small, "days: 15", "permanent: 영구", 1), "registry-shape", []string{"13행", "true"}},
		"list for a name": {
			strings.Replace(small, "name: 민원과", "name: [민원과]", 1), "registry-shape",
			[]string{"6행", "글자로 된 값"},
		},
		"a list at the top": {"- a\n", "registry-shape", []string{"1행", "institution, departments"}},
		"several problems": {
			strings.NewReplacer("days: 15", "days: 14", "basis: [15-1-3]", "basis: []", "class: worn", "class: fixed").Replace(small),
			"registry-invalid",
			[]string{"3군데", "10행 purposes[0].basis:", "13행 purposes[0].retention.days:", "15일보다 짧은 보관기간은", "16행 devices[0].class:"},
		},
		"missing value stands at its record": {strings.Replace(small, "    serial: 0012\n", "", 1), "registry-invalid", []string{"15행 devices[0].serial:"}},
		"unknown field of a rule": {
			small + "profiles:\n  - id: a\n    title: 가\n    files:\n      - name: (?P<key>A)\n        part: main\n", "registry-shape",
			[]string{"24행", `"part"`, "name, folder, parts"},
		},
		"a part for the parts": {
			small + "profiles:\n  - id: a\n    title: 가\n    files:\n      - name: (?P<key>A)\n        parts: main\n", "registry-shape",
			[]string{"24행", "{MP4: main"},
		},
		"word for a gap": {
			small + "profiles:\n  - id: a\n    continues: {gap_s: 조금}\n", "registry-shape", []string{"21행", "숫자만"},
		},
		"problems of a profile": {
			small + "profiles:\n  - id: a\n    title: 가\n    files:\n      - name: A(\n        parts: {MP4: main, GPS: gps}\n", "registry-invalid",
			[]string{"2군데", "23행 profiles[0].files[0].name:", "24행 profiles[0].files[0].parts:", "track(위치·비행 기록)"},
		},
		"empty item in a list": {small + "  -\n", "registry-shape", []string{"19행"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := devices.Parse(strings.NewReader(tt.text))
			no, refused := refuse.As(err)
			if !refused {
				t.Fatalf("not a refusal: %v", err)
			}
			if no.Code != tt.code {
				t.Errorf("code %s, want %s", no.Code, tt.code)
			}
			for _, words := range tt.says {
				if !strings.Contains(no.Sentence, words) {
					t.Errorf("does not say %q:\n%s", words, no.Sentence)
				}
			}
			if diff := cmp.Diff(devices.Registry{}, got); diff != "" {
				t.Errorf("half a registry came back:\n%s", diff)
			}
		})
	}
}

// TestParseListsAtMostFifty: a file with one mistake on every line must not
// bury the person in it.
func TestParseListsAtMostFifty(t *testing.T) {
	_, err := devices.Parse(strings.NewReader(small + strings.Repeat("  - id: cam-1\n", 100)))
	no, _ := refuse.As(err)
	if no == nil {
		t.Fatalf("not a refusal: %v", err)
	}
	if lines := strings.Count(no.Sentence, "\n"); lines != 51 {
		t.Errorf("%d lines, want 50 and the rest counted", lines)
	}
	if !strings.Contains(no.Sentence, "군데가 더 있습니다") {
		t.Error("does not say that there is more")
	}
}

func TestParseFails(t *testing.T) {
	broken := errors.New("cable")
	if _, err := devices.Parse(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's own error", err)
	}
}

func TestParseFillsIn(t *testing.T) {
	r, err := devices.Parse(strings.NewReader("\ufeff" + small))
	if err != nil {
		t.Fatal(err)
	}
	want := devices.Device{ID: "cam-1", Class: devices.Worn, Serial: "0012", Department: "minwon", Status: devices.InUse, Order: 1}
	if diff := cmp.Diff(want, r.Devices[0]); diff != "" {
		t.Errorf("device (-want +got):\n%s", diff)
	}
	if p := r.Purposes[0]; p.Version != 1 || p.Rule() != "complaint@1" {
		t.Errorf("version %d, rule %s", p.Version, p.Rule())
	}
}

func TestParseComposesHangul(t *testing.T) {
	r, err := devices.Parse(strings.NewReader(norm.NFD.String(small)))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Institution.Name + r.Departments[0].Name + r.Purposes[0].Name; got != "한빛구민원과증거자료 수집" {
		t.Errorf("not composed: %+q", got)
	}
}

func TestWriteAndParseAgree(t *testing.T) {
	want := readExample(t)
	clock(&want, 0, "2026-09-01") // a clock that was right is not one that nobody looked at
	text := write(t, want)
	got, err := devices.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changed by the way (-want +got):\n%s", diff)
	}
	if again := write(t, got); !bytes.Equal(text, again) {
		t.Errorf("written twice, differs:\n%s", cmp.Diff(string(text), string(again)))
	}
}

func write(t testing.TB, r devices.Registry) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := devices.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzParse: whatever the file, it is a registry that survives being written
// and read, or a refusal with a sentence.
func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("../deploy/examples/hanbit.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("institution: {id: a, name: 'a\u0301'}"))
	f.Add([]byte("officers: [{from: 2026-01-01, tier: responsible}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := devices.Parse(bytes.NewReader(text))
		if err != nil {
			if no, refused := refuse.As(err); !refused || no.Sentence == "" {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		again, err := devices.Parse(bytes.NewReader(write(t, r)))
		if err != nil {
			t.Fatalf("written, but not read again: %v", err)
		}
		if diff := cmp.Diff(r, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("changed by being written (-first +second):\n%s", diff)
		}
	})
}
