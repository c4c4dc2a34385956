// Package profile knows what the cards of cameras look like: which file is a
// picture, which one its subtitle, its small copy or its thumbnail, and which
// files together are one recording. What is known stands in data files, one for
// each maker; an institution adds its own in its registry.
//
// Names decide here, never contents: a name shows what belongs together before
// anything is sent. What the files say of themselves is ingest/metadata's.
package profile

// Part is what a file is in its recording.
type Part string

const (
	Main      Part = "main"      // 원본: the picture with its sound; a chapter of it, or one of several lenses
	Still     Part = "still"     // 사진: a photo taken with it, or the same photo in another format
	Proxy     Part = "proxy"     // 축소본: a small copy the camera made (LRV, LRF)
	Thumbnail Part = "thumbnail" // 미리보기 사진 (THM)
	Track     Part = "track"     // 위치·비행 기록 (SRT, GPS log)
	Sound     Part = "sound"     // 따로 녹음한 소리 (WAV, M4A)
	Log       Part = "log"       // 그 밖의 기록: flight log, key, bookmark
)

// Profile is how the cards of one make or model look.
type Profile struct {
	ID        string     `yaml:"id" json:"id" gorm:"primaryKey"` // ASCII slug
	Title     string     `yaml:"title" json:"title"`             // for people: DJI 드론(2020년 이후)
	Roots     []string   `yaml:"roots,omitempty" json:"roots,omitempty" gorm:"serializer:json"`
	Files     []FileRule `yaml:"files" json:"files" gorm:"serializer:json"`
	Ignore    []string   `yaml:"ignore,omitempty" json:"ignore,omitempty" gorm:"serializer:json"` // names that are no footage
	Continues *Continues `yaml:"continues,omitempty" json:"continues,omitempty" gorm:"serializer:json"`
	Order     int        `yaml:"-" json:"order" gorm:"column:position"`
}

// TableName is where an institution's own profiles lie.
func (Profile) TableName() string { return "profiles" }

// RecordName is the name under which the ledger knows a profile.
func (p *Profile) RecordName() string { return "profile:" + p.ID }

// FileRule says what a file with a name of this form is. Name is a regular
// expression (RE2) over the base name in upper case; its named groups say what
// the parts of the name are: "key" (all files of a recording have the same, in
// the order of appearance joined), "chapter" (the order of files that follow one
// another), "lens".
type FileRule struct {
	Name   string            `yaml:"name" json:"name"`
	Part   Part              `yaml:"part" json:"part"`
	Lenses map[string]string `yaml:"lenses,omitempty" json:"lenses,omitempty"` // what stands in the name → Korean words
}

// Continues says when a file goes on where another one ended though no name
// tells so: cameras split a long recording by size or by minutes.
type Continues struct {
	GapS     float64 `yaml:"gap_s" json:"gap_s"`                             // seconds between the end of one and the start of the next, either way
	MinBytes int64   `yaml:"min_bytes,omitempty" json:"min_bytes,omitempty"` // only after a file at least so large; 0 = any
}
