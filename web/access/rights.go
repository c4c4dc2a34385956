package access

import "jikim/devices/refuse"

// Action is something a person may be permitted to do.
type Action string

// The actions. Each route names the one it needs on its own line.
const (
	Upload             Action = "upload"              // 영상 반납·업로드
	List               Action = "list"                // 목록과 기록(메타데이터) 보기
	ViewContent        Action = "view"                // 영상 내용 보기
	Download           Action = "download"            // 원본 내려받기
	PlaceHold          Action = "hold"                // 파기 보류 걸기
	ReleaseHold        Action = "release"             // 파기 보류 풀기
	Correct            Action = "correct"             // 촬영 시각·기기·목적 정정
	ReadDue            Action = "due.read"            // 파기 예정 보기
	ConfirmDestruction Action = "destruction.confirm" // 파기 결과 확인
	ReadLedger         Action = "ledger.read"         // 관리대장 보기
	ReadRegistry       Action = "registry.read"       // 기기·담당자·목적 보기
	ManageAccounts     Action = "account.manage"      // 사용자 관리
	ManageTokens       Action = "token.manage"        // 토큰 관리
	ReadAccess         Action = "access.read"         // 접속기록·권한 기록 보기
)

// Scope is how far a right reaches. The zero Scope is no right at all, so what
// the table does not name is denied.
type Scope int

const (
	None Scope = iota
	Own        // the person's own department; the institution for who has none
	All        // the whole institution, whatever the department
)

// rights is the whole table: roles × actions.
var rights = map[Role]map[Action]Scope{
	Dock: { // 도크 이용자: 꽂고 반납만 한다
		Upload: Own,
	},
	Uploader: { // 촬영·업로드 담당: 자기 부서의 영상을 올리고 본다
		Upload: Own, List: Own, ViewContent: Own, Download: Own,
	},
	Reviewer: { // 접근권한자(검토): 자기 부서의 영상을 보고, 보류하고, 바로잡는다
		List: Own, ViewContent: Own, Download: Own, PlaceHold: Own, Correct: Own,
	},
	Responsible: { // 관리책임자: 검토에 더해 보류를 풀고 파기를 확인한다
		List: Own, ViewContent: Own, Download: Own, PlaceHold: Own, Correct: Own,
		ReleaseHold: Own, ReadDue: Own, ConfirmDestruction: Own, ReadLedger: Own, ReadRegistry: Own,
	},
	Auditor: { // 감사: 기관 전체의 기록을 보되 영상 내용은 보지 않는다
		List: All, ReadDue: All, ReadLedger: All, ReadRegistry: All, ReadAccess: All,
	},
	Admin: { // 시스템 관리자: 사람과 토큰을 관리하되 영상에는 닿지 않는다
		ManageAccounts: All, ManageTokens: All, ReadAccess: All, ReadRegistry: All, ReadLedger: All,
	},
	Agent: { // 도크 에이전트·스크립트(토큰 전용): 보내기만 한다
		Upload: Own,
	},
}

// Reach tells how far who may do a: None, Own or All. It is All for Own rights
// of who belongs to no department (a token for the whole institution).
func Reach(who Who, a Action) Scope {
	if who.MustChange || who.MustEnrol {
		return None
	}
	s := rights[who.Role][a]
	if s == Own && who.Department == "" {
		return All
	}
	return s
}

// May reports whether who may do a to something of department. A department of
// "" means something of the whole institution. To ask whether someone has an
// action at all (for a menu), ask for their own department.
func May(who Who, a Action, department string) bool {
	switch Reach(who, a) {
	case All:
		return true
	case Own:
		return department == who.Department
	default:
		return false
	}
}

// Refusals of Allow.
var (
	ErrForbidden = refuse.New(refuse.Forbidden, "not-permitted",
		"이 작업을 할 권한이 없습니다. 필요한 일이라면 부서의 관리책임자나 시스템 관리자에게 권한을 요청하세요.")
	ErrMustChange = refuse.New(refuse.Forbidden, "password-change-needed",
		"다른 사람이 정해 준 비밀번호를 쓰고 있습니다. 먼저 비밀번호를 바꾼 뒤 다시 시도하세요.")
)

// Allow is May with a sentence: nil, or the refusal to show.
func Allow(who Who, a Action, department string) error {
	switch {
	case who.MustChange:
		return ErrMustChange
	case who.MustEnrol:
		return ErrMustEnrol
	case !May(who, a, department):
		return ErrForbidden
	default:
		return nil
	}
}

// Known reports whether r is one of the fixed roles.
func (r Role) Known() bool { _, ok := rights[r]; return ok }

// Korean is the role's name on pages.
func (r Role) Korean() string {
	switch r {
	case Dock:
		return "도크 이용자"
	case Uploader:
		return "촬영·업로드 담당"
	case Reviewer:
		return "접근권한자(검토)"
	case Responsible:
		return "관리책임자"
	case Auditor:
		return "감사"
	case Admin:
		return "시스템 관리자"
	case Agent:
		return "도크 에이전트"
	default:
		return string(r)
	}
}
