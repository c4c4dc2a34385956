package web

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/web/access"
)

// The board: what came in, what is kept, what is about to go, what waits for a
// person, and how the system itself is.

const (
	boardDays = 30 // before today and ahead of it
	// countShare is how much of its time a server may spend counting: an answer
	// is shown again for so many times the time that it took.
	countShare = 100
)

// HealthLine is one part of the system and how it is.
type HealthLine struct {
	Name  string // Korean
	Good  bool
	State string // Korean, a few words: 정상, 닿지 않음
	Note  string // Korean: numbers, or what to do
}

// boardNumbers is what is counted.
type boardNumbers struct {
	at       instant.Time
	cameIn   []footage.DayTally
	due      []footage.DayTally
	stored   []footage.StoredTally
	uploads  map[footage.UploadState]int
	review   int
	held     int
	heldLate int
}

// counted keeps the numbers of each department for a while.
type counted struct {
	mu    sync.Mutex
	kept  map[string]boardNumbers
	until map[string]time.Time
}

type boardBody struct {
	Scope  string // whose numbers; "" = the institution
	At     instant.Time
	Tiles  []statTile
	Charts []chart
	Health []boardHealth
}

type boardHealth struct {
	HealthLine
	Badge badge
}

func (s *site) showBoard(c echo.Context) error {
	ctx, w := c.Request().Context(), who(c)
	registry, err := s.Records.Registry(ctx)
	if err != nil {
		return err
	}
	department, n := scope(w, access.ReadRegistry), names(registry)
	numbers, err := s.numbers(ctx, department)
	if err != nil {
		return err
	}
	body := boardBody{At: numbers.at}
	if department != "" {
		body.Scope = n.department(department)
	}
	body.Tiles = s.tiles(w, numbers)
	body.Charts = boardCharts(numbers, instant.DateOf(s.Now()), n, department == "")
	if s.Health != nil {
		for _, line := range s.Health(ctx) {
			b := badge{line.State, "done", "good"}
			if !line.Good {
				b.Icon, b.Tone = "alert", "bad"
			}
			body.Health = append(body.Health, boardHealth{line, b})
		}
	}
	return s.show(c, 200, "board", "현황판", body)
}

// numbers counts anew, or gives what was counted a moment ago.
func (s *site) numbers(ctx context.Context, department string) (boardNumbers, error) {
	s.counted.mu.Lock()
	defer s.counted.mu.Unlock()
	begun := s.Now()
	if begun.Before(s.counted.until[department]) {
		return s.counted.kept[department], nil
	}
	numbers, err := s.count(ctx, department)
	if err != nil {
		return numbers, err
	}
	if s.counted.kept == nil {
		s.counted.kept, s.counted.until = map[string]boardNumbers{}, map[string]time.Time{}
	}
	s.counted.kept[department] = numbers
	s.counted.until[department] = begun.Add(countShare * s.Now().Sub(begun))
	return numbers, nil
}

func (s *site) count(ctx context.Context, department string) (n boardNumbers, err error) {
	today := instant.DateOf(s.Now())
	n = boardNumbers{at: s.now(), uploads: map[footage.UploadState]int{}}
	if n.cameIn, err = s.Records.CheckedInByDay(ctx, today.AddDays(1-boardDays), today, department); err != nil {
		return n, err
	}
	if n.due, err = s.Records.DueByDay(ctx, today, today.AddDays(boardDays), department); err != nil {
		return n, err
	}
	if n.stored, err = s.Records.Stored(ctx, department); err != nil {
		return n, err
	}
	uploads, err := s.Records.UploadsUnderWay(ctx, department)
	if err != nil {
		return n, err
	}
	for _, u := range uploads {
		n.uploads[u.State] = u.Count
	}
	n.review, err = s.Records.CountClips(ctx, footage.Filter{Department: department, State: footage.Review}, countNoFurther)
	if err != nil {
		return n, err
	}
	n.held, n.heldLate, err = s.Records.CountHolds(ctx, department, today)
	return n, err
}

// tiles are the numbers a person looks for first; what they may not open has
// no address.
func (s *site) tiles(w access.Who, n boardNumbers) []statTile {
	today := instant.DateOf(s.Now())
	open := func(needs access.Action, address string) string {
		if access.May(w, needs, w.Department) {
			return address
		}
		return ""
	}
	cameIn, soon := footage.DayTally{}, 0
	for _, t := range n.cameIn {
		if t.Date == today {
			cameIn = t
		}
	}
	for _, t := range n.due {
		if t.Date <= today.AddDays(7) {
			soon += t.Clips
		}
	}
	var kept footage.StoredTally
	for _, t := range n.stored {
		kept.Clips, kept.Bytes = kept.Clips+t.Clips, kept.Bytes+t.Bytes
	}
	tiles := []statTile{
		{Label: "오늘 들어온 파일", Icon: "upload", Value: count(cameIn.Clips), Unit: "건", Note: byteCount(cameIn.Bytes)},
		{Label: "보관 중", Icon: "film", Value: count(kept.Clips), Unit: "건", Note: byteCount(kept.Bytes), Address: open(access.List, "/clips")},
		{Label: "7일 안에 보관 만료", Icon: "calendar", Value: count(soon), Unit: "건", Address: open(access.ReadDue, "/due")},
		{Label: "확인 필요", Icon: "alert", Value: count(n.review), Unit: "건", Address: open(access.List, "/clips?state=review")},
		{Label: "보류 중", Icon: "lock", Value: count(n.held), Unit: "건", Address: open(access.List, "/holds")},
		{
			Label: "전송·검증 중", Icon: "refresh", Value: count(n.uploads[footage.Receiving] + n.uploads[footage.Checking]), Unit: "건",
			Note: "검증 중 " + count(n.uploads[footage.Checking]) + "건",
		},
	}
	if n.review > 0 {
		tiles[3].Tone, tiles[3].Note = "warn", "사람이 정해 주어야 할 것이 있습니다."
	}
	if n.heldLate > 0 {
		tiles[4].Tone, tiles[4].Note = "warn", "다시 볼 날이 된 것 "+count(n.heldLate)+"건"
	}
	return tiles
}

func boardCharts(n boardNumbers, today instant.Date, in registryNames, byDepartment bool) []chart {
	charts := []chart{
		daysChart("날마다 들어온 파일", n.cameIn, today.AddDays(1-boardDays), today),
		daysChart("보관기간이 끝나는 날", n.due, today, today.AddDays(boardDays)),
	}
	if byDepartment {
		charts = append(charts, rankedBytes("부서별 보관량", "부서", n.stored, func(t footage.StoredTally) string { return in.department(t.Department) }))
	}
	charts = append(charts, rankedBytes("목적별 보관량", "촬영 목적", n.stored, func(t footage.StoredTally) string { return in.purpose(t.Purpose) }))
	return slices.DeleteFunc(charts, func(c chart) bool { return len(c.Labels) == 0 })
}

// daysChart has a bar for each day of the period.
func daysChart(title string, tallies []footage.DayTally, from, to instant.Date) chart {
	clips := map[instant.Date]float64{}
	for _, t := range tallies {
		clips[t.Date] += float64(t.Clips)
	}
	c := chart{Title: title, Kind: barChart, Unit: "건", Axis: "날짜", Series: []series{{Name: "파일"}}}
	for d := from; d <= to; d = d.AddDays(1) {
		c.Labels = append(c.Labels, string(d)[len("2026-"):])
		c.Series[0].Values = append(c.Series[0].Values, clips[d])
	}
	return c
}

// mostRanks is how many names a ranking shows; the rest are one.
const mostRanks = 8

func rankedBytes(title, axis string, stored []footage.StoredTally, name func(footage.StoredTally) string) chart {
	sums := map[string]int64{}
	for _, t := range stored {
		sums[name(t)] += t.Bytes
	}
	labels := make([]string, 0, len(sums))
	for label := range sums {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	c := chart{Title: title, Kind: rankChart, Unit: "B", Axis: axis, Series: []series{{Name: "보관량"}}}
	for i, label := range labels {
		if i >= mostRanks {
			sums["그 밖"] += sums[label]
			continue
		}
		c.Labels = append(c.Labels, label)
		c.Series[0].Values = append(c.Series[0].Values, float64(sums[label]))
	}
	if len(labels) > mostRanks {
		c.Labels = append(c.Labels, "그 밖")
		c.Series[0].Values = append(c.Series[0].Values, float64(sums["그 밖"]))
	}
	return c
}
