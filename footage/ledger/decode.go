package ledger

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"jikim/devices/instant"
)

// Decode reads the canonical JSON of an entry and nothing else: what it
// accepts, Encode gives back byte for byte. Unknown, repeated, empty or
// disordered fields, white space and other spellings of the same text are
// refused, so an entry has exactly one form and nothing can hide in it.
func Decode(body []byte) (Entry, error) {
	var e Entry
	if err := decodeInto(&e, body); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// decodeInto is Decode into an entry whose maps are used again: making new
// ones is a third of the time that decoding takes.
func decodeInto(e *Entry, body []byte) error {
	if !legible(body) {
		return errors.New("ledger: entry holds bytes that are not canonical text")
	}
	d := decoder{rest: string(body)} // one copy; every text of the entry is a part of it
	d.entry(e)
	if d.failed {
		return fmt.Errorf("ledger: entry is not in canonical form at byte %d", len(body)-len(d.rest))
	}
	return checkForm(*e)
}

// legible reports whether body is UTF-8 without those characters that
// canonical JSON escapes wherever they stand.
func legible(body []byte) bool {
	return !hasControl(body) && utf8.Valid(body) &&
		!bytes.Contains(body, []byte("\u2028")) && !bytes.Contains(body, []byte("\u2029"))
}

// hasControl reports whether any byte is below 0x20. It looks at eight at a
// time: x - 0x20 borrows into a byte's high bit, unless that was set before,
// exactly when some byte of x is smaller.
func hasControl(b []byte) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		if (x-0x20*ones)&^x&highs != 0 {
			return true
		}
	}
	for _, c := range b {
		if c < ' ' {
			return true
		}
	}
	return false
}

// decoder walks over legible canonical JSON. After the first thing out of
// place it stays failed and stops where that was.
type decoder struct {
	rest   string
	failed bool
}

func (d *decoder) entry(e *Entry) {
	e.V = Version
	d.want(`{"v":1,"at":`)
	e.At = d.time()
	d.want(`,"act":`)
	e.Act = Act(d.text())
	d.want(`,"actor":{"account":`)
	e.Actor.Account = d.text()
	e.Actor.Role = d.optional(`,"role":`)
	e.Actor.From = d.optional(`,"from":`)
	e.Actor.Cycle = d.optional(`,"cycle":`)
	d.want(`}`)
	e.Subject = d.optional(`,"subject":`)
	e.Why = d.optional(`,"why":`)
	e.Facts = d.table(`,"facts":`, e.Facts)
	e.Records = d.table(`,"records":`, e.Records)
	d.want(`}`)
	d.failed = d.failed || d.rest != ""
}

// take steps over literal if it comes next.
func (d *decoder) take(literal string) bool {
	if d.failed {
		return false
	}
	rest, ok := strings.CutPrefix(d.rest, literal)
	if ok {
		d.rest = rest
	}
	return ok
}

func (d *decoder) want(literal string) {
	d.failed = !d.take(literal)
}

func (d *decoder) optional(key string) string {
	if !d.take(key) {
		return ""
	}
	s := d.text()
	d.failed = d.failed || s == ""
	return s
}

// table reads a map of texts into m, or into a new one when m is nil.
func (d *decoder) table(key string, m map[string]string) map[string]string {
	if !d.take(key) {
		return nil
	}
	clear(m)
	if m == nil {
		m = make(map[string]string)
	}
	last := ""
	for lead := "{"; d.take(lead); lead = "," {
		k := d.text()
		if len(m) > 0 && k <= last {
			d.failed = true
		}
		d.want(`:`)
		m[k], last = d.text(), k
	}
	d.want(`}`)
	d.failed = d.failed || len(m) == 0
	return m
}

// time reads a moment. In this shape what RFC 3339 allows has one spelling.
func (d *decoder) time() instant.Time {
	const shape = "dddd-dd-ddTdd:dd:dd.dddZ"
	s := d.text()
	if len(s) != len(shape) {
		d.failed = true
		return instant.Time{}
	}
	for i := range len(shape) {
		if digit := '0' <= s[i] && s[i] <= '9'; digit != (shape[i] == 'd') || !digit && s[i] != shape[i] {
			d.failed = true
			return instant.Time{}
		}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	d.failed = d.failed || err != nil
	return instant.Of(t)
}

// text reads a string in its only canonical spelling.
func (d *decoder) text() string {
	if d.failed || !strings.HasPrefix(d.rest, `"`) {
		d.failed = true
		return ""
	}
	end := strings.IndexByte(d.rest[1:], '"')
	if end < 0 {
		d.failed = true
		return ""
	}
	text := d.rest[1 : 1+end]
	if strings.IndexByte(text, '\\') >= 0 {
		return d.escaped()
	}
	d.rest = d.rest[end+2:]
	return text
}

// escaped reads a string with escapes in it. They are rare, so it takes the
// sure way: read it as JSON, write it canonically, compare.
func (d *decoder) escaped() string {
	end := 1
	for end < len(d.rest) && d.rest[end] != '"' {
		if d.rest[end] == '\\' {
			end++
		}
		end++
	}
	var text string
	if end >= len(d.rest) || json.Unmarshal([]byte(d.rest[:end+1]), &text) != nil {
		d.failed = true
		return ""
	}
	w := writer{}
	w.text(text)
	if w.bad || string(w.buf) != d.rest[:end+1] {
		d.failed = true
		return ""
	}
	d.rest = d.rest[end+1:]
	return text
}
