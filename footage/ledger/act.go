package ledger

// The acts the product records. A word once used is never given another
// meaning; new acts are added.
const (
	ActCheckedIn            Act = "clip.checked-in"
	ActCorrected            Act = "clip.corrected"
	ActViewed               Act = "clip.viewed"
	ActPreviewed            Act = "clips.previewed"
	ActListExported         Act = "list.exported"
	ActDownloaded           Act = "clip.downloaded"
	ActHeld                 Act = "clip.held"
	ActHoldReleased         Act = "clip.hold-released"
	ActDestructionBegun     Act = "clip.destruction-begun"
	ActDestroyed            Act = "clip.destroyed"
	ActDestructionConfirmed Act = "destruction.confirmed"
	ActUploadRefused        Act = "upload.refused"
	ActUploadAbandoned      Act = "upload.abandoned"
	ActBatchNoted           Act = "batch.noted"
	ActDerivativeMade       Act = "derivative.made"
	ActDerivativeFailed     Act = "derivative.failed"
	ActRegistryImported     Act = "registry.imported"
	ActAccountAdded         Act = "account.added"
	ActAccountChanged       Act = "account.changed"
	ActSignedIn             Act = "account.signed-in"
	ActSignInFailed         Act = "account.sign-in-failed"
	ActAccountLocked        Act = "account.locked"
	ActSignedOut            Act = "account.signed-out"
	ActTokenCreated         Act = "token.created"
	ActTokenRevoked         Act = "token.revoked"
	ActKeyRotated           Act = "key.rotated"
	ActKeyExported          Act = "key.exported"
	ActBackupMade           Act = "backup.made"
	ActBackupRestored       Act = "backup.restored"
)

var labels = map[Act]string{
	ActCheckedIn:            "등록",
	ActCorrected:            "정보 정정",
	ActViewed:               "열람",
	ActDownloaded:           "원본 내려받기",
	ActPreviewed:            "목록 미리보기",
	ActListExported:         "목록 내려받기",
	ActHeld:                 "파기 보류",
	ActHoldReleased:         "보류 해제",
	ActDestructionBegun:     "파기 시작",
	ActDestroyed:            "파기",
	ActDestructionConfirmed: "파기 확인",
	ActUploadRefused:        "업로드 거절",
	ActUploadAbandoned:      "업로드 중단 정리",
	ActBatchNoted:           "반납 정보",
	ActDerivativeMade:       "파생본 생성",
	ActDerivativeFailed:     "파생본 생성 실패",
	ActRegistryImported:     "등록부 반영",
	ActAccountAdded:         "계정 추가",
	ActAccountChanged:       "계정 변경",
	ActSignedIn:             "로그인",
	ActSignInFailed:         "로그인 실패",
	ActAccountLocked:        "계정 잠금",
	ActSignedOut:            "로그아웃",
	ActTokenCreated:         "토큰 발급",
	ActTokenRevoked:         "토큰 폐기",
	ActKeyRotated:           "키 교체",
	ActKeyExported:          "키 내보내기",
	ActBackupMade:           "백업",
	ActBackupRestored:       "백업 복원",
}

// Label gives the Korean name of an act for pages and forms; an act this
// version does not know is shown as its own word.
func Label(a Act) string {
	if l, ok := labels[a]; ok {
		return l
	}
	return string(a)
}
