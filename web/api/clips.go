package api

import (
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"jikim/devices/instant"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/web/access"
)

// errNoClip is the answer for a clip that is not there, and for one the person
// may not know of.
var errNoClip = refuse.New(refuse.NotFound, "clip-unknown", "그런 영상이 없습니다. 번호를 확인하거나 목록에서 다시 찾으세요.")

// names of records in an address; anything else is not asked of the database.
var recordID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// clip finds the clip of an address for somebody who wants to do a to it.
func (a *edge) clip(ctx context.Context, who access.Who, needs access.Action, id string) (footage.Clip, error) {
	if !recordID.MatchString(id) {
		return footage.Clip{}, errNoClip
	}
	c, err := a.Records.Clip(ctx, id)
	if err != nil {
		return c, orNoClip(err)
	}
	return c, mayDo(who, needs, c.Department)
}

// mayDo is nil when who may do a in the department, ErrForbidden when they may
// only see what is there, and errNoClip when not even that.
func mayDo(who access.Who, a access.Action, department string) error {
	if access.May(who, a, department) {
		return nil
	}
	if access.May(who, access.List, department) {
		return access.ErrForbidden
	}
	return errNoClip
}

func orNoClip(err error) error {
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return errNoClip
	}
	return err
}

type listInput struct {
	Department string `query:"department" doc:"부서 ID; 없으면 볼 수 있는 모든 부서"`
	Purpose    string `query:"purpose" doc:"목적 ID"`
	Device     string `query:"device" doc:"기기 ID"`
	State      string `query:"state" enum:"registered,review,destroying,destroyed" doc:"없으면 파기된 것을 뺀 모두"`
	Kind       string `query:"kind" enum:"video,photo,telemetry,audio,other"`
	From       string `query:"from" doc:"촬영일(모르면 입고일)부터, 2026-10-03"`
	To         string `query:"to" doc:"그날까지"`
	Recording  string `query:"recording" doc:"한 촬영의 파일만: recording_id"`
	Companions bool   `query:"companions" doc:"축소본·미리보기·위치 기록처럼 영상에 딸린 파일까지; 없으면 뺀다"`
	Person     string `query:"person" doc:"올린 사람(계정이나 토큰 이름)"`
	Confidence string `query:"confidence" enum:"A,B,C,D,X" doc:"촬영 시각의 신뢰도"`
	Held       bool   `query:"held" doc:"보류 중인 것만"`
	Batch      string `query:"batch" doc:"묶음 번호"`
	Query      string `query:"q" doc:"파일 이름·묶음의 일부나 번호"`
	Cursor     string `query:"cursor" doc:"앞쪽의 next"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" doc:"한 쪽의 건수, 기본 50"`
}

type listOutput struct {
	Body struct {
		Clips []clipLine `json:"clips" doc:"새로운 것부터"`
		Next  string     `json:"next,omitempty" doc:"다음 쪽의 cursor; 없으면 마지막 쪽"`
	}
}

func (a *edge) listClips(ctx context.Context, who access.Who, in *listInput) (*listOutput, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	switch {
	case access.Reach(who, access.List) == access.All:
	case filter.Department == "":
		filter.Department = who.Department
	default:
		if err := access.Allow(who, access.List, filter.Department); err != nil {
			return nil, err
		}
	}
	page, err := a.Records.ListClips(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Next = page.Next
	out.Body.Clips = make([]clipLine, 0, len(page.Clips))
	for _, c := range page.Clips {
		out.Body.Clips = append(out.Body.Clips, lineOf(c))
	}
	return out, nil
}

func (in *listInput) filter() (footage.Filter, error) {
	for field, text := range map[string]string{
		"department": in.Department, "purpose": in.Purpose, "device": in.Device, "recording": in.Recording,
		"person": in.Person, "batch": in.Batch, "q": in.Query, "cursor": in.Cursor,
	} {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return footage.Filter{}, refuse.Field(field, "filter-unreadable", "찾는 말에 읽을 수 없는 글자가 섞여 있습니다. 지우고 다시 찾으세요.")
		}
	}
	from, err := day("from", in.From)
	if err != nil {
		return footage.Filter{}, err
	}
	to, err := day("to", in.To)
	if err != nil {
		return footage.Filter{}, err
	}
	if from != "" && to != "" && to < from {
		return footage.Filter{}, refuse.Field("to", "period-reversed", "끝나는 날이 시작하는 날보다 이릅니다. 두 날을 바꾸어 적으세요.")
	}
	return footage.Filter{
		Department: in.Department, Purpose: in.Purpose, Device: in.Device, State: footage.State(in.State),
		Kind: in.Kind, Recording: in.Recording, Companions: in.Companions, From: from, To: to, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit,
		Person: in.Person, Confidence: in.Confidence, Held: in.Held, Batch: in.Batch,
	}, nil
}

func day(field, s string) (instant.Date, error) {
	if s == "" {
		return "", nil
	}
	d, err := instant.ParseDate(s)
	if err != nil {
		return "", refuse.Field(field, "date-form", "날짜를 2026-10-03처럼 적으세요.").Because(err)
	}
	return d, nil
}

type clipInput struct {
	ID string `path:"id" doc:"영상 번호"`
}

type clipOutput struct{ Body clipRecord }

func (a *edge) getClip(ctx context.Context, who access.Who, in *clipInput) (*clipOutput, error) {
	if _, err := a.clip(ctx, who, access.List, in.ID); err != nil {
		return nil, err
	}
	dossier, err := a.Records.Dossier(ctx, in.ID)
	if err != nil {
		return nil, orNoClip(err)
	}
	history, err := a.Records.History(ctx, "clip:"+in.ID)
	if err != nil {
		return nil, err
	}
	out := &clipOutput{Body: recordOf(dossier, a.Now())}
	out.Body.Making = a.making(dossier.Clip)
	if out.Body.Recording, err = a.recording(ctx, who, dossier.Clip); err != nil {
		return nil, err
	}
	for _, row := range history {
		line, err := entryOf(row)
		if err != nil {
			return nil, err
		}
		out.Body.Ledger = append(out.Body.Ledger, line)
	}
	return out, nil
}

func (a *edge) making(c footage.Clip) *making {
	if !c.MediaTodo {
		return nil
	}
	m := &making{}
	if a.Progress != nil {
		if share, running := a.Progress(c.ID); running {
			m.Proxy = &share
		}
	}
	return m
}
