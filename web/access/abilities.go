package access

// Roles is every role a person can have, in the order of lists to choose from.
func Roles() []Role { return []Role{Dock, Uploader, Reviewer, Responsible, Auditor, Admin} }

// Actions is every action, in the order of the work.
func Actions() []Action {
	return []Action{
		Upload, List, ViewContent, Download, Correct, PlaceHold, ReleaseHold, ReadDue, ConfirmDestruction,
		ReadLedger, ReadRegistry, ReadAccess, ManageAccounts, ManageTokens,
	}
}

// Korean says the action as something a person can do.
func (a Action) Korean() string {
	switch a {
	case Upload:
		return "영상 반납·업로드"
	case List:
		return "영상 목록과 기록 보기"
	case ViewContent:
		return "사유를 남기고 영상 보기"
	case Download:
		return "사유를 남기고 원본 내려받기"
	case Correct:
		return "촬영 시각·기기·목적 바로잡기"
	case PlaceHold:
		return "파기 보류하기"
	case ReleaseHold:
		return "파기 보류 풀기"
	case ReadDue:
		return "파기 예정 보기"
	case ConfirmDestruction:
		return "파기 결과 확인하기"
	case ReadLedger:
		return "관리대장 보기"
	case ReadRegistry:
		return "기기·담당자·목적 보기"
	case ReadAccess:
		return "접속기록과 권한 기록 보기"
	case ManageAccounts:
		return "사용자 계정 관리하기"
	case ManageTokens:
		return "프로그램용 토큰 관리하기"
	default:
		return string(a)
	}
}

// Ability is one thing a role can do, and how far.
type Ability struct {
	Action Action
	Scope  Scope
}

// Abilities tells what somebody of role and department can do.
func Abilities(role Role, department string) (list []Ability) {
	who := Who{Role: role, Department: department}
	for _, a := range Actions() {
		if scope := Reach(who, a); scope != None {
			list = append(list, Ability{a, scope})
		}
	}
	return list
}

// InstitutionWide reports whether people of the role may belong to no department.
func (r Role) InstitutionWide() bool { return institutionWide(r) }
