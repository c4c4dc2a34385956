package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// showHelp says what each page of a person's menu is for. It needs nobody
// signed in: whoever cannot sign in needs help most.
func (s *site) showHelp(c echo.Context) error {
	return s.show(c, http.StatusOK, "help", "도움말", nil)
}
