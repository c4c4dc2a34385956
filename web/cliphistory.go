package web

import (
	"fmt"
	"strconv"

	"github.com/labstack/echo/v4"

	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/web/access"
)

// historyBody is the whole history of a clip, held against the signed ledger.
type historyBody struct {
	Clip    footage.Clip
	Form    form
	History history
	Wrong   int    // entries that the signed ledger does not have so
	Size    int64  // entries of the ledger they were held against
	Signed  string // what is wrong with the ledger's signature; "" = nothing
	Older   string // address of older entries; "" = none
	Newest  string // address of the newest; "" = they are shown
}

func (b historyBody) trail() []crumb { return []crumb{{b.Clip.FileName, "/clips/" + b.Clip.ID}} }

// historyPage is how many entries are shown, and proved, at once.
const historyPage = 50

// showHistory shows a clip's entries and proves of each, now that somebody
// asks, that the signed ledger has it as it is shown.
func (s *site) showHistory(c echo.Context) error {
	clip, err := s.clip(c, access.List)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	b := historyBody{Clip: clip, Form: queryForm(c, ""), History: history{Proved: true}}
	before := b.before()
	head, err := s.Records.Head()
	if err != nil {
		return err
	}
	rows, err := s.Records.RowsOf(ctx, ledger.Query{Subject: clip.RecordName(), Before: before, Limit: historyPage + 1})
	if err != nil {
		return err
	}
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	address := "/clips/" + clip.ID + "/history"
	if len(rows) > historyPage {
		rows = rows[:historyPage]
		b.Older = address + "?before=" + strconv.FormatInt(rows[historyPage-1].Index, 10)
	}
	if before > 0 {
		b.Newest = address
	}
	if b.History.Lines, err = names(registry).lines(rows); err != nil {
		return err
	}
	if err := s.prove(&b, head, rows); err != nil {
		return err
	}
	return s.show(c, statusOf(b.Form), "clip-history", "처리 이력", b)
}

// before reads from which entry on the page goes back; 0 = from the newest.
func (b *historyBody) before() int64 {
	v := b.Form.Value("before")
	if v == "" {
		return 0
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 1 {
		b.Form.fail("before", "기록의 번호가 아닙니다. 가장 최근 이력부터 보여 줍니다.")
		return 0
	}
	return n
}

// prove holds each row against the root that the institution has signed.
func (s *site) prove(b *historyBody, head ledger.Head, rows []ledger.Row) error {
	signed, err := s.Verifier.Open(head.Checkpoint)
	if err != nil {
		b.Signed = "관리대장의 서명을 확인하지 못했습니다. 시스템 관리자에게 알려 jikim verify를 실행하게 하세요."
	}
	b.Size = signed.Size
	for i, row := range rows {
		switch {
		case err != nil:
			b.History.Lines[i].Proof = badge{"확인 못 함", "question", "warn"}
			continue
		case row.Index >= signed.Size: // written while the page was made
			b.History.Lines[i].Proof = badge{"방금 적힘", "clock", ""}
			continue
		}
		proof, err := ledger.Inclusion(s.Records, row.Index, signed.Size)
		if err != nil {
			return fmt.Errorf("web: proof of ledger entry %d: %w", row.Index, err)
		}
		b.History.Lines[i].Proof = badge{fmt.Sprintf("%s번째 기록 · 확인됨", count(int(row.Index)+1)), "shield", "good"}
		if ledger.CheckInclusion(proof, signed.Size, signed.Root, row.Index, row.Body) != nil {
			b.History.Lines[i].Proof, b.Wrong = badge{"서명된 것과 다름", "alert", "bad"}, b.Wrong+1
		}
	}
	return nil
}
