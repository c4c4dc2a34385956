// Package devices is the registry of Article 25-2: who films, with what, on
// what ground of law, and who answers for it. It imports nothing of ours but
// the ground it stands on (refuse, instant).
package devices

import (
	"jikim/devices/instant"
	"jikim/devices/profile"
)

// Registry is everything an institution has registered, as it is imported and
// exported. The order of the lists is the order of display.
type Registry struct {
	Institution Institution       `yaml:"institution"`
	Departments []Department      `yaml:"departments"`
	Officers    []Officer         `yaml:"officers"`
	Purposes    []Purpose         `yaml:"purposes"`
	Devices     []Device          `yaml:"devices"`
	Profiles    []profile.Profile `yaml:"profiles,omitempty"` // its own, beside those that come with the program
}

// Institution is the local government that runs this installation.
type Institution struct {
	ID   string `yaml:"id" json:"id" gorm:"primaryKey"` // short ASCII name; also part of the ledger's origin
	Name string `yaml:"name" json:"name"`               // 부평구 …
}

// Department is a unit that films.
type Department struct {
	ID             string `yaml:"id" json:"id" gorm:"primaryKey"` // ASCII slug, used in addresses
	Name           string `yaml:"name" json:"name"`
	Parent         string `yaml:"parent,omitempty" json:"parent,omitempty"`
	DefaultPurpose string `yaml:"default_purpose,omitempty" json:"default_purpose,omitempty"`
	Order          int    `yaml:"-" json:"order" gorm:"column:position"`
}

// Tier is an officer's part in a department.
type Tier string

const (
	TierResponsible Tier = "responsible" // 관리책임자
	TierOperating   Tier = "operating"   // 운영책임자
	TierAccess      Tier = "access"      // 접근권한자
	TierHandler     Tier = "handler"     // 취급자
)

// Officer is a person who answers for a department, from a day until a day.
type Officer struct {
	ID         string       `yaml:"id,omitempty" json:"id" gorm:"primaryKey"` // department/tier/from when not given
	Department string       `yaml:"department" json:"department" gorm:"index"`
	Tier       Tier         `yaml:"tier" json:"tier"`
	Name       string       `yaml:"name" json:"name"`
	Position   string       `yaml:"position,omitempty" json:"position,omitempty"`
	Phone      string       `yaml:"phone,omitempty" json:"phone,omitempty"`
	Account    string       `yaml:"account,omitempty" json:"account,omitempty"` // sign-in name, when the person has one
	From       instant.Date `yaml:"from" json:"from"`
	Until      instant.Date `yaml:"until,omitempty" json:"until,omitempty"` // last day; "" = still in office
}

// Serves reports whether the officer is in office on day d.
func (o Officer) Serves(d instant.Date) bool {
	return o.From <= d && (o.Until == "" || d <= o.Until)
}

// LegalBasis is a ground of Article 25-2(1).
type LegalBasis string

const (
	BasisConsent    LegalBasis = "15-1-1"   // 제15조제1항제1호 동의
	BasisStatute    LegalBasis = "15-1-2"   // 제2호 법률의 특별한 규정·법령상 의무
	BasisPublicTask LegalBasis = "15-1-3"   // 제3호 공공기관의 소관 업무
	BasisContract   LegalBasis = "15-1-4"   // 제4호 계약
	BasisVital      LegalBasis = "15-1-5"   // 제5호 급박한 생명·신체·재산
	BasisInterest   LegalBasis = "15-1-6"   // 제6호 정당한 이익
	BasisSafety     LegalBasis = "15-1-7"   // 제7호 공공의 안전
	BasisNotRefused LegalBasis = "25-2-1-2" // 제25조의2제1항제2호 촬영 사실 표시, 거부 의사 없음
)

// Notice is how people are told that they are filmed (Decree 27-2).
type Notice string

const (
	NoticeLight     Notice = "light"
	NoticeSound     Notice = "sound"
	NoticeSign      Notice = "sign"
	NoticeLeaflet   Notice = "leaflet"
	NoticeBroadcast Notice = "broadcast"
	NoticeOral      Notice = "oral"
	NoticeVest      Notice = "vest"
	NoticePortal    Notice = "privacy_portal"
	NoticeOther     Notice = "other"
)

// Retention is how long footage of a purpose is kept: Days from the day of
// filming, at least 15, or permanently.
type Retention struct {
	Days      int    `yaml:"days,omitempty" json:"days,omitempty"`
	Permanent bool   `yaml:"permanent,omitempty" json:"permanent,omitempty"`
	Reason    string `yaml:"reason,omitempty" json:"reason,omitempty"` // required over 30 days and for permanent
}

// Purpose is what a department films for.
type Purpose struct {
	ID         string       `yaml:"id" json:"id" gorm:"primaryKey"`
	Name       string       `yaml:"name" json:"name"`
	Department string       `yaml:"department,omitempty" json:"department,omitempty"` // "" = any department may use it
	Basis      []LegalBasis `yaml:"basis" json:"basis" gorm:"serializer:json"`
	Notice     []Notice     `yaml:"notice" json:"notice" gorm:"serializer:json"`
	Retention  Retention    `yaml:"retention" json:"retention" gorm:"embedded;embeddedPrefix:retention_"`
	Version    int          `yaml:"-" json:"version"` // grows with each change of the rule; stamped on clips
	Order      int          `yaml:"-" json:"order" gorm:"column:position"`
}

// Class of a mobile video device (Decree 3(2)).
type Class string

const (
	Worn     Class = "worn"     // 착용형
	Handheld Class = "handheld" // 휴대형
	Mounted  Class = "mounted"  // 부착·거치형 (드론)
)

// ClockPolicy says how a device writes its times.
type ClockPolicy string

const (
	ClockUnknown ClockPolicy = ""    // nothing is known; the file must say
	ClockKST     ClockPolicy = "kst" // set to Korean local time, writes it without a zone
	ClockUTC     ClockPolicy = "utc" // writes UTC
)

// Status of a device.
type Status string

const (
	InUse    Status = "in_use"  // 운용
	InRepair Status = "repair"  // 수리
	Lost     Status = "lost"    // 분실
	Retired  Status = "retired" // 폐기
)

// Device is one mobile video device.
type Device struct {
	ID             string       `yaml:"id" json:"id" gorm:"primaryKey"`
	Class          Class        `yaml:"class" json:"class"`
	Maker          string       `yaml:"maker,omitempty" json:"maker,omitempty"`
	Model          string       `yaml:"model,omitempty" json:"model,omitempty"`
	Serial         string       `yaml:"serial" json:"serial" gorm:"uniqueIndex"`
	Label          string       `yaml:"label,omitempty" json:"label,omitempty"` // what is written on it: 민원-1
	Department     string       `yaml:"department" json:"department" gorm:"index"`
	Purpose        string       `yaml:"purpose,omitempty" json:"purpose,omitempty"` // "" = the department's default
	Clock          ClockPolicy  `yaml:"clock,omitempty" json:"clock,omitempty"`
	BoughtOn       instant.Date `yaml:"bought_on,omitempty" json:"bought_on,omitempty"`               // nothing filmed earlier is plausible
	ClockAheadS    *int         `yaml:"clock_ahead_s,omitempty" json:"clock_ahead_s,omitempty"`       // seconds its clock was found ahead of the right time, negative = behind; not set when nobody looked
	ClockCheckedOn instant.Date `yaml:"clock_checked_on,omitempty" json:"clock_checked_on,omitempty"` // day on which that was found
	Status         Status       `yaml:"status,omitempty" json:"status"`
	Order          int          `yaml:"-" json:"order" gorm:"column:position"`
}
