package api

import (
	"context"

	"jikim/footage"
	"jikim/web/access"
)

// recordingForm is the recording a file belongs to. Files that were filmed one
// after another stand in their order, by lens; then what goes with them.
type recordingForm struct {
	ID      string            `json:"id" doc:"먼저 등록된 파일의 영상 번호"`
	Part    string            `json:"part" enum:"main,still,proxy,thumbnail,track,sound,log" doc:"이 파일이 촬영에서 하는 구실"`
	Chapter int               `json:"chapter,omitempty" doc:"이어지는 파일 가운데 몇째, 1부터; 없으면 하나뿐이거나 이름에 없음"`
	Lens    string            `json:"lens,omitempty" doc:"광각, 열화상 같은 렌즈"`
	Start   string            `json:"start,omitempty" format:"date-time"`
	End     string            `json:"end,omitempty" format:"date-time"`
	Missing []missingChapters `json:"missing,omitempty" doc:"있어야 하는데 등록되지 않은 파일"`
	Files   []recordingFile   `json:"files" doc:"이 파일까지 모두"`
}

type missingChapters struct {
	Lens     string `json:"lens,omitempty"`
	Chapters []int  `json:"chapters"`
}

type recordingFile struct {
	ID        string  `json:"id"`
	FileName  string  `json:"file_name"`
	Part      string  `json:"part" enum:"main,still,proxy,thumbnail,track,sound,log"`
	Chapter   int     `json:"chapter,omitempty"`
	Lens      string  `json:"lens,omitempty"`
	Start     string  `json:"start,omitempty" format:"date-time"`
	Derived   bool    `json:"derived,omitempty" doc:"시작은 파일에 적힌 것이 아니라 앞뒤 파일에 이어 붙인 것"`
	DurationS float64 `json:"duration_s,omitempty"`
	GapS      float64 `json:"gap_s,omitempty" doc:"앞 파일의 끝과 이 파일의 시작 사이, 초; 음수면 겹침"`
}

// recording is what a clip belongs to; nil when it stands alone.
func (a *edge) recording(ctx context.Context, who access.Who, c footage.Clip) (*recordingForm, error) {
	if c.Recording == "" || c.State == footage.Destroyed {
		return nil, nil
	}
	members, err := a.Records.Recording(ctx, c.Recording)
	if err != nil {
		return nil, err
	}
	known := members[:0]
	for _, m := range members {
		if access.May(who, access.List, m.Department) {
			known = append(known, m)
		}
	}
	if len(known) < 2 {
		return nil, nil
	}
	return recordingOf(c, known), nil
}

func recordingOf(c footage.Clip, members []footage.Clip) *recordingForm {
	line := footage.TimelineOf(members)
	form := &recordingForm{
		ID: c.Recording, Part: string(c.Part), Chapter: c.Chapter, Lens: c.Lens,
		Start: moment(line.Start), End: moment(line.End), Files: make([]recordingFile, 0, len(members)),
	}
	parts := map[string]footage.Clip{}
	for _, m := range members {
		parts[m.ID] = m
	}
	for _, lane := range line.Lanes {
		if len(lane.Missing) > 0 {
			form.Missing = append(form.Missing, missingChapters{Lens: lane.Lens, Chapters: lane.Missing})
		}
		for _, s := range lane.Segments {
			form.Files = append(form.Files, recordingFile{
				ID: s.Clip, FileName: s.FileName, Part: string(parts[s.Clip].Part), Chapter: s.Chapter, Lens: lane.Lens,
				Start: moment(s.Start), Derived: s.Derived, DurationS: s.DurationS, GapS: s.GapS,
			})
		}
	}
	for _, m := range line.Companions {
		form.Files = append(form.Files, recordingFile{
			ID: m.ID, FileName: m.FileName, Part: string(m.Part), Chapter: m.Chapter, Lens: m.Lens,
			Start: moment(m.CapturedAt), DurationS: m.DurationS,
		})
	}
	return form
}
