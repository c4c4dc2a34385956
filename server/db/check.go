package db

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Discrepancy is a record that is not what the ledger says it is.
type Discrepancy struct {
	Code     string // record-altered, record-removed, record-added, index-altered
	Sentence string // Korean: which record, and what is wrong
	Record   string
}

// Error is for logs; people are shown Sentence.
func (d *Discrepancy) Error() string { return "db: " + d.Code + ": " + d.Record }

// CheckRecords compares the records that a batch of entries was the last to
// change with the digests in those entries. Called for every batch of the
// ledger in order, it has then seen every record exactly once.
func (d *DB) CheckRecords(ctx context.Context, rows []ledger.Row, entries []ledger.Entry) error {
	g := d.read.WithContext(ctx)
	var names []string
	for _, e := range entries {
		for name := range e.Records {
			names = append(names, name)
		}
	}
	last, err := recordHeads(g, names)
	if err != nil {
		return err
	}
	for i, e := range entries {
		for name, digest := range e.Records {
			at, indexed := last[name]
			switch {
			case !indexed || at < rows[i].Index:
				return &Discrepancy{"index-altered", fmt.Sprintf("기록 %s을 마지막으로 바꾼 대장 항목의 색인이 %d번 항목과 맞지 않습니다. 데이터베이스가 밖에서 고쳐졌습니다.", name, rows[i].Index), name}
			case at > rows[i].Index:
				continue // a later entry changed it again
			}
			if err := checkRecord(g, name, digest, rows[i].Index); err != nil && !changedSince(g, name, at) {
				return err
			}
		}
	}
	return nil
}

// changedSince reports whether the record was changed while it was being
// checked: then a later entry vouches for it.
func changedSince(g *gorm.DB, name string, at int64) bool {
	now, err := recordHeads(g, []string{name})
	return err == nil && now[name] > at
}

func recordHeads(g *gorm.DB, names []string) (map[string]int64, error) {
	last := make(map[string]int64, len(names))
	for len(names) > 0 {
		n := min(len(names), 500)
		var heads []recordHead
		if err := g.Where("record IN ?", names[:n]).Find(&heads).Error; err != nil {
			return nil, err
		}
		for _, h := range heads {
			last[h.Record] = h.Index
		}
		names = names[n:]
	}
	return last, nil
}

func checkRecord(g *gorm.DB, name, digest string, index int64) error {
	kind, key, _ := strings.Cut(name, ":")
	v, ok := vouched[kind]
	if !ok {
		return &Discrepancy{"record-altered", fmt.Sprintf("대장 %d번 항목이 알 수 없는 기록 %s을 말합니다. 더 새로운 판의 프로그램으로 확인해 주세요.", index, name), name}
	}
	r := v.empty(key)
	err := translate(g.Take(r, primaryKey(r)...).Error)
	if no, isRefusal := refuse.As(err); isRefusal && no.Kind == refuse.NotFound {
		return &Discrepancy{"record-removed", fmt.Sprintf("기록 %s이 없습니다. 대장 %d번 항목 뒤에 밖에서 지워졌습니다.", name, index), name}
	}
	if err != nil {
		return err
	}
	stands, err := Digest(r)
	if err != nil {
		return err
	}
	if stands != digest {
		return &Discrepancy{"record-altered", fmt.Sprintf("기록 %s이 대장 %d번 항목이 보증하는 내용과 다릅니다. 데이터베이스가 밖에서 고쳐졌습니다.", name, index), name}
	}
	return nil
}

// CheckUnvouched looks for records that no entry of the ledger speaks of.
func (d *DB) CheckUnvouched(ctx context.Context) error {
	for kind, v := range vouched {
		var keys []string
		err := d.read.WithContext(ctx).Table(v.table+" AS t").
			Where("NOT EXISTS (SELECT 1 FROM record_heads h WHERE h.record = ? || t."+v.column+")", kind+":").
			Limit(1).Pluck("t."+v.column, &keys).Error
		if err != nil {
			return translate(err)
		}
		if len(keys) > 0 {
			name := kind + ":" + keys[0]
			return &Discrepancy{"record-added", fmt.Sprintf("기록 %s은 대장의 어느 항목에도 없습니다. 데이터베이스에 밖에서 넣은 것입니다.", name), name}
		}
	}
	return nil
}

// EachKept visits every clip whose bytes are kept, then every made derivative.
func (d *DB) EachKept(ctx context.Context, clip func(footage.Clip) error, derivative func(footage.Derivative) error) error {
	after := ""
	for {
		var clips []footage.Clip
		err := d.read.WithContext(ctx).Where("id > ? AND state IN ?", after, []footage.State{footage.Registered, footage.Review}).
			Order("id").Limit(500).Find(&clips).Error
		if err != nil {
			return translate(err)
		}
		for _, c := range clips {
			made, err := d.DerivativesOf(ctx, c.ID)
			if err != nil {
				return err
			}
			if err := clip(c); err != nil {
				if now, again := d.Clip(ctx, c.ID); again == nil && now.State != c.State {
					after = c.ID
					continue // destroyed while it was being looked at
				}
				return err
			}
			for _, m := range made {
				if m.State != footage.Made {
					continue
				}
				if err := derivative(m); err != nil {
					return err
				}
			}
			after = c.ID
		}
		if len(clips) == 0 {
			return nil
		}
	}
}
