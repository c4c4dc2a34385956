package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

type uploadBody struct {
	Department string
	Devices    []choice // by serial, as the upload protocol wants them
	Purposes   []choice
	MaxUpload  int64
}

func (s *site) showUpload(c echo.Context) error {
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	w := who(c)
	body := uploadBody{
		Department: names(registry).department(w.Department),
		Purposes:   names(registry).purposes(w.Department),
		MaxUpload:  s.MaxUpload,
	}
	for _, d := range registry.Devices {
		if w.Department == "" || d.Department == w.Department {
			body.Devices = append(body.Devices, choice{d.Serial, deviceName(d)})
		}
	}
	return s.show(c, http.StatusOK, "upload", "영상 업로드", body)
}
