package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAccounts: a person comes, moves to another post, forgets the password,
// goes and comes back; each step is in the ledger, and no password is shown
// but one that was made up.
func TestAccounts(t *testing.T) {
	t.Parallel()
	p := oneMachine().make(t)
	p.found(t)
	chosen := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(chosen, []byte("말과 소와 돼지 스물\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	line := func() string {
		for l := range strings.Lines(p.mustRun(t, "account", "list")) {
			if strings.HasPrefix(l, "hong.gd ") {
				return l
			}
		}
		return ""
	}
	for _, step := range []struct {
		words     string
		says      string // of the command
		list, not string // of the list then
	}{
		{"add Hong.GD --role reviewer --department minwon --display 홍○○ --password-file " + chosen, "접근권한자(검토)", "홍○○", "정지"},
		{"reassign hong.gd --role responsible --department pr", "관리책임자", "pr", "minwon"},
		{"disable hong.gd", "못 쓰게", "사용 정지", "\x00"},
		{"password hong.gd", "임시 비밀번호", "사용 정지", "\x00"},
		{"enable hong.gd", "다시 쓰게", "사용", "정지"},
		{"unlock hong.gd", "잠금을 풀었습니다", "사용", "잠김"},
		{"reset-second-factor hong.gd", "2단계 인증을 모두 지웠습니다", "사용", "정지"},
	} {
		out := p.mustRun(t, append([]string{"account"}, strings.Fields(step.words)...)...)
		if !strings.Contains(out, step.says) || strings.Contains(out, "돼지") {
			t.Errorf("%s says %s", step.words, out)
		}
		if l := line(); !strings.Contains(l, step.list) || strings.Contains(l, step.not) || strings.Contains(l, "argon") {
			t.Errorf("after %s: %s", step.words, l)
		}
	}
	if n := p.count(t, "SELECT count(*) FROM ledger_entries WHERE subject = 'account:hong.gd'"); n != 7 {
		t.Errorf("%d entries", n)
	}
	for _, words := range []string{"unlock nobody", "reset-second-factor nobody", "disable nobody", "password nobody", "reassign hong.gd --role agent", "reassign hong.gd --role reviewer --department none"} {
		if status, out, errs := p.run(append([]string{"account"}, strings.Fields(words)...)...); status != exitFailed || out != "" || errs == "" {
			t.Errorf("%s: status %d, %s%s", words, status, out, errs)
		}
	}
	p.mustRun(t, "verify")
}

// TestAccessSettings: what would lock people out or break the law is refused
// with a sentence, before anything opens.
func TestAccessSettings(t *testing.T) {
	t.Parallel()
	for yaml, word := range map[string]string{
		"{}": "", "{second_factor: all, site: 'https://jikim.hanbit.example', idle_warning: 30s}": "",
		"{site: 'http://localhost:8080'}": "", "{keep_sign_ins: 8760h, password_length: 8}": "",
		"{second_factor: everybody}": "second_factor", "{site: jikim.example}": "access.site", "{site: 'http://jikim.example'}": "access.site",
		"{site: 'https://jikim.example/pages'}": "access.site", "{site: 'https://10.0.0.1'}": "IP", "{keep_sign_ins: 24h}": "접속기록",
		"{password_length: 6}": "password_length", "{failures: -1}": "failures", "{lock_for: 1s}": "lock_for", "{idle_dock: 1s}": "idle_dock",
		"{nonsense: 1}": "nonsense",
	} {
		path := filepath.Join(t.TempDir(), "jikim.yaml")
		if err := os.WriteFile(path, []byte("access: "+yaml+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readConfig(path, t.TempDir())
		if (err == nil) != (word == "") || err != nil && !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v, want %q", yaml, err, word)
		}
	}
}

// TestImportWarns: what is taken in but should be settled soon is said.
func TestImportWarns(t *testing.T) {
	t.Parallel()
	p := oneMachine().make(t)
	whole := p.mustRun(t, "institution", "import", "../deploy/examples/hanbit.yaml")
	if strings.Contains(whole, "확인해 주세요") {
		t.Errorf("the example is warned of:\n%s", whole)
	}
	b, err := os.ReadFile("../deploy/examples/hanbit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vacant := filepath.Join(t.TempDir(), "vacant.yaml")
	if err := os.WriteFile(vacant, []byte(strings.ReplaceAll(string(b), "tier: responsible", "tier: operating")), 0o600); err != nil {
		t.Fatal(err)
	}
	p = oneMachine().make(t)
	if out := p.mustRun(t, "institution", "import", vacant); !strings.Contains(out, "관리책임자가 없습니다") {
		t.Errorf("no word of the vacancy:\n%s", out)
	}
}
