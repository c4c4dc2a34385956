package web

import (
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"
)

// icons gives pieces of markup that show one symbol of static/icons.svg.
type icons struct {
	address string
	names   []string // in the order of the file
}

var symbolID = regexp.MustCompile(`<symbol id="([a-z-]+)"`)

func loadIcons(a *assets) (icons, error) {
	const sprite = "icons.svg"
	address, err := a.address(sprite)
	if err != nil {
		return icons{}, err
	}
	in := icons{address: address}
	for _, found := range symbolID.FindAllSubmatch(a.files[address].body, -1) {
		in.names = append(in.names, string(found[1]))
	}
	return in, nil
}

// show is an icon beside the words that say the same: screen readers pass it
// over. An icon that is not in the sprite is an error of the page.
func (in icons) show(name string) (template.HTML, error) {
	if !slices.Contains(in.names, name) {
		return "", fmt.Errorf("web: no icon %q in static/icons.svg", name)
	}
	var out strings.Builder
	out.WriteString(`<svg class="icon" aria-hidden="true" focusable="false"><use href="`)
	template.HTMLEscape(&out, []byte(in.address+"#"+name))
	out.WriteString(`"/></svg>`)
	return template.HTML(out.String()), nil //nolint:gosec // made of our own names
}
