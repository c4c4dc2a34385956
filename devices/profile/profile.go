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
	ID        string     `yaml:"id" json:"id" gorm:"primaryKey"`                                  // ASCII slug
	Title     string     `yaml:"title" json:"title"`                                              // for people: DJI 드론(2020년 이후)
	Roots     []string   `yaml:"roots,omitempty" json:"roots,omitempty" gorm:"serializer:json"`   // folders (RE2, upper case) of which one must stand above a file, where the names alone say too little; none = anywhere
	Files     []FileRule `yaml:"files" json:"files" gorm:"serializer:json"`                       // the first that fits says what a file is
	Ignore    []string   `yaml:"ignore,omitempty" json:"ignore,omitempty" gorm:"serializer:json"` // ends of paths (RE2, upper case, from the beginning of a folder's or file's name) that are no footage
	Continues *Continues `yaml:"continues,omitempty" json:"continues,omitempty" gorm:"serializer:json"`
	Order     int        `yaml:"-" json:"order" gorm:"column:position"`
}

// TableName is where an institution's own profiles lie.
func (Profile) TableName() string { return "profiles" }

// RecordName is the name under which the ledger knows a profile.
func (p *Profile) RecordName() string { return "profile:" + p.ID }

// FileRule says what files with names of this form are. Name and Folder are
// regular expressions (RE2) over the whole of the name without its ending
// (DJI_0001 of DJI_0001.MP4) and over the whole path of its folder ("/" between,
// "" at the top), both with ASCII letters in upper case and Hangul composed.
// Their named groups say what the parts mean:
//
//   - key: all files of a recording have the same, joined in the order in which
//     they stand, the folder's before the name's; a rule needs at least one, and
//     fits only where one is not empty.
//   - chapter: the order of files that follow one another, in digits.
//   - lens: which of several pictures taken at once.
//   - root (in Folder): where the files of a recording lie together, when they
//     lie in sister folders; nothing of a Folder but its root and its keys tells
//     recordings apart.
//
// A rule without Folder fits in any folder, and only files of the same folder
// are one recording.
type FileRule struct {
	Name        string            `yaml:"name" json:"name"`
	Folder      string            `yaml:"folder,omitempty" json:"folder,omitempty"`
	Parts       map[string]Part   `yaml:"parts" json:"parts"`                                   // ending of the name in upper case ("MP4"; "" = none) → what the file is; no other ending fits
	Family      string            `yaml:"family,omitempty" json:"family,omitempty"`             // files of two families are never one recording, whatever their numbers: photos and videos of a camera that counts both
	Lens        string            `yaml:"lens,omitempty" json:"lens,omitempty"`                 // Korean words where the name has no group for it
	Lenses      map[string]string `yaml:"lenses,omitempty" json:"lenses,omitempty"`             // what stands in the group lens → Korean words, which are also the order of lenses; what is not listed stands for itself
	ChapterPlus int               `yaml:"chapter_plus,omitempty" json:"chapter_plus,omitempty"` // added to the number in the group chapter; the chapter itself where the name has no number
}

// Continues says when a file goes on where another one ended though no name
// tells so: cameras split a long recording by size or by minutes.
type Continues struct {
	GapS     float64 `yaml:"gap_s" json:"gap_s"`                             // seconds between the end of one and the start of the next, either way
	MinBytes int64   `yaml:"min_bytes,omitempty" json:"min_bytes,omitempty"` // only after a file at least so large; 0 = any
}
