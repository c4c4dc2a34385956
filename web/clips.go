package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/retention"
	"jikim/web/access"
)

const (
	pageLength = 50
	// countNoFurther bounds the counting of a list: beyond it nobody pages.
	countNoFurther = 10_000
)

// conditions are the fields a list is narrowed by, as its address has them.
var conditions = []string{
	"department", "purpose", "device", "state", "person", "confidence", "held", "batch",
	"from", "to", "q", "south", "west", "north", "east",
}

// The ways to look at a list.
const (
	tableView  = ""
	thumbsView = "thumbs"
	mapsView   = "map"
)

type clipsBody struct {
	Form        form
	Departments []choice
	Purposes    []choice
	Devices     []choice
	States      []choice
	Confidences []choice
	Held        []choice
	Narrowed    bool // by any condition
	Rare        int  // of the rarer conditions, how many are set
	View        string
	Views       []tabLink
	Lengths     []tabLink // how many lines a page may have
	Length      int
	Rows        []clipRow
	Map         *placesView // nil: no row has a place, or it is not asked for
	Count       int
	More        bool     // there are more than Count
	Previous    string   // address of the page before; "" = there is none
	Next        string   // address of the next page; "" = last
	First       string   // address of the first page; "" = this is it
	Question    string   // the conditions, encoded
	Here        string   // likewise, with the page and its length
	Edges       []choice // of the area asked for; empty while there is none
	Saved       []savedLink
	Save        form // to keep the question under a name
	Look        form // to say why the pictures are looked at
	MayLook     bool
	MayHold     bool
	MayCorrect  bool
	All         string // address that corrects all that is found; "" = too many, or not narrowed
}

// clipRow is a clip as a line of a list.
type clipRow struct {
	footage.Clip
	DepartmentName, PurposeName, DeviceName string
	DDay                                    string
	Files                                   int    // of its recording, when there are more than this one
	Poster                                  string // address of its picture; "" = not opened
}

func (s *site) clipRow(n registryNames, c footage.Clip) clipRow {
	return clipRow{
		Clip:           c,
		DepartmentName: n.department(c.Department),
		PurposeName:    n.purpose(c.Purpose),
		DeviceName:     n.device(c.Device),
		DDay:           retention.DDay(s.Now(), c.DueAt),
	}
}

func (s *site) listClips(c echo.Context) error {
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	body, filter := s.clipsBody(c, registry, c.QueryParams())
	return s.showClips(c, body, filter, registry)
}

// clipsBody is a list with its conditions read.
func (s *site) clipsBody(c echo.Context, registry devices.Registry, asked url.Values) (clipsBody, footage.Filter) {
	w := who(c)
	reach, n := scope(w, access.List), names(registry)
	body := clipsBody{
		Form:        form{values: asked},
		Departments: n.departments(reach),
		Purposes:    n.purposes(reach),
		Devices:     n.devices(reach),
		States:      clipStates,
		Confidences: confidences,
		Held:        heldOnly,
		Save:        form{ID: "save"},
		Look:        form{ID: "look"},
		MayLook:     access.May(w, access.ViewContent, w.Department),
		MayHold:     access.May(w, access.PlaceHold, w.Department),
		MayCorrect:  access.May(w, access.Correct, w.Department),
	}
	filter := body.filter(reach)
	body.Question = questionOf(asked)
	_, body.Here, _ = strings.Cut(listAddress(asked, "cursor", asked.Get("cursor"), "back", asked.Get("back")), "?")
	for _, edge := range edges {
		body.Edges = append(body.Edges, choice{edge, body.Form.Value(edge)})
	}
	return body, filter
}

func (s *site) showClips(c echo.Context, body clipsBody, filter footage.Filter, registry devices.Registry) error {
	if !body.Form.Failed() {
		if err := s.fillClips(c, &body, filter, names(registry)); err != nil {
			return err
		}
	}
	if err := s.fillSaved(c, &body); err != nil {
		return err
	}
	return s.show(c, max(statusOf(body.Form), statusOf(body.Save), statusOf(body.Look)), "clips", "영상 목록", body)
}

var heldOnly = []choice{{"yes", "보류 중인 영상만"}}

var confidences = func() (all []choice) {
	for _, letter := range []string{"A", "B", "C", "D", "X"} {
		all = append(all, choice{letter, confidence(letter).Text})
	}
	return all
}()

// filter reads the conditions; what is wrong with them is left in the form.
func (b *clipsBody) filter(reach string) footage.Filter {
	f := &b.Form
	filter := footage.Filter{
		Department: f.choose("department", b.Departments, "볼 수 있는 부서가 아닙니다. 목록에서 부서를 고르세요."),
		Purpose:    f.choose("purpose", b.Purposes, "등록된 목적이 아닙니다. 목록에서 목적을 고르세요."),
		Device:     f.choose("device", b.Devices, "등록된 기기가 아닙니다. 목록에서 기기를 고르세요."),
		State:      footage.State(f.choose("state", b.States, "없는 상태입니다. 목록에서 상태를 고르세요.")),
		Confidence: f.choose("confidence", b.Confidences, "없는 신뢰도입니다. 목록에서 고르세요."),
		Held:       f.choose("held", b.Held, "없는 조건입니다. 목록에서 고르세요.") != "",
		Person:     f.text("person", 60),
		Batch:      f.text("batch", 100),
		From:       f.date("from"),
		To:         f.date("to"),
		Query:      f.text("q", 100),
		Box:        f.box(),
		Limit:      pageLength,
	}
	if filter.From != "" && filter.To != "" && filter.To < filter.From {
		f.fail("to", "끝 날짜가 시작 날짜보다 이릅니다. 두 날짜를 확인하세요.")
	}
	b.Narrowed = filter != footage.Filter{Limit: pageLength}
	b.Rare = f.Filled("person", "confidence", "held", "batch", "south")
	if filter.Department == "" {
		filter.Department = reach
	}
	for _, n := range pageLengths {
		if f.Is("per", strconv.Itoa(n)) {
			filter.Limit = n
		}
	}
	b.Length = filter.Limit
	if v := f.Value("view"); v == thumbsView || v == mapsView {
		b.View = v
	}
	filter.Cursor, filter.Back = f.Value("cursor"), f.Is("back", "1")
	return filter
}

var pageLengths = []int{20, 50, 100}

// edges are those of an area, as the map fills them in.
var edges = []string{"south", "west", "north", "east"}

// box reads an area; nil when none is given or it is none.
func (f *form) box() *footage.Box {
	if f.Filled(edges...) == 0 {
		return nil
	}
	var at [4]float64
	for i, edge := range edges {
		v, err := strconv.ParseFloat(f.Value(edge), 64)
		limit := []float64{90, 180}[i%2]
		if err != nil || !(v >= -limit && v <= limit) { // NaN is neither
			f.fail("", "지도에서 고른 범위를 읽을 수 없습니다. 조건을 지우고 지도에서 다시 고르세요.")
			return nil
		}
		at[i] = v
	}
	return &footage.Box{South: at[0], West: at[1], North: at[2], East: at[3]}
}

func (s *site) fillClips(c echo.Context, b *clipsBody, filter footage.Filter, n registryNames) error {
	ctx := c.Request().Context()
	page, err := s.Records.ListClips(ctx, filter)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.Invalid {
		b.Form.fail(r.Field, r.Sentence)
		return nil
	}
	if err != nil {
		return err
	}
	if b.View == mapsView {
		b.Map = s.placesOf(page.Clips, "search")
	}
	var recordings []string
	for _, clip := range page.Clips {
		b.Rows = append(b.Rows, s.clipRow(n, clip))
		if clip.Recording != "" {
			recordings = append(recordings, clip.Recording)
		}
	}
	sizes, err := s.Records.RecordingSizes(ctx, recordings)
	if err != nil {
		return err
	}
	for i := range b.Rows {
		if files := sizes[b.Rows[i].Recording]; files > 1 {
			b.Rows[i].Files = files
		}
	}
	if b.Count, err = s.Records.CountClips(ctx, filter, countNoFurther+1); err != nil {
		return err
	}
	if b.Count > countNoFurther {
		b.Count, b.More = countNoFurther, true
	}
	b.lead(page, filter)
	return nil
}

// lead fills in where one can go from the page.
func (b *clipsBody) lead(page footage.Page, filter footage.Filter) {
	asked := b.Form.values
	if page.Next != "" {
		b.Next = listAddress(asked, "cursor", page.Next)
	}
	if page.Previous != "" {
		b.Previous = listAddress(asked, "cursor", page.Previous, "back", "1")
	}
	if filter.Cursor != "" {
		b.First = listAddress(asked)
	}
	for _, v := range []choice{{tableView, "표"}, {thumbsView, "사진"}, {mapsView, "지도"}} {
		b.Views = append(b.Views, tabLink{Address: listAddress(asked, "view", v.Value), Text: v.Text, Current: b.View == v.Value})
	}
	for _, n := range pageLengths {
		b.Lengths = append(b.Lengths, tabLink{Address: listAddress(asked, "per", strconv.Itoa(n)), Text: strconv.Itoa(n), Current: n == b.Length})
	}
	if b.MayCorrect && b.Narrowed && b.Count > 0 && b.Count <= mostAtOnce {
		b.All = "/clips/correct?all=1&" + b.Question
	}
}

// questionOf is the conditions of a list, without a place in it.
func questionOf(asked url.Values) string {
	q := url.Values{}
	for _, field := range conditions {
		if v := asked.Get(field); v != "" {
			q.Set(field, v)
		}
	}
	return q.Encode()
}

// listAddress is the list with the same conditions, looked at the same way but
// for the fields that change, given as names and values.
func listAddress(asked url.Values, change ...string) string {
	q, err := url.ParseQuery(questionOf(asked))
	if err != nil { // what was encoded can be read
		return "/clips"
	}
	for _, field := range []string{"view", "per"} {
		q.Set(field, asked.Get(field))
	}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	maps.DeleteFunc(q, func(_ string, v []string) bool { return slices.Equal(v, []string{""}) })
	if len(q) == 0 {
		return "/clips"
	}
	return "/clips?" + q.Encode()
}

// clip gives the clip of the address to who may do a to it. What another
// department has is hidden, not refused: that there is such a clip tells too.
func (s *site) clip(c echo.Context, a access.Action) (footage.Clip, error) {
	clip, err := s.Records.Clip(c.Request().Context(), c.Param("id"))
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return footage.Clip{}, errNoClip
	}
	if err != nil {
		return footage.Clip{}, err
	}
	if !access.May(who(c), access.List, clip.Department) {
		return footage.Clip{}, errNoClip
	}
	if err := access.Allow(who(c), a, clip.Department); err != nil {
		return footage.Clip{}, err
	}
	return clip, nil
}

var errNoClip = refuse.New(refuse.NotFound, "clip-unknown",
	"그런 영상이 없거나 다른 부서의 영상입니다. 영상 목록에서 다시 찾아보세요.")
