package web

import "jikim/web/access"

// menu is every page a person starts from, in the order of the work: one line
// each, shown to who may do what it needs. About says in one sentence what the
// page is for; the help page shows it.
var menu = []menuGroup{
	{"한눈에", []menuLine{
		{"/board", "현황판", "chart", access.ReadRegistry, "들어온 영상, 보관 중인 양, 곧 끝나는 것과 시스템의 상태를 한눈에 봅니다."},
	}},
	{"들어오기", []menuLine{
		{"/upload", "업로드 · 반납", "upload", access.Upload, "카메라의 카드나 파일을 올립니다. 다 올라가면 카메라에서 지워도 되는지 알려 줍니다."},
	}},
	{"보기", []menuLine{
		{"/clips", "영상 목록", "list", access.List, "보관 중인 영상을 찾습니다. 영상을 열어 사유를 적고 보거나, 파기를 보류하거나, 잘못된 정보를 바로잡습니다."},
		{reviewPath, "확인 필요", "question", access.Correct, "촬영일시나 기기, 목적이 분명하지 않은 영상을 하나씩 확인하고 정합니다."},
	}},
	{"파기", []menuLine{
		{"/holds", "보류", "lock", access.List, "파기하지 않도록 붙들어 둔 영상을 봅니다. 다시 볼 날이 된 것이 먼저 눈에 띕니다."},
		{"/due", "파기 예정", "calendar", access.ReadDue, "보관기간이 곧 끝나는 영상과 확인을 기다리는 파기 기록을 봅니다."},
	}},
	{"기록", []menuLine{
		{"/ledger", "관리대장", "book", access.ReadLedger, "누가 언제 무엇을 왜 했는지, 일어난 순서대로 남은 기록을 봅니다."},
	}},
	{"등록부", []menuLine{
		{"/registry", "등록부", "camera", access.ReadRegistry, "기기, 부서, 촬영 목적과 담당자를 봅니다."},
	}},
	{"사람", []menuLine{
		{"/people", "사용자", "people", access.ManageAccounts, "계정을 만들고 역할과 부서를 정하고, 잠금과 비밀번호를 풀어 줍니다."},
		{"/tokens", "토큰", "key", access.ManageTokens, "도크 프로그램과 스크립트가 쓰는 열쇠를 만들고 회수합니다."},
		{"/grants", "권한 기록", "history", access.ReadAccess, "누구에게 어떤 권한을 언제 누가 주고 거두었는지 봅니다."},
		{"/sign-ins", "접속기록", "sign-in", access.ReadAccess, "누가 언제 어디에서 들어왔고, 들어오지 못했는지 봅니다."},
	}},
}

// personal is what concerns the signed-in person alone; it opens from their
// name in the header.
var personal = []menuLine{
	{"/account", "내 계정", "person", signedIn, "내 역할과 할 수 있는 일, 최근 접속을 봅니다."},
	{"/account/security", "2단계 인증", "shield", signedIn, "인증 앱과 패스키를 등록합니다."},
	{"/password", "비밀번호 변경", "key", signedIn, "내 비밀번호를 바꿉니다."},
}

type menuGroup struct {
	name  string
	lines []menuLine
}

type menuLine struct {
	address, text, icon string
	needs               access.Action
	about               string
}

// menuSection is a group of the menu as one person sees it.
type menuSection struct {
	Name  string
	Items []menuItem
}

type menuItem struct {
	Address, Text, Icon, About string
	Current                    bool   // the page shown, or one below it
	Tally                      string // how much waits there; "" = nothing
}

// menuFor is what w may reach; current is the path of the page shown.
func menuFor(w access.Who, current string) []menuSection {
	var sections []menuSection
	here := currentLine(current)
	for _, g := range menu {
		section := menuSection{Name: g.name}
		for _, l := range g.lines {
			if access.May(w, l.needs, w.Department) {
				section.Items = append(section.Items, l.item(here))
			}
		}
		if len(section.Items) > 0 {
			sections = append(sections, section)
		}
	}
	return sections
}

func personalFor(current string) []menuItem {
	var items []menuItem
	for _, l := range personal {
		items = append(items, l.item(current))
	}
	return items
}

func (l menuLine) item(here string) menuItem {
	return menuItem{Address: l.address, Text: l.text, Icon: l.icon, About: l.about, Current: l.address == here}
}

// currentLine is the address of the menu line a path belongs to: the longest
// that it lies within, so that /due/confirm may have a line beside /due.
func currentLine(path string) string {
	best := ""
	for _, g := range menu {
		for _, l := range g.lines {
			if isWithin(path, l.address) && len(l.address) > len(best) {
				best = l.address
			}
		}
	}
	return best
}

func isWithin(current, address string) bool {
	return current == address || len(current) > len(address) && current[:len(address)+1] == address+"/"
}

// crumb is a step of the trail to a page; one without an address is where the
// person stands, or a group of the menu, which has no page.
type crumb struct{ Text, Address string }

// trailed is a page's body that lies deeper than the menu shows: its steps
// come between the menu's line and the page itself.
type trailed interface{ trail() []crumb }

// trailTo is the way to a page from the menu: 보기 > 영상 목록 > 민원_0001.MP4.
// Pages that no line of the menu leads to have none.
func trailTo(path, title string, body any) []crumb {
	here := currentLine(path)
	for _, g := range menu {
		for _, l := range g.lines {
			if l.address != here {
				continue
			}
			steps := []crumb{{Text: g.name}}
			if path == l.address {
				return append(steps, crumb{Text: title})
			}
			steps = append(steps, crumb{l.text, l.address})
			if b, ok := body.(trailed); ok {
				steps = append(steps, b.trail()...)
			}
			return append(steps, crumb{Text: title})
		}
	}
	return nil
}
