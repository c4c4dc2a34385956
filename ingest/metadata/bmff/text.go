package bmff

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText bounds one text value, maxGoPro the GPMF settings of the user data.
const (
	maxText  = 1024
	maxGoPro = 128 << 10
)

// inUserData reads one box of the user data: text in one of three forms, the
// 3GPP position, GoPro's settings, or a meta box with an item list.
func (m *Movie) inUserData(w *walker, b Box) error {
	switch b.Type {
	case "meta":
		return m.readMeta(w, b)
	case "loci":
		p, err := w.body(b, 512)
		m.Location = loci(p)
		return err
	case "GPMF":
		p, err := w.body(b, maxGoPro)
		m.GoPro = p
		return err
	}
	if b.Type[0] != 0xA9 && !wanted[b.Type] {
		return nil
	}
	p, err := w.body(b, maxText)
	if err == nil {
		m.keep(b.Type, userText(b.Type, p))
	}
	return err
}

// wanted are the text boxes of user data that do not begin with ©.
var wanted = map[string]bool{"date": true, "FIRM": true, "manu": true, "modl": true}

// userText reads text in the QuickTime form {u16 length, u16 language, text},
// in the 3GPP form {version and flags, u16 language, text}, or bare: DJI and
// GoPro leave the header out.
func userText(kind string, p []byte) string {
	if len(p) >= 4 {
		if n := be16(p, 0); n > 0 && n+4 <= len(p) && (kind[0] == 0xA9) {
			return plain(p[4 : 4+n])
		}
	}
	if (kind == "manu" || kind == "modl") && len(p) > 6 && be32(p, 0) == 0 {
		return plain(p[6:])
	}
	return plain(p)
}

// readMeta reads a meta box: keys with an item list (Apple, Android), or an item
// list alone (iTunes style). QuickTime's meta has no version field.
func (m *Movie) readMeta(w *walker, b Box) error {
	from := b.Body
	if p, err := w.body(b, 8); err != nil || len(p) < 8 {
		return err
	} else if string(p[4:8]) != "hdlr" {
		from += 4
	}
	var keys []string
	return w.each(from, b.End, maxBoxes, func(b Box) error {
		switch b.Type {
		case "keys":
			p, err := w.body(b, 32<<10)
			keys = keyNames(p)
			return err
		case "ilst":
			return w.each(b.Body, b.End, maxBoxes, func(item Box) error { return m.readItem(w, item, keys) })
		}
		return nil
	})
}

func keyNames(p []byte) []string {
	var keys []string
	for at := 8; at+headerSize <= len(p) && len(keys) < 256; {
		size := int(be32(p, at))
		if size < headerSize || at+size > len(p) {
			break
		}
		keys = append(keys, string(p[at+headerSize:at+size]))
		at += size
	}
	return keys
}

// readItem reads one item: its first data box, when that is text (type 1).
func (m *Movie) readItem(w *walker, item Box, keys []string) error {
	name := item.Type
	if name[0] == 0 {
		i := int(be32([]byte(name), 0)) - 1
		if i >= len(keys) {
			return nil
		}
		name = keys[i]
	}
	return w.each(item.Body, item.End, 4, func(b Box) error {
		if b.Type != "data" {
			return nil
		}
		p, err := w.body(b, maxText)
		if err == nil && len(p) > 8 && be32(p, 0) == 1 {
			m.keep(name, plain(p[8:]))
		}
		return err
	})
}

// keep stores the first value of a name.
func (m *Movie) keep(name, value string) {
	if _, there := m.Text[name]; !there && value != "" && len(m.Text) < 256 {
		m.Text[name] = value
	}
}

// plain gives the text before the first NUL; a text that is not UTF-8 or has
// control characters is none.
func plain(p []byte) string {
	if i := bytes.IndexByte(p, 0); i >= 0 {
		p = p[:i]
	}
	s := strings.TrimSpace(string(p))
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return s
}

// loci rewrites the 3GPP location box (TS 26.244 §8.10) as ISO 6709: a name, a
// role, then longitude, latitude and altitude in 16.16 fixed point.
func loci(p []byte) string {
	if len(p) < 7 {
		return ""
	}
	rest := p[6:]
	end := bytes.IndexByte(rest, 0)
	if end < 0 || len(rest) < end+14 {
		return ""
	}
	rest = rest[end+2:]
	fixed := func(at int) float64 { return float64(int32(be32(rest, at))) / 65536 }
	return fmt.Sprintf("%+010.6f%+011.6f%+.3f/", fixed(4), fixed(0), fixed(8))
}
