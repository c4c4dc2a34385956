package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// v01FirstSchema: the registry, uploads, clips and what hangs on them, the
// ledger, accounts, leases.
func v01FirstSchema() *gormigrate.Migration {
	type Institution struct {
		ID   string `gorm:"primaryKey"`
		Name string
	}
	type Department struct {
		ID             string `gorm:"primaryKey"`
		Name           string
		Parent         string
		DefaultPurpose string
		Position       int
	}
	type Officer struct {
		ID         string `gorm:"primaryKey"`
		Department string `gorm:"index"`
		Tier       string
		Name       string
		Position   string
		Phone      string
		Account    string
		From       string
		Until      string
	}
	type Purpose struct {
		ID                 string `gorm:"primaryKey"`
		Name               string
		Department         string
		Basis              string
		Notice             string
		RetentionDays      int
		RetentionPermanent bool
		RetentionReason    string
		Version            int
		Position           int
	}
	type Device struct {
		ID         string `gorm:"primaryKey"`
		Class      string
		Maker      string
		Model      string
		Serial     string `gorm:"uniqueIndex"`
		Label      string
		Department string `gorm:"index"`
		Purpose    string
		Clock      string
		BoughtOn   string
		Status     string
		Position   int
	}
	type Upload struct {
		ID            string `gorm:"primaryKey"`
		State         string `gorm:"index"`
		Size          int64
		DurableOffset int64
		FileName      string
		SourcePath    []byte
		Device        string
		Purpose       string
		Batch         string
		ModifiedAt    *int64
		Declared      string
		Department    string
		Account       string
		Role          string
		From          string
		Progress      string
		Clip          string
		Code          string
		Detail        string
		CreatedAt     *int64
		TouchedAt     *int64 `gorm:"index"`
	}
	type Clip struct {
		ID             string `gorm:"primaryKey"`
		State          string
		FileName       string
		SourcePath     []byte
		Department     string
		Purpose        string
		MorePurposes   string
		Device         string
		Batch          string
		Bytes          int64
		SHA256         string `gorm:"index"`
		Kind           string
		MIME           string
		DurationS      float64
		Width          int
		Height         int
		Lat            *float64
		Lon            *float64
		Metadata       string
		CapturedAt     *int64
		TimeConfidence string
		CheckedInAt    *int64
		CheckedInBy    string
		SortAt         *int64
		Rule           string
		FiledOn        string
		ExpiresOn      string
		DueAt          *int64
		Reasons        string
		Doubts         string
		Manifest       string
		MediaTodo      bool
		Twin           *string `gorm:"uniqueIndex"`
	}
	type ClipKey struct {
		Clip    string `gorm:"primaryKey"`
		Wrapped []byte
	}
	type Hold struct {
		ID            string `gorm:"primaryKey"`
		Clip          string `gorm:"index"`
		Basis         string
		Reason        string
		PlacedBy      string
		PlacedAt      *int64
		Until         string
		ReleasedBy    string
		ReleasedAt    *int64
		ReleaseReason string
	}
	type Derivative struct {
		ID       string `gorm:"primaryKey"`
		Clip     string `gorm:"index"`
		Kind     string
		State    string
		Bytes    int64
		SHA256   string
		MIME     string
		Detail   string
		MadeAt   *int64
		Manifest string
	}
	type View struct {
		ID        string `gorm:"primaryKey"`
		Clip      string `gorm:"index"`
		Account   string
		Reason    string
		Case      string
		At        *int64
		ExpiresAt *int64
	}
	type Correction struct {
		ID    string `gorm:"primaryKey"`
		Clip  string `gorm:"index"`
		Field string
		Was   string
		Now   string
		Why   string
		By    string
		At    *int64
	}
	type Destruction struct {
		Clip        string `gorm:"primaryKey"`
		FileName    string
		Department  string
		SHA256      string
		Reason      string
		BegunAt     *int64
		DestroyedAt *int64
		By          string
		Cycle       string
		Officer     string
		ConfirmedBy string
		ConfirmedAt *int64
	}
	type LedgerEntry struct {
		Index   int64 `gorm:"primaryKey;autoIncrement:false;column:idx"`
		At      int64
		Act     string
		Subject string
		Account string
		Body    []byte
	}
	type LedgerHash struct {
		Index int64 `gorm:"primaryKey;autoIncrement:false;column:idx"`
		Hash  []byte
	}
	type LedgerHead struct {
		ID         int `gorm:"primaryKey;autoIncrement:false"`
		Size       int64
		Root       []byte
		At         *int64
		Checkpoint []byte
	}
	type RecordHead struct {
		Record string `gorm:"primaryKey"`
		Index  int64  `gorm:"column:idx"`
	}
	type Account struct {
		Name         string `gorm:"primaryKey"`
		Display      string
		Role         string
		Department   string
		PasswordHash string
		MustChange   bool
		Disabled     bool
		CreatedAt    *int64
		Failures     int
		LockedUntil  *int64
		LastSignIn   *int64
	}
	type Token struct {
		ID         string `gorm:"primaryKey"`
		Name       string `gorm:"uniqueIndex"`
		Role       string
		Department string
		CreatedAt  *int64
		CreatedBy  string
		RevokedAt  *int64
		LastUsed   *int64
	}
	type Session struct {
		ID        string `gorm:"primaryKey"`
		Data      []byte
		ExpiresAt int64 `gorm:"index"`
	}
	type Lease struct {
		Task   string `gorm:"primaryKey"`
		Owner  string
		Until  int64
		Wanted bool
	}
	tables := []any{
		&Institution{}, &Department{}, &Officer{}, &Purpose{}, &Device{},
		&Upload{}, &Clip{}, &ClipKey{}, &Hold{}, &Derivative{}, &View{}, &Correction{}, &Destruction{},
		&LedgerEntry{}, &LedgerHash{}, &LedgerHead{}, &RecordHead{},
		&Account{}, &Token{}, &Session{}, &Lease{},
	}
	// Lists show newest first and never what is destroyed; each index answers
	// one combination of filters together with its order. The literal
	// predicates are repeated in the queries, else the planner may not use them.
	indexes := []string{
		`CREATE INDEX clips_list ON clips (sort_at DESC, id DESC) WHERE state <> 'destroyed'`,
		`CREATE INDEX clips_by_department ON clips (department, sort_at DESC, id DESC) WHERE state <> 'destroyed'`,
		`CREATE INDEX clips_by_purpose ON clips (department, purpose, sort_at DESC, id DESC) WHERE state <> 'destroyed'`,
		`CREATE INDEX clips_by_any_purpose ON clips (purpose, sort_at DESC, id DESC) WHERE state <> 'destroyed'`,
		`CREATE INDEX clips_by_device ON clips (device, sort_at DESC, id DESC) WHERE state <> 'destroyed'`,
		`CREATE INDEX clips_by_state ON clips (state, department, sort_at DESC, id DESC)`,
		`CREATE INDEX clips_due ON clips (due_at, id) WHERE due_at IS NOT NULL AND state IN ('registered','review')`,
		`CREATE INDEX clips_media ON clips (id) WHERE media_todo`,
		`CREATE INDEX destructions_open ON destructions (begun_at) WHERE confirmed_at IS NULL`,
		`CREATE INDEX destructions_by_department ON destructions (department, begun_at)`,
		`CREATE INDEX ledger_entries_subject ON ledger_entries (subject, idx)`,
		`CREATE INDEX ledger_entries_act ON ledger_entries (act, idx)`,
	}
	return &gormigrate.Migration{
		ID: "01-first-schema",
		Migrate: func(tx *gorm.DB) error {
			if err := tx.Migrator().CreateTable(tables...); err != nil {
				return err
			}
			for _, sql := range indexes {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return tx.Create(&LedgerHead{ID: 1}).Error
		},
		Rollback: func(tx *gorm.DB) error {
			return tx.Migrator().DropTable(tables...)
		},
	}
}
