package db

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"jikim/footage"
)

// Searching. For every clip that is not destroyed, clip_words holds each tail
// of each word of its names: "DJI_0437" is found under dji, ji, 0437, 437 and
// 37. What begins somewhere inside a word is then what begins one of its tails,
// and an index answers it: two syllables of Korean as well as four digits, the
// same way on both databases. Names that are everywhere ("DJI") are better
// found by walking the list itself, for they come soon; which it is, a bounded
// count tells.

const (
	// tailLength bounds what is kept of a tail, in characters; longer questions
	// are settled by the names themselves.
	tailLength = 12
	// fewHits is up to how many tails the clips are fetched by them.
	fewHits = 10_000
	// mostTerms bounds the words of one question.
	mostTerms = 8
)

// clipWord is one tail of one clip's names.
type clipWord struct {
	Word string `gorm:"primaryKey"`
	Clip string `gorm:"primaryKey"`
}

func (clipWord) TableName() string { return "clip_words" }

// runsOf gives the words of a text: letters and digits that stand together, in
// small letters.
func runsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// tailsOf gives every tail of every word, of two characters and more.
func tailsOf(text string) []string {
	var tails []string
	for _, run := range runsOf(text) {
		letters := []rune(run)
		for i := range max(1, len(letters)-1) {
			tails = append(tails, string(letters[i:min(i+tailLength, len(letters))]))
		}
	}
	slices.Sort(tails)
	return slices.Compact(tails)
}

// namesOf is what a clip is found by. A batch's number says nothing; what
// scripts name there themselves does.
func namesOf(c footage.Clip, b footage.Batch) string {
	if c.State == footage.Destroyed {
		return ""
	}
	names := c.FileName + " " + b.Title + " " + b.Place
	if uuid.Validate(c.Batch) != nil {
		names += " " + c.Batch
	}
	return names
}

// saveClipWords lets a clip that is being saved be found by its names as they
// will be.
func (tx *Tx) saveClipWords(c *footage.Clip) error {
	var before []footage.Clip
	err := tx.g.Select("file_name", "batch", "state").Where("id = ?", c.ID).Limit(1).Find(&before).Error
	if err != nil {
		return err
	}
	old := ""
	if len(before) == 1 {
		if before[0].FileName == c.FileName && before[0].Batch == c.Batch &&
			(before[0].State == footage.Destroyed) == (c.State == footage.Destroyed) {
			return nil
		}
		batch, err := batchOf(tx.g, before[0].Batch)
		if err != nil {
			return err
		}
		old = namesOf(before[0], batch)
	}
	batch, err := batchOf(tx.g, c.Batch)
	if err != nil {
		return err
	}
	return changeWords(tx.g, c.ID, old, namesOf(*c, batch))
}

// saveBatchWords lets the clips of a batch that is being saved be found by its
// title and place as they will be.
func (tx *Tx) saveBatchWords(b *footage.Batch) error {
	before, err := batchOf(tx.g, b.ID)
	if err != nil {
		return err
	}
	var clips []footage.Clip
	err = tx.g.Select("id", "file_name", "batch", "state").Where("batch = ? AND batch <> ''", b.ID).Find(&clips).Error
	if err != nil {
		return err
	}
	for _, c := range clips {
		if err := changeWords(tx.g, c.ID, namesOf(c, before), namesOf(c, *b)); err != nil {
			return err
		}
	}
	return nil
}

func batchOf(g *gorm.DB, id string) (footage.Batch, error) {
	var found []footage.Batch
	if id == "" {
		return footage.Batch{}, nil
	}
	if err := g.Where("id = ?", id).Limit(1).Find(&found).Error; err != nil || len(found) == 0 {
		return footage.Batch{}, err
	}
	return found[0], nil
}

func changeWords(g *gorm.DB, clip, old, now string) error {
	were, are := tailsOf(old), tailsOf(now)
	gone := slices.DeleteFunc(slices.Clone(were), func(w string) bool { return slices.Contains(are, w) })
	come := slices.DeleteFunc(are, func(w string) bool { return slices.Contains(were, w) })
	if len(gone) > 0 {
		if err := g.Delete(&clipWord{}, "word IN ? AND clip = ?", gone, clip).Error; err != nil {
			return err
		}
	}
	if len(come) == 0 {
		return nil
	}
	return g.Create(wordsFor(clip, come)).Error
}

func wordsFor(clip string, tails []string) []clipWord {
	words := make([]clipWord, len(tails))
	for i, t := range tails {
		words[i] = clipWord{t, clip}
	}
	return words
}

// wordsAtOnce is how many clips are indexed together when all of them are.
const wordsAtOnce = 500

// indexAll lets every clip be found whose names are not indexed: in a database
// that had no index, or that was loaded from a backup, which leaves it out.
func indexAll(g *gorm.DB) error {
	var some []clipWord
	if err := g.Limit(1).Find(&some).Error; err != nil || len(some) > 0 {
		return err
	}
	for after := ""; ; {
		var lines []struct {
			footage.Clip
			Title, Place string
		}
		err := g.Table("clips AS c").Joins("LEFT JOIN batches AS b ON b.id = c.batch").
			Select("c.id, c.file_name, c.batch, c.state, COALESCE(b.title, '') AS title, COALESCE(b.place, '') AS place").
			Where("c.id > ?", after).Order("c.id").Limit(wordsAtOnce).Scan(&lines).Error
		if err != nil || len(lines) == 0 {
			return err
		}
		var words []clipWord
		for _, l := range lines {
			names := namesOf(l.Clip, footage.Batch{Title: l.Title, Place: l.Place})
			words = append(words, wordsFor(l.Clip.ID, tailsOf(names))...)
			after = l.Clip.ID
		}
		if len(words) == 0 {
			continue
		}
		if err := g.CreateInBatches(words, 1000).Error; err != nil {
			return err
		}
	}
}

// named narrows a list to what a question names.
func (d *DB) named(ctx context.Context, q *gorm.DB, f footage.Filter) (*gorm.DB, error) {
	terms := strings.Fields(f.Query)
	terms = terms[:min(len(terms), mostTerms)]
	if f.State != footage.Destroyed { // of which no words are kept
		run, err := d.rarest(ctx, terms)
		if err != nil {
			return nil, err
		}
		if run != "" {
			from, to := within(run)
			q = q.Where(`id IN (SELECT clip FROM clip_words WHERE word >= ? AND word < ?
				UNION ALL SELECT id FROM clips WHERE id = ? UNION ALL SELECT id FROM clips WHERE batch = ? AND batch <> '')`,
				from, to, f.Query, f.Query)
		}
	}
	like := "LIKE"
	if !d.lite {
		like = "ILIKE"
	}
	says := func(column string) string { return column + " " + like + ` ? ESCAPE '\'` }
	all := make([]string, len(terms))
	var values []any
	for i, t := range terms {
		all[i] = "(" + says("file_name") + " OR " + says("batch") +
			" OR (batch <> '' AND EXISTS (SELECT 1 FROM batches b WHERE b.id = clips.batch AND (" + says("b.title") + " OR " + says("b.place") + "))))"
		part := "%" + likeEscaper.Replace(t) + "%"
		values = append(values, part, part, part, part)
	}
	if len(all) == 0 {
		return q, nil
	}
	return q.Where("("+strings.Join(all, " AND ")+" OR id = ? OR batch = ?)", append(values, f.Query, f.Query)...), nil
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// within is the range of all tails that begin with a word.
func within(run string) (from, to string) {
	letters := []rune(run)
	from = string(letters[:min(len(letters), tailLength)])
	return from, from + string(unicode.MaxRune)
}

// rarest gives the word of a question by which the fewest clips are found; ""
// when all of them are in many.
func (d *DB) rarest(ctx context.Context, terms []string) (rarest string, err error) {
	fewest := int64(fewHits + 1)
	for _, run := range runsOf(strings.Join(terms, " ")) {
		if len([]rune(run)) < 2 {
			continue
		}
		from, to := within(run)
		hits := d.read.WithContext(ctx).Model(&clipWord{}).Select("clip").Where("word >= ? AND word < ?", from, to).Limit(int(fewest))
		var n int64
		if err := d.read.WithContext(ctx).Table("(?) AS hits", hits).Count(&n).Error; err != nil {
			return "", translate(err)
		}
		if n < fewest {
			rarest, fewest = run, n
		}
		if n == 0 {
			break
		}
	}
	return rarest, nil
}

// inBox narrows a list to what was filmed within an area. An area with few
// clips is asked of the index of places; in one with many, walking the list
// finds them soon.
func (d *DB) inBox(ctx context.Context, q *gorm.DB, b footage.Box) (*gorm.DB, error) {
	const inside = "lat BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND lat IS NOT NULL"
	values := []any{b.South, b.North, b.West, b.East}
	there := d.read.WithContext(ctx).Table("clips").Select("id").Where(inside, values...)
	var n int64
	err := d.read.WithContext(ctx).Table("(?) AS hits", there.Session(&gorm.Session{}).Limit(fewHits+1)).Count(&n).Error
	switch {
	case err != nil:
		return nil, translate(err)
	case n <= fewHits:
		return q.Where("id IN (?)", there), nil
	default:
		return q.Where("+lat BETWEEN ? AND ? AND +lon BETWEEN ? AND ?", values...), nil // +: no index
	}
}
