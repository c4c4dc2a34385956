package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/web/access"
)

type ledgerBody struct {
	Form       form
	Acts       []choice
	History    history
	Older      string // address of older entries; "" = none
	Newest     string // address of the first page; "" = this is it
	Size       int64
	Checkpoint string
	Narrow     string // name of the department the person is limited to; "" = all
}

const (
	ledgerPage = 50
	// ledgerScan bounds how many entries one page looks through for those a
	// person limited to one department may see.
	ledgerScan = 1000
)

// acts to choose from: those of the keep, then those of people and keys.
var acts = func() []choice {
	var out []choice
	for _, a := range []ledger.Act{
		ledger.ActCheckedIn, ledger.ActViewed, ledger.ActDownloaded, ledger.ActCorrected, ledger.ActHeld, ledger.ActHoldReleased,
		ledger.ActDestructionBegun, ledger.ActDestroyed, ledger.ActDestructionConfirmed,
		ledger.ActUploadRefused, ledger.ActUploadAbandoned, ledger.ActDerivativeMade, ledger.ActDerivativeFailed,
		ledger.ActRegistryImported, ledger.ActSignedIn, ledger.ActSignInFailed, ledger.ActAccountLocked, ledger.ActSignedOut,
		ledger.ActAccountAdded, ledger.ActAccountChanged,
		ledger.ActTokenCreated, ledger.ActTokenRevoked, ledger.ActKeyRotated, ledger.ActKeyExported, ledger.ActBackupMade, ledger.ActBackupRestored,
	} {
		out = append(out, choice{string(a), ledger.Label(a)})
	}
	return out
}()

func (s *site) showLedger(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	body := ledgerBody{Form: queryForm(c, ""), Acts: acts, History: history{Subjects: true}}
	head, err := s.Records.Head()
	if err != nil {
		return err
	}
	body.Size, body.Checkpoint = head.Size, string(head.Checkpoint)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	n, department := names(registry), scope(w, access.ReadLedger)
	if department != "" {
		body.Narrow = n.department(department)
	}
	q := readLedgerQuery(&body.Form)
	if !body.Form.Failed() {
		if err := s.fillLedger(ctx, &body, q, department, n); err != nil {
			return err
		}
	}
	return s.show(c, statusOf(body.Form), "ledger", "관리대장", body)
}

func readLedgerQuery(f *form) ledger.Query {
	q := ledger.Query{
		Act:     ledger.Act(f.choose("act", acts, "없는 구분입니다. 목록에서 고르세요.")),
		Subject: f.text("subject", 200),
		Account: f.text("account", 64),
		Limit:   ledgerPage,
	}
	if q.Subject != "" && !strings.Contains(q.Subject, ":") {
		q.Subject = "clip:" + q.Subject
	}
	from, to := f.date("from"), f.date("to")
	if from != "" && to != "" && to < from {
		f.fail("to", "끝 날짜가 시작 날짜보다 이릅니다. 두 날짜를 확인하세요.")
	}
	if from != "" {
		q.Since = instant.Of(from.Start())
	}
	if to != "" {
		q.Until = instant.Of(to.AddDays(1).Start())
	}
	if v := f.Value("before"); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			f.fail("before", "번호가 아닙니다. 1보다 큰 숫자를 입력하세요.")
		}
		q.Before = n
	}
	return q
}

// fillLedger reads one page, newest first, leaving out what lies outside the
// department.
func (s *site) fillLedger(ctx context.Context, b *ledgerBody, q ledger.Query, department string, n registryNames) error {
	visible := s.visibleIn(ctx, department)
	before := q.Before
	next, last := before, false
	for scanned := 0; len(b.History.Lines) < ledgerPage && scanned < ledgerScan && !last; {
		q.Before = next
		rows, err := s.Records.RowsOf(ctx, q)
		if err != nil {
			return err
		}
		last = len(rows) < ledgerPage
		scanned += len(rows)
		read, err := n.lines(rows)
		if err != nil {
			return err
		}
		for _, l := range read {
			if len(b.History.Lines) == ledgerPage {
				last = false
				break
			}
			next = l.Index
			if ok, err := visible(l.Entry); err != nil {
				return err
			} else if ok {
				b.History.Lines = append(b.History.Lines, l)
			}
		}
		last = last || next == 0
	}
	if !last {
		b.Older = ledgerAddress("/ledger", b.Form, next)
	}
	if before != 0 {
		b.Newest = ledgerAddress("/ledger", b.Form, 0)
	}
	return nil
}

// ledgerAddress is a page with the same conditions at another place.
func ledgerAddress(path string, f form, before int64) string {
	v := url.Values{}
	for _, field := range []string{"act", "subject", "account", "from", "to"} {
		if value := f.Value(field); value != "" {
			v.Set(field, value)
		}
	}
	if before > 0 {
		v.Set("before", strconv.FormatInt(before, 10))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// visibleIn tells which entries a person limited to a department may see:
// those about that department's clips, uploads and people. Entries about the
// institution are for those who answer for the whole of it.
func (s *site) visibleIn(ctx context.Context, department string) func(e ledger.Entry) (bool, error) {
	known := map[string]string{} // departments by subject
	return func(e ledger.Entry) (bool, error) {
		if department == "" {
			return true, nil
		}
		of, ok := e.Facts["department"]
		if !ok {
			of, ok = known[e.Subject]
		}
		if ok {
			return of == department, nil
		}
		of, err := s.departmentOf(ctx, e.Subject)
		if r, isRefusal := refuse.As(err); isRefusal && r.Kind == refuse.NotFound {
			of, err = "", nil
		}
		if err != nil {
			return false, err
		}
		known[e.Subject] = of
		return of == department, nil
	}
}

// departmentOf gives the department a subject belongs to; "" when to none.
func (s *site) departmentOf(ctx context.Context, subject string) (string, error) {
	kind, id, _ := strings.Cut(subject, ":")
	switch kind {
	case "clip", "destruction":
		clip, err := s.Records.Clip(ctx, id)
		return clip.Department, err
	case "upload":
		up, err := s.Records.Upload(ctx, id)
		return up.Department, err
	case "account":
		a, err := s.Records.Account(ctx, id)
		return a.Department, err
	case "department":
		return id, nil
	}
	return "", nil
}
