package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"

	"jikim/footage"
	"jikim/footage/ledger"
)

// Discrepancy is a record that is not what the ledger says it is.
type Discrepancy struct {
	Code     string // record-altered, record-removed, record-added, index-altered, key-removed, key-added
	Sentence string // Korean: which record, and what is wrong
	Record   string
}

// Error is for logs; people are shown Sentence.
func (d *Discrepancy) Error() string { return "db: " + d.Code + ": " + d.Record }

func discrepancy(code, record, format string, args ...any) *Discrepancy {
	return &Discrepancy{Code: code, Record: record, Sentence: fmt.Sprintf(format, args...)}
}

// claim is what an entry says of a record that no later entry speaks of.
type claim struct {
	record string
	digest string
	index  int64
}

// CheckRecords compares the records that a batch of entries was the last to
// change with the digests in those entries. Called for every batch of the
// ledger in order, it has then seen every record exactly once; that each one
// is seen at all is what CheckUnvouched makes sure of. Records may be changed
// meanwhile. The first thing wrong comes back as a *Discrepancy.
func (d *DB) CheckRecords(ctx context.Context, rows []ledger.Row, entries []ledger.Entry) error {
	g := d.read.WithContext(ctx)
	claims, err := lastClaims(g, rows, entries)
	if err != nil {
		return translate(err)
	}
	for _, kind := range slices.Sorted(maps.Keys(claims)) {
		for part := range slices.Chunk(claims[kind], lookup) {
			if err := checkClaims(g, kind, part); err != nil {
				return translate(err)
			}
		}
	}
	return nil
}

// lastClaims gives, by kind and in the ledger's order, what the entries say of
// the records they were the last to change.
func lastClaims(g *gorm.DB, rows []ledger.Row, entries []ledger.Entry) (map[string][]claim, error) {
	var names []string
	for _, e := range entries {
		names = slices.AppendSeq(names, maps.Keys(e.Records))
	}
	last, err := recordHeads(g, names)
	if err != nil {
		return nil, err
	}
	claims := map[string][]claim{}
	for i, e := range entries {
		index := rows[i].Index
		for _, name := range slices.Sorted(maps.Keys(e.Records)) {
			at, indexed := last[name]
			if !indexed || at < index {
				return nil, discrepancy("index-altered", name,
					"기록 %s을 마지막으로 바꾼 대장 항목의 색인이 %d번 항목과 맞지 않습니다. 데이터베이스가 밖에서 고쳐졌습니다.", name, index)
			}
			if at == index {
				kind, _, _ := strings.Cut(name, ":")
				claims[kind] = append(claims[kind], claim{name, e.Records[name], index})
			}
		}
	}
	return claims, nil
}

// lookup is how many keys are asked for at once.
const lookup = 512

// padded repeats the last key until there is a power of two of them: the
// database then meets ten forms of the question, not five hundred.
func padded(keys []string) []string {
	n := 1
	for n < len(keys) {
		n *= 2
	}
	for len(keys) < n {
		keys = append(keys, keys[len(keys)-1])
	}
	return keys
}

func recordHeads(g *gorm.DB, names []string) (map[string]int64, error) {
	last := make(map[string]int64, len(names))
	for part := range slices.Chunk(names, lookup) {
		var heads []recordHead
		if err := g.Where("record IN ?", padded(slices.Clone(part))).Find(&heads).Error; err != nil {
			return nil, err
		}
		for _, h := range heads {
			last[h.Record] = h.Index
		}
	}
	return last, nil
}

func checkClaims(g *gorm.DB, kind string, claims []claim) error {
	if _, known := vouched[kind]; !known {
		c := claims[0]
		return discrepancy("record-altered", c.record, "대장 %d번 항목이 알 수 없는 기록 %s을 말합니다. 더 새로운 판의 프로그램으로 확인해 주세요.", c.index, c.record)
	}
	stands, err := loadRecords(g, kind, claims)
	if err != nil {
		return err
	}
	for _, c := range claims {
		wrong, err := compare(c, stands[c.record])
		if err != nil {
			return err
		}
		if wrong == nil {
			continue
		}
		// Changed while it was being checked? Then a later entry vouches for it.
		now, err := recordHeads(g, []string{c.record})
		if err != nil {
			return err
		}
		if now[c.record] <= c.index {
			return wrong
		}
	}
	return nil
}

// loadRecords gives the records that the claims are about, by name.
func loadRecords(g *gorm.DB, kind string, claims []claim) (map[string]footage.Record, error) {
	v := vouched[kind]
	keys := make([]string, len(claims), lookup)
	for i, c := range claims {
		_, keys[i], _ = strings.Cut(c.record, ":")
	}
	found := reflect.New(reflect.SliceOf(reflect.TypeOf(v.empty("")).Elem())) // *[]footage.Clip for clips
	if err := g.Where(v.column+" IN ?", padded(keys)).Find(found.Interface()).Error; err != nil {
		return nil, err
	}
	list := found.Elem()
	stands := make(map[string]footage.Record, list.Len())
	for i := range list.Len() {
		r := list.Index(i).Addr().Interface().(footage.Record)
		stands[r.RecordName()] = r
	}
	return stands, nil
}

// compare holds a record against its claim; nil when it is as claimed.
func compare(c claim, r footage.Record) (*Discrepancy, error) {
	if r == nil {
		return discrepancy("record-removed", c.record, "기록 %s이 없습니다. 대장 %d번 항목 뒤에 밖에서 지워졌습니다.", c.record, c.index), nil
	}
	digest, err := Digest(r)
	if err != nil {
		return nil, err
	}
	if digest != c.digest {
		return discrepancy("record-altered", c.record, "기록 %s이 대장 %d번 항목이 보증하는 내용과 다릅니다. 데이터베이스가 밖에서 고쳐졌습니다.", c.record, c.index), nil
	}
	if clip, ok := r.(*footage.Clip); ok {
		return compareDerived(c, clip), nil
	}
	return nil, nil
}

// compareDerived checks the columns that are computed from what is vouched
// for: a false place in the lists hides a clip, and a destroyed clip that
// passes for a twin would keep the same recording from ever coming in.
func compareDerived(c claim, clip *footage.Clip) *Discrepancy {
	switch live := clip.State == footage.Registered || clip.State == footage.Review; {
	case clip.SortAt != sortAt(clip):
		return discrepancy("record-altered", c.record, "기록 %s의 목록 순서(sort_at)가 촬영·등록 시각과 다릅니다. 목록에서 숨기려고 밖에서 고친 것일 수 있습니다.", c.record)
	case clip.Twin != nil && !live:
		return discrepancy("record-altered", c.record, "파기된 기록 %s에 중복 확인 값(twin)이 남아 있습니다. 같은 파일이 등록되지 못하도록 밖에서 고친 것일 수 있습니다.", c.record)
	}
	return nil
}

// CheckUnvouched looks for what no entry of the ledger speaks of: records
// added, an index over the ledger that leads past it, keys that should not be
// there or should. It is to follow CheckRecords.
func (d *DB) CheckUnvouched(ctx context.Context) error {
	return d.snapshot(ctx, func(g *gorm.DB) error {
		for _, kind := range slices.Sorted(maps.Keys(vouched)) {
			if err := checkNoneAdded(g, kind); err != nil {
				return err
			}
		}
		if err := checkIndex(g); err != nil {
			return err
		}
		return checkKeys(g)
	})
}

func checkNoneAdded(g *gorm.DB, kind string) error {
	v := vouched[kind]
	var keys []string
	err := g.Table(v.table+" AS t").
		Where("NOT EXISTS (SELECT 1 FROM record_heads h WHERE h.record = ? || t."+v.column+")", kind+":").
		Order("t."+v.column).Limit(1).Pluck("t."+v.column, &keys).Error
	if err != nil || len(keys) == 0 {
		return err
	}
	name := kind + ":" + keys[0]
	return discrepancy("record-added", name, "기록 %s은 대장의 어느 항목에도 없습니다. 데이터베이스에 밖에서 넣은 것입니다.", name)
}

// checkIndex makes sure that every record_head names an entry that changed its
// record; else a row could be forged together with a head that no entry bears
// out. The database sorts out nearly all of them by looking for the name as a
// key in the entry's JSON; the few with characters that JSON escapes are read.
func checkIndex(g *gorm.DB) error {
	named := `instr(e.body, CAST('"' || h.record || '":"' AS BLOB)) > 0`
	if g.Name() == "postgres" {
		named = `position(convert_to('"' || h.record || '":"', 'UTF8') in e.body) > 0`
	}
	rows, err := g.Raw(`SELECT h.record, h.idx, e.body FROM record_heads h LEFT JOIN ledger_entries e ON e.idx = h.idx
		WHERE e.idx IS NULL OR NOT ` + named).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var record string
		var index int64
		var body []byte
		if err := rows.Scan(&record, &index, &body); err != nil {
			return err
		}
		if e, err := ledger.Decode(body); err != nil || e.Records[record] == "" {
			return discrepancy("index-altered", record, "색인은 기록 %s을 대장 %d번 항목이 바꾸었다고 하나 그 항목에는 없습니다. 데이터베이스가 밖에서 고쳐졌습니다.", record, index)
		}
	}
	return rows.Err()
}

func checkKeys(g *gorm.DB) error {
	first := func(where string) (string, error) {
		var ids []string
		err := g.Table("clips AS c").Where(where).Order("c.id").Limit(1).Pluck("c.id", &ids).Error
		return strings.Join(ids, ""), err
	}
	const key = "EXISTS (SELECT 1 FROM clip_keys k WHERE k.clip = c.id)"
	keyless, err1 := first("c.state IN ('registered','review') AND NOT " + key)
	undead, err2 := first("c.state IN ('destroying','destroyed') AND " + key)
	switch err := errors.Join(err1, err2); {
	case err != nil:
		return err
	case keyless != "":
		return discrepancy("key-removed", "clip:"+keyless, "보관 중인 영상 %s의 키가 없습니다. 밖에서 지워졌습니다. 백업에서 되살려야 열 수 있습니다.", keyless)
	case undead != "":
		return discrepancy("key-added", "clip:"+undead, "파기된 영상 %s의 키가 데이터베이스에 있습니다. 밖에서 다시 넣은 것입니다.", undead)
	}
	return nil
}
