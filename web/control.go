package web

import (
	"fmt"
	"html/template"
	"strings"
)

// control is one field of a form as the parts "input", "textarea", "select",
// "radios" and "ticks" take it: what it is called, what helps to fill it in,
// what was typed and what is wrong with that.
type control struct {
	Form         form
	Field, Label string
	Hint         string
	Type         string // of an input
	Autocomplete string
	None         string // the option that stands for no choice; "" = there is none
	Required     bool
	Wide         bool // takes two places of a grid
	Choices      []choice
	extra        []string // further attributes without a value
}

// controlOf is a control for a field of f. Options are "required", "wide",
// "hint=…", "type=…" (text by default), "autocomplete=…", "none=…", one of the
// attributes without a value in plainAttributes, or a []choice.
func controlOf(f form, field, label string, options ...any) (control, error) {
	c := control{Form: f, Field: field, Label: label, Type: "text"}
	for _, o := range options {
		switch o := o.(type) {
		case []choice:
			c.Choices = o
		case string:
			if err := c.set(o); err != nil {
				return c, err
			}
		default:
			return c, fmt.Errorf("web: field %s: option of type %T", field, o)
		}
	}
	return c, nil
}

// plainAttributes may be given as they are.
var plainAttributes = map[string]string{
	"autofocus": "autofocus",
	"name":      `autocapitalize="none" spellcheck="false"`, // a sign-in name or a number: not prose
	"digits":    `inputmode="numeric"`,
}

func (c *control) set(option string) error {
	key, value, _ := strings.Cut(option, "=")
	switch key {
	case "required":
		c.Required = true
	case "wide":
		c.Wide = true
	case "hint":
		c.Hint = value
	case "type":
		c.Type = value
	case "autocomplete":
		c.Autocomplete = value
	case "none":
		c.None = value
	default:
		attribute, ok := plainAttributes[key]
		if !ok {
			return fmt.Errorf("web: field %s: no option %q", c.Field, key)
		}
		c.extra = append(c.extra, attribute)
	}
	return nil
}

// ID is the control's id in the page.
func (c control) ID() string { return c.Form.Key(c.Field) }

// Value is what was typed.
func (c control) Value() string { return c.Form.Value(c.Field) }

// Chosen reports whether a choice is among what was chosen.
func (c control) Chosen(value string) bool { return c.Form.Has(c.Field, value) }

// Attrs binds the control to its hint and to what is wrong with it.
func (c control) Attrs() template.HTMLAttr {
	all := c.extra
	if c.Required {
		all = append(all, "required")
	}
	if c.Autocomplete != "" {
		all = append(all, `autocomplete="`+template.HTMLEscapeString(c.Autocomplete)+`"`)
	}
	all = append(all, string(c.Form.Attrs(c.Field, c.Hint != "")))
	return template.HTMLAttr(strings.TrimSpace(strings.Join(all, " "))) //nolint:gosec // made of our own words
}
