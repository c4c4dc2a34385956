package footage

import (
	"jikim/devices/instant"
	"jikim/footage/vault"
)

// UploadState is how far an upload is.
type UploadState string

const (
	Receiving UploadState = "receiving"  // 전송 중
	Checking  UploadState = "checking"   // 검증 중: all bytes are here, the clip is not registered yet
	CheckedIn UploadState = "checked-in" // 등록 완료
	Refused   UploadState = "refused"    // 거절: the bytes are gone, Detail says why
)

// Upload is the state of one file on its way in. Its ID becomes the clip's.
type Upload struct {
	ID          string      `gorm:"primaryKey"`
	State       UploadState `gorm:"index"`
	Size        int64
	Offset      int64 `gorm:"column:durable_offset"` // durable, sealed bytes
	FileName    string
	SourcePath  []byte
	Device      string // serial as the client gave it
	Purpose     string // as the client gave it
	Batch       string
	ModifiedAt  instant.Time // the card's own file time: a witness only
	DeviceClock string       // what the camera's clock showed at the dock, as sent; "" when nobody asked it
	ClockReadAt instant.Time // when the server heard of it
	Declared    string       // SHA-256 the client promised; "" when none
	Department  string
	Account     string
	Role        string
	From        string
	Progress    vault.Progress `gorm:"serializer:json"`
	Clip        string         // the clip it became, or the one it duplicates
	Code        string         // refusal code
	Detail      string         // Korean sentence for the person
	CreatedAt   instant.Time
	TouchedAt   instant.Time `gorm:"index"`
}
