package web

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"jikim/devices/instant"
	"jikim/devices/profile"
	"jikim/footage"
	"jikim/web/access"
)

// recordingView is the recording that a clip is a file of, for the part
// "recording".
type recordingView struct {
	Name       string // of its first file
	Now        string // the clip whose page it is
	Start, End instant.Time
	Lanes      []laneView
	Files      []fileView
	Missing    string // which chapters are not there; "" = none
	Height     px     // of the drawing; 0 = nothing to draw
	Lasts      float64
}

// laneView is what one lens filmed, as a row of the drawing.
type laneView struct {
	Lens     string
	Word     px // where its name stands
	Segments []segmentView
}

// segmentView is one file on the time line.
type segmentView struct {
	footage.Segment
	X, Y, Width px
	Current     bool
}

// fileView is one file of a recording as a line of a table.
type fileView struct {
	footage.Clip
	Role    string
	Current bool
	Start   instant.Time
	Derived bool
	Gap     string // between the file before and this one; "" = none
	Offset  float64
	Moving  bool // has a place on the time line
}

// Sizes of the drawing, in units of its viewBox.
const (
	lineWidth, lineLeft = 640.0, 8.0
	lineTop, laneHeight = 8.0, 54.0
	barTop              = 24.0
	barLeast            = 3.0 // a file of a second must be seen beside one of an hour
)

// recordingOf shows the files that belong with a clip and that w may know of;
// nil when it stands alone.
func (s *site) recordingOf(ctx context.Context, w access.Who, c footage.Clip) (*recordingView, error) {
	if c.Recording == "" {
		return nil, nil
	}
	members, err := s.Records.Recording(ctx, c.Recording)
	if err != nil {
		return nil, err
	}
	known := members[:0]
	for _, m := range members {
		if access.May(w, access.List, m.Department) {
			known = append(known, m)
		}
	}
	if len(known) < 2 {
		return nil, nil
	}
	return viewOfRecording(known, c.ID), nil
}

// viewOfRecording lays out the files of a recording; now is the one shown.
func viewOfRecording(members []footage.Clip, now string) *recordingView {
	byID := map[string]footage.Clip{}
	for _, m := range members {
		byID[m.ID] = m
	}
	t := footage.TimelineOf(members)
	v := &recordingView{Now: now, Start: t.Start, End: t.End, Lasts: lasts(t)}
	for i, lane := range t.Lanes {
		row := laneView{Lens: lane.Lens, Word: px(lineTop + float64(i)*laneHeight + 16)}
		for _, seg := range lane.Segments {
			row.Segments = append(row.Segments, v.place(seg, i))
			v.Files = append(v.Files, fileOf(byID[seg.Clip], seg, now))
		}
		v.Lanes = append(v.Lanes, row)
		v.miss(lane)
	}
	for _, c := range t.Companions {
		v.Files = append(v.Files, fileView{Clip: c, Role: roleOf(c), Current: c.ID == now, Start: c.CapturedAt})
	}
	v.Name = v.Files[0].FileName
	if len(v.Lanes) > 0 && v.Lasts > 0 {
		v.Height = px(lineTop + float64(len(v.Lanes))*laneHeight)
	}
	return v
}

// lasts is how long a time line goes on, in seconds.
func lasts(t footage.Timeline) float64 {
	end := 0.0
	for _, lane := range t.Lanes {
		for _, seg := range lane.Segments {
			end = max(end, seg.Offset+seg.DurationS)
		}
	}
	return end
}

// place is where a file is drawn in its lane.
func (v *recordingView) place(seg footage.Segment, lane int) segmentView {
	shown := segmentView{Segment: seg, Current: seg.Clip == v.Now, Y: px(lineTop + float64(lane)*laneHeight + barTop)}
	if v.Lasts > 0 {
		unit := (lineWidth - 2*lineLeft) / v.Lasts
		shown.X, shown.Width = px(lineLeft+seg.Offset*unit), px(max(barLeast, seg.DurationS*unit))
	}
	return shown
}

func fileOf(c footage.Clip, seg footage.Segment, now string) fileView {
	return fileView{
		Clip: c, Role: roleOf(c), Current: c.ID == now, Start: seg.Start, Derived: seg.Derived,
		Gap: gapText(seg.GapS), Offset: seg.Offset, Moving: true,
	}
}

// smallGap is how far two files may lie apart and still follow one another: a
// camera opens the next file within a frame or two.
const smallGap = 0.5

func gapText(s float64) string {
	switch {
	case math.Abs(s) < smallGap:
		return ""
	case s > 0:
		return "앞 파일과 " + seconds(max(1, s)) + " 비어 있음"
	}
	return "앞 파일과 " + seconds(max(1, -s)) + " 겹침"
}

func (v *recordingView) miss(l footage.Lane) {
	for _, n := range l.Missing {
		if v.Missing != "" {
			v.Missing += ", "
		}
		if l.Lens != "" {
			v.Missing += l.Lens + " "
		}
		v.Missing += strconv.Itoa(n) + "번째"
	}
}

// roleOf says what a file is in its recording: "원본 · 광각 · 2번째".
func roleOf(c footage.Clip) string {
	role := c.Part.Korean()
	if role == "" {
		role = profile.Main.Korean()
	}
	if c.Lens != "" {
		role += " · " + c.Lens
	}
	if c.Chapter > 0 {
		role += fmt.Sprintf(" · %d번째", c.Chapter)
	}
	return role
}
