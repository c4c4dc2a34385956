package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

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
		ledger.ActCheckedIn, ledger.ActViewed, ledger.ActCorrected, ledger.ActHeld, ledger.ActHoldReleased,
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

type ledgerQuery struct {
	act     ledger.Act
	subject string
	before  int64 // 0 = from the end
}

func readLedgerQuery(f *form) ledgerQuery {
	q := ledgerQuery{
		act:     ledger.Act(f.choose("act", acts, "없는 구분입니다. 목록에서 고르세요.")),
		subject: f.text("subject", 200),
	}
	if q.subject != "" && !strings.Contains(q.subject, ":") {
		q.subject = "clip:" + q.subject
	}
	if v := f.Value("before"); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			f.fail("before", "번호가 아닙니다. 1보다 큰 숫자를 입력하세요.")
		}
		q.before = n
	}
	return q
}

// fillLedger reads one page, newest first, leaving out what lies outside the
// department.
func (s *site) fillLedger(ctx context.Context, b *ledgerBody, q ledgerQuery, department string, n registryNames) error {
	visible := s.visibleIn(ctx, department)
	next, last := q.before, false
	for scanned := 0; len(b.History.Lines) < ledgerPage && scanned < ledgerScan && !last; {
		rows, err := s.entries(ctx, q, next)
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
		b.Older = ledgerAddress(q, next)
	}
	if q.before != 0 {
		b.Newest = ledgerAddress(q, 0)
	}
	return nil
}

// entries gives up to a page of entries below before, newest first.
func (s *site) entries(ctx context.Context, q ledgerQuery, before int64) ([]ledger.Row, error) {
	if q.subject == "" {
		return s.Records.RowsOf(ctx, q.act, before, ledgerPage)
	}
	all, err := s.Records.History(ctx, q.subject)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r ledger.Row) bool {
		return q.act != "" && r.Act != q.act || before > 0 && r.Index >= before
	})
	slices.Reverse(all)
	return all[:min(len(all), ledgerPage)], nil
}

func ledgerAddress(q ledgerQuery, before int64) string {
	v := url.Values{}
	if q.act != "" {
		v.Set("act", string(q.act))
	}
	if q.subject != "" {
		v.Set("subject", q.subject)
	}
	if before > 0 {
		v.Set("before", strconv.FormatInt(before, 10))
	}
	if len(v) == 0 {
		return "/ledger"
	}
	return "/ledger?" + v.Encode()
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
