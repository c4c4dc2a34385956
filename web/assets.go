package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices/refuse"
)

const staticPrefix = "/static/"

// contentTypes of what may lie in static; anything else is a mistake.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assets are the embedded files of static under addresses that carry their
// hash, so that browsers may keep them for ever.
type assets struct {
	addresses map[string]string // "app.css" → "/static/app.1a2b3c4d5e6f7a8b.css"
	files     map[string]asset  // by address
}

type asset struct {
	body        []byte
	contentType string
}

func loadAssets(files fs.FS) (*assets, error) {
	a := &assets{addresses: map[string]string{}, files: map[string]asset{}}
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return a.add(files, name)
	})
	if err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	return a, nil
}

func (a *assets) add(files fs.FS, name string) error {
	ext := path.Ext(name)
	contentType, known := contentTypes[ext]
	if !known {
		return fmt.Errorf("%s: no content type for %q", name, ext)
	}
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	name = strings.TrimPrefix(name, "static/")
	address := staticPrefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	a.addresses[name] = address
	a.files[address] = asset{body: body, contentType: contentType}
	return nil
}

// address gives the address of an asset; an error when there is none, which
// for a file of dist means that the scripts were not built.
func (a *assets) address(name string) (string, error) {
	if address, ok := a.addresses[name]; ok {
		return address, nil
	}
	return "", fmt.Errorf("web: static/%s is not in this binary (scripts are built by `make assets`)", name)
}

var errNoAsset = refuse.New(refuse.NotFound, "no-such-file", "요청한 파일이 없습니다. 화면을 새로 고쳐 주세요.")

func (s *site) serveAsset(c echo.Context) error {
	found, ok := s.assets.files[c.Request().URL.Path]
	if !ok {
		return errNoAsset
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, found.contentType)
	h.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(found.body))
	return nil
}
