package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/web/access"
)

// spec says what a page is made of: the parts it uses besides the layout, and
// its own script, if it needs one.
type spec struct {
	parts  []string
	script string
}

// specs is every page. Each name is a file in templates; each part one in
// templates/parts.
var specs = map[string]spec{
	"sign-in":  {parts: []string{"field"}},
	"password": {parts: []string{"field"}},
	"upload":   {parts: []string{"field", "badge"}, script: "dist/upload.js"},
	"clips":    {parts: []string{"field", "badge", "clip-table"}},
	"clip":     {parts: []string{"field", "badge", "clip-facts", "clip-time", "clip-hold", "clip-correct", "history"}},
	"watch":    {parts: []string{"badge"}, script: "dist/watch.js"},
	"due":      {parts: []string{"field", "badge"}},
	"confirm":  {parts: []string{"badge"}},
	"ledger":   {parts: []string{"field", "history"}},
	"registry": {parts: []string{"badge"}},
	"error":    {},
}

// page is a template ready to be shown.
type page struct {
	template *template.Template
	script   string // address; "" = none
}

// loadPages reads every page and every part, and fails when one is missing,
// unused, not well-formed or not safe to escape.
func loadPages(files fs.FS, a *assets) (map[string]page, error) {
	base, err := template.New("layout.html").Funcs(words(a)).ParseFS(files, "templates/layout.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if err := checkUsed(files); err != nil {
		return nil, err
	}
	pages := make(map[string]page, len(specs))
	for name, sp := range specs {
		loaded, err := loadPage(base, files, a, name, sp)
		if err != nil {
			return nil, fmt.Errorf("web: page %s: %w", name, err)
		}
		pages[name] = loaded
	}
	return pages, nil
}

func loadPage(base *template.Template, files fs.FS, a *assets, name string, sp spec) (page, error) {
	paths := []string{"templates/" + name + ".html"}
	for _, part := range sp.parts {
		paths = append(paths, "templates/parts/"+part+".html")
	}
	t, err := template.Must(base.Clone()).ParseFS(files, paths...)
	if err != nil {
		return page{}, err
	}
	loaded := page{template: t}
	if sp.script != "" {
		if loaded.script, err = a.address(sp.script); err != nil {
			return page{}, err
		}
	}
	// Escaping is worked out at the first execution; that it then has nothing
	// to show does not matter here.
	var unsafe *template.Error
	if err := t.Execute(io.Discard, screen{}); errors.As(err, &unsafe) {
		return page{}, err
	}
	return loaded, nil
}

// checkUsed makes sure that no template lies about that no page shows.
func checkUsed(files fs.FS) error {
	used := map[string]bool{"templates/layout.html": true}
	for name, sp := range specs {
		used["templates/"+name+".html"] = true
		for _, part := range sp.parts {
			used["templates/parts/"+part+".html"] = true
		}
	}
	there, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return err
	}
	parts, err := fs.Glob(files, "templates/parts/*.html")
	if err != nil {
		return err
	}
	for _, name := range append(there, parts...) {
		if !used[name] {
			return fmt.Errorf("web: no page uses %s", path.Base(name))
		}
		delete(used, name)
	}
	if len(used) > 0 {
		return fmt.Errorf("web: missing templates: %v", slices.Sorted(maps.Keys(used)))
	}
	return nil
}

// screen is what the layout is given; Body is the page's own.
type screen struct {
	Title       string
	Institution string
	Who         *access.Who // nil when nobody is signed in
	Department  string      // of Who, its name
	Menu        []menuItem
	Flash       string
	Now         instant.Time
	Script      string
	Body        any
}

type menuItem struct {
	Address, Text string
	Current       bool
}

// menu is what the signed-in may reach, in the order of the work.
var menu = []struct {
	address, text string
	needs         access.Action
}{
	{"/upload", "업로드", access.Upload},
	{"/clips", "영상 목록", access.List},
	{"/due", "파기 예정", access.ReadDue},
	{"/ledger", "관리대장", access.ReadLedger},
	{"/registry", "등록부", access.ReadRegistry},
}

func menuFor(w access.Who, current string) []menuItem {
	var items []menuItem
	for _, m := range menu {
		if access.May(w, m.needs, w.Department) {
			items = append(items, menuItem{m.address, m.text, isWithin(current, m.address)})
		}
	}
	return items
}

func isWithin(current, address string) bool {
	return current == address || len(current) > len(address) && current[:len(address)+1] == address+"/"
}

// show renders a page whole before the first byte leaves, so that a fault in
// it can still be answered as one.
func (s *site) show(c echo.Context, status int, name, title string, body any) error {
	sc := screen{Title: title, Now: s.now(), Script: s.pages[name].script, Body: body}
	if err := s.dress(c, &sc); err != nil {
		return err
	}
	sc.Flash = s.Sessions.TakeFlash(c.Request().Context())
	return s.render(c, status, name, sc)
}

// dress adds what the frame around every page shows.
func (s *site) dress(c echo.Context, sc *screen) error {
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	sc.Institution = registry.Institution.Name
	if w, ok := access.From(ctx); ok {
		sc.Who = &w
		sc.Department = names(registry).department(w.Department)
		sc.Menu = menuFor(w, c.Request().URL.Path)
	}
	return nil
}

func (s *site) render(c echo.Context, status int, name string, sc screen) error {
	var out bytes.Buffer
	if err := s.pages[name].template.Execute(&out, sc); err != nil {
		return fmt.Errorf("web: page %s: %w", name, err)
	}
	return c.HTMLBlob(status, out.Bytes())
}

func (s *site) now() instant.Time { return instant.Of(s.Now()) }

// done sends the browser to address, where sentence is shown once.
func (s *site) done(c echo.Context, address, sentence string) error {
	s.Sessions.Flash(c.Request().Context(), sentence)
	return c.Redirect(http.StatusSeeOther, address)
}
