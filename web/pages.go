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

// spec says what a page is made of: the parts it uses besides the layout and
// those every page may use, and its own script and stylesheet, if it needs one.
type spec struct {
	parts  []string
	script string
	style  string
	kiosk  bool // at a dock: large type, no menu
}

// everywhere are the parts every page may use; PARTS.md says what each is
// given.
var everywhere = []string{"field", "badge", "blocks", "figures"}

// specs is every page. Each name is a file in templates; each part one in
// templates/parts.
var specs = map[string]spec{
	"sign-in":       {parts: []string{"demonstration"}, script: "dist/passkey.js"},
	"second":        {script: "dist/passkey.js"},
	"kept":          {},
	"password":      {script: "dist/password.js"},
	"account":       {parts: []string{"abilities", "sign-in-table"}},
	"security":      {script: "dist/passkey.js"},
	"app":           {},
	"codes":         {},
	"sign-ins":      {parts: []string{"sign-in-table"}},
	"people":        {},
	"person":        {parts: []string{"abilities", "sign-in-table", "grant-table"}},
	"person-post":   {parts: []string{"abilities"}},
	"person-check":  {parts: []string{"abilities"}},
	"secret":        {},
	"tokens":        {},
	"token":         {parts: []string{"abilities"}},
	"grants":        {parts: []string{"grant-table"}},
	"help":          {},
	"upload":        {script: "dist/upload.js", kiosk: true},
	"receipt":       {script: "dist/receipt.js"},
	"clips":         {parts: []string{"clip-table", "clip-wall", "map"}, script: "dist/clips.js"},
	"clips-correct": {},
	"clip":          {parts: []string{"clip-facts", "clip-time", "clip-hold", "clip-correct", "recording", "history"}},
	"watch":         {parts: []string{"map", "recording", "player"}, script: "dist/watch.js"},
	"clip-history":  {parts: []string{"history"}},
	"correct":       {},
	"review":        {},
	"doubt":         {parts: []string{"clip-time", "clip-correct"}},
	"due":           {},
	"due-hold":      {},
	"holds":         {},
	"board":         {},
	"confirm":       {},
	"ledger":        {parts: []string{"history"}},
	"registry":      {},
	"error":         {},
	"parts":         {},
}

// page is a template ready to be shown.
type page struct {
	template *template.Template
	script   string // address; "" = none
	style    string // likewise
}

// loadPages reads every page and every part, and fails when one is missing,
// unused, not well-formed or not safe to escape.
func loadPages(files fs.FS, a *assets, in icons) (map[string]page, error) {
	if err := checkUsed(files); err != nil {
		return nil, err
	}
	shared := []string{"templates/layout.html"}
	for _, part := range everywhere {
		shared = append(shared, partPath(part))
	}
	base, err := template.New("layout.html").Funcs(words(a, in)).ParseFS(files, shared...)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
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
		paths = append(paths, partPath(part))
	}
	t, err := template.Must(base.Clone()).ParseFS(files, paths...)
	if err != nil {
		return page{}, err
	}
	loaded := page{template: t}
	for asset, address := range map[string]*string{sp.script: &loaded.script, sp.style: &loaded.style} {
		if asset == "" {
			continue
		}
		if *address, err = a.address(asset); err != nil {
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

func partPath(part string) string { return "templates/parts/" + part + ".html" }

// checkUsed makes sure that no template lies about that no page shows.
func checkUsed(files fs.FS) error {
	used := map[string]bool{"templates/layout.html": true}
	for name, sp := range specs {
		used["templates/"+name+".html"] = true
		for _, part := range sp.parts {
			used[partPath(part)] = true
		}
	}
	for _, part := range everywhere {
		used[partPath(part)] = true
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
	Menu        []menuSection
	Personal    []menuItem
	Trail       []crumb
	Theme       string // chosen look; "" = none
	Themes      []choice
	Here        string // where forms of the frame come back to
	Flash       string
	Session     sessionLeft // how long it goes on
	Now         instant.Time
	Script      string // address of the page's own; "" = none
	Style       string
	Kiosk       bool // large type, no menu
	Body        any
}

// show renders a page whole before the first byte leaves, so that a fault in
// it can still be answered as one.
func (s *site) show(c echo.Context, status int, name, title string, body any) error {
	sc := screen{Title: title, Now: s.now(), Body: body}
	sc.Trail = trailTo(c.Request().URL.Path, title, body)
	if err := s.dress(c, &sc); err != nil {
		return err
	}
	sc.Flash = s.Sessions.TakeFlash(c.Request().Context())
	return s.render(c, status, name, sc)
}

// dress adds what the frame around every page shows.
func (s *site) dress(c echo.Context, sc *screen) error {
	ctx := c.Request().Context()
	sc.Theme, sc.Themes, sc.Here = themeOf(c.Request()), themes, hereOf(c.Request())
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	sc.Institution = registry.Institution.Name
	if w, ok := access.From(ctx); ok {
		sc.Who = &w
		sc.Session = s.sessionLeft(c)
		sc.Department = names(registry).department(w.Department)
		sc.Menu = menuFor(w, c.Request().URL.Path)
		if err := s.tallyDoubts(ctx, w, sc.Menu); err != nil {
			return err
		}
		sc.Personal = personalFor(c.Request().URL.Path)
	}
	return nil
}

func (s *site) render(c echo.Context, status int, name string, sc screen) error {
	var out bytes.Buffer
	sc.Script, sc.Style = s.pages[name].script, s.pages[name].style
	sc.Kiosk = specs[name].kiosk && sc.Who != nil && sc.Who.Role == access.Dock
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
