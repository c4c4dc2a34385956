package api

import (
	"context"
	"encoding/base64"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/web/access"
)

type checkpointOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

var errEmptyLedger = refuse.New(refuse.NotFound, "ledger-empty", "관리대장에 아직 항목이 없습니다. 첫 기록이 생긴 뒤 다시 보세요.")

func (a *edge) checkpoint(context.Context, access.Who, *struct{}) (*checkpointOutput, error) {
	head, err := a.Ledger.Head()
	switch {
	case err != nil:
		return nil, err
	case head.Size == 0:
		return nil, errEmptyLedger
	}
	return &checkpointOutput{ContentType: "text/plain; charset=utf-8", Body: head.Checkpoint}, nil
}

// entryLine is one entry. Body is exactly what is hashed: SHA-256 over a zero
// byte and Body is Hash, the leaf of the proofs.
type entryLine struct {
	Index    int64             `json:"index"`
	Hash     string            `json:"hash" doc:"잎의 해시(RFC 6962), base64"`
	Withheld bool              `json:"withheld,omitempty" doc:"다른 부서의 항목이라 내용은 보이지 않음"`
	At       string            `json:"at,omitempty" format:"date-time"`
	Act      string            `json:"act,omitempty"`
	Label    string            `json:"label,omitempty" doc:"무엇을 했는지, 한국어"`
	Account  string            `json:"account,omitempty"`
	Role     string            `json:"role,omitempty"`
	Subject  string            `json:"subject,omitempty"`
	Why      string            `json:"why,omitempty"`
	Facts    map[string]string `json:"facts,omitempty"`
	Body     string            `json:"body,omitempty" doc:"해시하는 바로 그 글(JSON)"`
}

func entryOf(row ledger.Row) (entryLine, error) {
	e, err := ledger.Decode(row.Body)
	if err != nil {
		return entryLine{}, err
	}
	return entryLine{
		Index: row.Index, Hash: tlog.RecordHash(row.Body).String(),
		At: moment(e.At), Act: string(e.Act), Label: ledger.Label(e.Act),
		Account: e.Actor.Account, Role: e.Actor.Role, Subject: e.Subject, Why: e.Why, Facts: e.Facts,
		Body: string(row.Body),
	}, nil
}

type entriesInput struct {
	From  int64 `query:"from" minimum:"0" doc:"첫 항목의 번호, 기본 0"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" doc:"건수, 기본 100"`
}

type entriesOutput struct {
	Body struct {
		Size    int64       `json:"size" doc:"관리대장의 항목 수"`
		Entries []entryLine `json:"entries"`
	}
}

const defaultEntries = 100

func (a *edge) entries(ctx context.Context, who access.Who, in *entriesInput) (*entriesOutput, error) {
	head, err := a.Ledger.Head()
	if err != nil {
		return nil, err
	}
	if in.Limit == 0 {
		in.Limit = defaultEntries
	}
	rows, err := a.Ledger.Rows(ctx, in.From, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &entriesOutput{}
	out.Body.Size = head.Size
	out.Body.Entries = make([]entryLine, 0, len(rows))
	scope := a.scopeOf(who)
	for _, row := range rows {
		line, err := entryOf(row)
		if err != nil {
			return nil, err
		}
		shows, err := scope.shows(ctx, line)
		if err != nil {
			return nil, err
		}
		if !shows {
			line = entryLine{Index: line.Index, Hash: line.Hash, Withheld: true}
		}
		out.Body.Entries = append(out.Body.Entries, line)
	}
	return out, nil
}

// scope decides which entries somebody sees. Others keep their place and hash,
// so that the whole can be verified by who sees only a part.
type scope struct {
	records    Records
	who        access.Who
	department map[string]string // of the clips asked about so far
}

func (a *edge) scopeOf(who access.Who) *scope {
	return &scope{records: a.Records, who: who, department: map[string]string{}}
}

func (s *scope) shows(ctx context.Context, e entryLine) (bool, error) {
	if access.Reach(s.who, access.ReadLedger) == access.All {
		return true, nil
	}
	if department, ok := e.Facts["department"]; ok {
		return access.May(s.who, access.ReadLedger, department), nil
	}
	id, isClip := strings.CutPrefix(e.Subject, "clip:")
	if !isClip {
		return false, nil
	}
	department, known := s.department[id]
	if !known {
		c, err := s.records.Clip(ctx, id)
		if r, ok := refuse.As(err); err != nil && (!ok || r.Kind != refuse.NotFound) {
			return false, err
		}
		department = c.Department
		s.department[id] = department
	}
	return department != "" && access.May(s.who, access.ReadLedger, department), nil
}

type proofInput struct {
	Index int64 `query:"index" default:"-1" minimum:"-1" doc:"포함을 증명할 항목의 번호"`
	Old   int64 `query:"old" default:"-1" minimum:"-1" doc:"일관성을 증명할 옛 크기"`
	Size  int64 `query:"size" default:"-1" minimum:"-1" doc:"어느 크기의 관리대장에 대해; 없으면 지금"`
}

type proofOutput struct {
	Body struct {
		Size        int64    `json:"size"`
		Index       *int64   `json:"index,omitempty"`
		Inclusion   []string `json:"inclusion,omitempty" doc:"RFC 6962 §2.1.1, base64"`
		Old         *int64   `json:"old,omitempty"`
		Consistency []string `json:"consistency,omitempty" doc:"RFC 6962 §2.1.2, base64"`
	}
}

func (a *edge) proof(_ context.Context, _ access.Who, in *proofInput) (*proofOutput, error) {
	if in.Index < 0 && in.Old < 0 {
		return nil, refuse.Field("index", "proof-of-what",
			"무엇을 증명할지 정하세요: index(포함을 증명할 항목의 번호)나 old(일관성을 증명할 옛 크기).")
	}
	if in.Size < 0 {
		head, err := a.Ledger.Head()
		if err != nil {
			return nil, err
		}
		in.Size = head.Size
	}
	out := &proofOutput{}
	out.Body.Size = in.Size
	if in.Index >= 0 {
		proof, err := ledger.Inclusion(a.Ledger, in.Index, in.Size)
		if err != nil {
			return nil, err
		}
		out.Body.Index, out.Body.Inclusion = &in.Index, texts(proof)
	}
	if in.Old >= 0 {
		proof, err := ledger.Consistency(a.Ledger, in.Old, in.Size)
		if err != nil {
			return nil, err
		}
		out.Body.Old, out.Body.Consistency = &in.Old, texts(proof)
	}
	return out, nil
}

func texts(hashes []tlog.Hash) []string {
	list := make([]string, len(hashes))
	for i, h := range hashes {
		list[i] = base64.StdEncoding.EncodeToString(h[:])
	}
	return list
}
