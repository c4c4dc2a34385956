package ledger

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Decode reads the canonical JSON of an entry and nothing else: what it
// accepts, Encode gives back byte for byte. Unknown, repeated, empty or
// disordered fields, white space and other spellings of the same text are
// refused, so an entry has exactly one form and nothing can hide in it.
func Decode(body []byte) (Entry, error) {
	d := decoder{rest: string(body)} // one copy; every text of the entry is a part of it
	e := d.entry()
	if d.failed {
		return Entry{}, fmt.Errorf("ledger: entry is not in canonical form at byte %d", len(body)-len(d.rest))
	}
	if err := checkForm(e); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// decoder walks over canonical JSON. After the first thing out of place it
// stays failed and stops where that was.
type decoder struct {
	rest   string
	failed bool
}

func (d *decoder) entry() Entry {
	e := Entry{V: Version}
	d.want(`{"v":1,"at":`)
	if at := d.text(); !d.failed && (e.At.UnmarshalText([]byte(at)) != nil || e.At.String() != at) {
		d.failed = true
	}
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
	e.Facts = d.table(`,"facts":`)
	e.Records = d.table(`,"records":`)
	d.want(`}`)
	d.failed = d.failed || d.rest != ""
	return e
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

func (d *decoder) table(key string) map[string]string {
	if !d.take(key) {
		return nil
	}
	m := make(map[string]string)
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

// text reads a string in its only canonical spelling.
func (d *decoder) text() string {
	if d.failed || !strings.HasPrefix(d.rest, `"`) {
		d.failed = true
		return ""
	}
	s, ascii := d.rest, true
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			text := s[1:i]
			if !ascii && !plain(text) {
				d.failed = true
				return ""
			}
			d.rest = s[i+1:]
			return text
		case c == '\\':
			return d.escaped()
		case c < ' ':
			d.failed = true
			return ""
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	d.failed = true
	return ""
}

// plain reports whether text may stand unescaped: UTF-8, and none of the two
// line separators that encoding/json always escapes.
func plain(text string) bool {
	return utf8.ValidString(text) &&
		!strings.Contains(text, "\u2028") && !strings.Contains(text, "\u2029")
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
