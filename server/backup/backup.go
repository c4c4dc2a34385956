// Package backup copies an institution's records and sealed bytes to a
// directory while the server runs, and back into an empty place. It does not
// matter which database or store they come from or go to.
//
// The form of a backup, "jikim-backup/1":
//
//	backup.json        the manifest; what it names is the backup. Written last, by
//	                   rename: without it the backup was broken off
//	records-<size>/    one <table>.jsonl per table as db.Dump writes it, and
//	                   vault.jsonl, one line per sealed blob (db.Sealed); <size> is
//	                   the number of entries in the ledger
//	vault/             the sealed blobs, laid out as by footage/vault/disk
//	README.txt         says to people what this is
//
// The manifest has the SHA-256 of every file in records-<size>/, the steps of
// the schema and the ledger's signed checkpoint. The sealed blobs need no
// hashes of their own: the records have those, and seals do not open when they
// were changed. The institution's keys are never in a backup.
//
// A second backup into the same directory copies the blobs that are not there
// yet, and removes those whose clips have been destroyed: a destruction reaches
// the backup with the next one.
package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/server/db"
)

// Format is the one form of a backup there is so far.
const Format = "jikim-backup/1"

const (
	manifestName = "backup.json"
	readmeName   = "README.txt"
	vaultDir     = "vault"
	partialDir   = "records.partial"
	recordsDir   = "records-"
	blobList     = "vault.jsonl"
	tableSuffix  = ".jsonl"

	dirMode  = 0o700
	fileMode = 0o600
)

// readmeTitle marks a directory as ours, finished or not, in every version.
const readmeTitle = "지킴 백업 폴더 (jikim backup)\n"

const readme = readmeTitle + `
backup.json이 있으면 온전한 백업이고, 없으면 끝나지 않은 것입니다.
기관 키와 관리대장 서명 키는 들어 있지 않습니다. 키 없이는 아무도 영상을 열 수 없습니다.
되살리기: 보관해 둔 키 파일을 제자리에 놓고 jikim restore 이_폴더
안의 파일을 손으로 고치거나 지우지 마십시오.
`

// Manifest is what a backup says of itself.
type Manifest struct {
	Format          string       `json:"format"`
	Program         string       `json:"program"` // version that made it
	MadeAt          instant.Time `json:"made_at"` // the moment the records show
	Records         string       `json:"records"` // directory of the files
	Steps           []string     `json:"steps"`   // of the schema
	Entries         int64        `json:"entries"` // in the ledger
	Checkpoint      string       `json:"checkpoint"`
	InstitutionKeys []string     `json:"institution_keys"` // ids, newest first
	Files           []File       `json:"files"`
	Blobs           int64        `json:"blobs"`             // named in vault.jsonl
	Destroyed       []string     `json:"destroyed"`         // blobs not here: destroyed while the backup was made
	Damaged         []string     `json:"damaged,omitempty"` // blobs not here: missing or broken where they should have been
}

// File is one file of the records.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // lower-case hex
	Rows   int64  `json:"rows"`   // of the table; of vault.jsonl its lines
}

// tables gives what db.Load asks for.
func (m Manifest) tables() []db.Table {
	var all []db.Table
	for _, f := range m.Files {
		if name, ok := strings.CutSuffix(f.Name, tableSuffix); ok && f.Name != blobList {
			all = append(all, db.Table{Name: name, Rows: f.Rows})
		}
	}
	return all
}

// Refusals of a directory.
var (
	ErrUnfinished = refuse.New(refuse.Conflict, "backup-unfinished",
		"이 폴더에는 끝난 백업이 없습니다(backup.json이 없음). 다른 백업을 쓰거나 백업을 다시 만들어 주세요.")
	ErrDamaged = refuse.New(refuse.Conflict, "backup-damaged",
		"이 백업은 만든 뒤에 바뀌었거나 깨졌습니다. 아무것도 되살리지 않았습니다. 다른 백업을 써 주세요.")
	ErrForeign = refuse.New(refuse.Conflict, "backup-foreign",
		"이 폴더에는 지킴의 백업이 아닌 것이 있습니다. 빈 폴더나 이 기관의 백업 폴더를 정해 주세요.")
	ErrOther = refuse.New(refuse.Conflict, "backup-of-another",
		"이 폴더에는 다른 기관의 백업이거나 지금 데이터보다 나중인 백업이 있습니다. 그대로 두었습니다. 다른 폴더를 정해 주세요.")
	ErrBusy = refuse.New(refuse.Conflict, "backup-busy",
		"다른 백업이 진행 중입니다. 그것이 끝난 뒤 다시 실행해 주세요. 중단된 것이라면 2분 뒤에 됩니다.")
)

// ReadManifest reads the manifest of a finished backup.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, ErrUnfinished
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, ErrDamaged.Because(fmt.Errorf("%s: %w", manifestName, err))
	}
	if m.Format != Format {
		return m, ErrDamaged.Because(fmt.Errorf("%s: format %q", manifestName, m.Format))
	}
	for _, name := range append([]string{m.Records}, m.fileNames()...) {
		if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
			return m, ErrDamaged.Because(fmt.Errorf("%s: name %q", manifestName, name))
		}
	}
	return m, nil
}

func (m Manifest) fileNames() []string {
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	return names
}
