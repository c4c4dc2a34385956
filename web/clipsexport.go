package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
)

// mostExported bounds the lines of one file.
const mostExported = 50_000

var errTooLong = refuse.New(refuse.Invalid, "list-too-long",
	"한 번에 50,000건까지 내려받을 수 있습니다. 기간이나 부서로 조건을 좁혀 나누어 받으세요.")

var errNoForm = refuse.New(refuse.Invalid, "form-unknown", "내려받을 형식을 알 수 없습니다. 화면의 단추로 다시 시도해 주세요.")

// sheets are the forms a list leaves in.
var sheets = map[string]struct {
	mime string
	make func(io.Writer) (sheet, error)
}{
	"csv":  {"text/csv; charset=utf-8", newCSV},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", newXLSX},
}

// exportClips sends the list as a file. It leaves the system, so the ledger
// says who took it, what was asked for and how many lines, before the first
// byte goes.
func (s *site) exportClips(c echo.Context) error {
	f, err := readForm(c, "")
	if err != nil {
		return err
	}
	kind, known := sheets[f.Value("format")]
	if !known {
		return errNoForm
	}
	asked, err := url.ParseQuery(f.Value("list"))
	if err != nil {
		return errBrokenForm.Because(err)
	}
	ctx := c.Request().Context()
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	body, filter := s.clipsBody(c, registry, asked)
	if body.Form.Failed() {
		return s.showClips(c, body, filter, registry)
	}
	filter.Cursor, filter.Back, filter.Limit = "", false, 200
	lines, err := s.Records.CountClips(ctx, filter, mostExported+1)
	if err != nil {
		return err
	}
	if lines > mostExported {
		return errTooLong
	}
	if err := s.Desk.NoteExport(ctx, who(c).Actor(), filter.Department, body.Question, f.Value("format"), lines); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, kind.mime)
	name := "영상 목록 " + string(instant.DateOf(s.Now())) + "." + f.Value("format")
	h.Set(echo.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(name))
	c.Response().WriteHeader(http.StatusOK)
	to, err := kind.make(c.Response())
	if err == nil {
		err = s.writeClips(ctx, to, filter, names(registry), lines)
	}
	if err != nil { // half a file must not pass for a whole one
		s.Log.ErrorContext(context.WithoutCancel(ctx), "export", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

var exportHead = []string{
	"영상 번호", "파일명", "상태", "부서", "촬영 목적", "기기", "종류", "촬영일시", "촬영일시 신뢰도", "길이(초)", "크기(바이트)",
	"위도", "경도", "등록일시", "올린 사람", "묶음", "보관 만료", "SHA-256",
}

func (s *site) writeClips(ctx context.Context, to sheet, f footage.Filter, n registryNames, lines int) error {
	if err := to.Line(exportHead); err != nil {
		return err
	}
	for {
		page, err := s.Records.ListClips(ctx, f)
		if err != nil {
			return err
		}
		for _, clip := range page.Clips {
			if lines--; lines < 0 { // no more than was noted
				return to.Close()
			}
			if err := to.Line(exportLine(n, clip)); err != nil {
				return err
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return to.Close()
		}
	}
}

func exportLine(n registryNames, c footage.Clip) []string {
	moment := func(t instant.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Std().In(instant.KST).Format("2006-01-02 15:04:05")
	}
	place := func(v *float64) string {
		if v == nil {
			return ""
		}
		return placeText(*v)
	}
	return []string{
		c.ID, c.FileName, clipState(c.State).Text, n.department(c.Department), n.purpose(c.Purpose), n.device(c.Device), kind(c.Kind),
		moment(c.CapturedAt), confidence(c.TimeConfidence).Text, strconv.FormatFloat(c.DurationS, 'f', -1, 64), strconv.FormatInt(c.Bytes, 10),
		place(c.Lat), place(c.Lon), moment(c.CheckedInAt), c.CheckedInBy, c.Batch, retention.KeptUntil(c), c.SHA256,
	}
}
