package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/unicode/norm"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/web/api"
)

// form is what a person typed and what is wrong with it. The zero form is an
// empty one.
type form struct {
	ID     string // keeps fields of several forms on one page apart
	values url.Values
	errors map[string]string // by field; "" = about the whole form
}

// readForm reads the body of a POST.
func readForm(c echo.Context, id string) (form, error) {
	r := c.Request()
	if err := r.ParseForm(); err != nil {
		if errors.Is(asRefusal(err), errLargeForm) {
			return form{}, errLargeForm
		}
		return form{}, errBrokenForm.Because(err)
	}
	return form{ID: id, values: r.PostForm}, nil
}

var errBrokenForm = refuse.New(refuse.Invalid, "broken-form",
	"보낸 내용을 읽을 수 없습니다. 아무것도 저장하지 않았습니다. 화면을 새로 고쳐 다시 입력해 주세요.")

// queryForm reads a search condition from the address.
func queryForm(c echo.Context, id string) form {
	return form{ID: id, values: c.QueryParams()}
}

// Value is what was typed into a field, without outer blanks, in NFC.
func (f form) Value(field string) string {
	return norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(f.values.Get(field), "�")))
}

// Is reports whether a field has a value; for options and ticks.
func (f form) Is(field, value string) bool { return f.Value(field) == value }

// Has reports whether value is among those of a field that takes several.
func (f form) Has(field, value string) bool {
	return value == "" && f.Value(field) == "" || slices.Contains(f.values[field], value)
}

// Filled counts the fields that hold anything.
func (f form) Filled(fields ...string) int {
	n := 0
	for _, field := range fields {
		if f.Value(field) != "" {
			n++
		}
	}
	return n
}

// Error is what is wrong with a field; "" when nothing is.
func (f form) Error(field string) string { return f.errors[field] }

// Key is a field's id in the page.
func (f form) Key(field string) string {
	if f.ID == "" {
		return field
	}
	return f.ID + "-" + field
}

// Attrs binds a field to the sentence about it. hint tells whether the field
// has a hint under the same key.
func (f form) Attrs(field string, hint bool) template.HTMLAttr {
	var described []string
	if hint {
		described = append(described, f.Key(field)+"-hint")
	}
	invalid := ""
	if f.errors[field] != "" {
		described = append(described, f.Key(field)+"-error")
		invalid = ` aria-invalid="true"`
	}
	if len(described) > 0 {
		invalid += ` aria-describedby="` + template.HTMLEscapeString(strings.Join(described, " ")) + `"`
	}
	return template.HTMLAttr(strings.TrimSpace(invalid)) //nolint:gosec // made of our own field names
}

// About is what the "mistake" part is given.
func (f form) About(field string) mistake {
	return mistake{Key: f.Key(field), Sentence: f.errors[field]}
}

type mistake struct{ Key, Sentence string }

// Failed reports whether anything is wrong.
func (f form) Failed() bool { return len(f.errors) > 0 }

// Mistakes counts what is wrong.
func (f form) Mistakes() int { return len(f.errors) }

func (f *form) fail(field, sentence string) {
	if f.errors == nil {
		f.errors = map[string]string{}
	}
	if f.errors[field] == "" {
		f.errors[field] = sentence
	}
}

// forget drops what was typed into a field: passwords are not sent back.
func (f *form) forget(fields ...string) {
	for _, field := range fields {
		f.values.Del(field)
	}
}

// explain puts a refusal beside its field (or above the form when the form has
// no such field) and tells the status of the answer. It is false for what a
// form cannot explain: that is an error page's matter.
func (f *form) explain(err error, fields ...string) (status int, ok bool) {
	r, isRefusal := refuse.As(err)
	if !isRefusal {
		return 0, false
	}
	switch r.Kind {
	case refuse.Invalid, refuse.Conflict, refuse.TooMany:
	case refuse.Unauthenticated: // a wrong password, beside its field
	default:
		return 0, false
	}
	field := ""
	for _, known := range fields {
		if known == r.Field {
			field = known
		}
	}
	f.fail(field, r.Sentence)
	return api.Status(r.Kind), true
}

// choose checks that a value is one of the choices or empty.
func (f *form) choose(field string, choices []choice, sentence string) string {
	v := f.Value(field)
	for _, c := range choices {
		if c.Value == v {
			return v
		}
	}
	if v != "" {
		f.fail(field, sentence)
	}
	return ""
}

// date reads a day; "" when empty or wrong.
func (f *form) date(field string) instant.Date {
	v := f.Value(field)
	if v == "" {
		return ""
	}
	d, err := instant.ParseDate(v)
	if err != nil {
		f.fail(field, "날짜가 아닙니다. 2026-10-03처럼 연-월-일로 입력하세요.")
		return ""
	}
	return d
}

// text reads a text of at most limit characters.
func (f *form) text(field string, limit int) string {
	v := f.Value(field)
	if len([]rune(v)) > limit {
		f.fail(field, "너무 깁니다. "+count(limit)+"자까지 입력할 수 있습니다.")
		return ""
	}
	return v
}

// localPath gives next when it leads to a page of ours, else "/".
func localPath(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil,
		!strings.HasPrefix(next, "/"), strings.HasPrefix(next, "//"),
		strings.ContainsAny(next, "\\\r\n\t"), strings.HasPrefix(u.Path, "//"):
		return "/"
	}
	return u.RequestURI()
}

// statusOf is 200 for a form without mistakes and 422 for one with.
func statusOf(f form) int {
	if f.Failed() {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}
