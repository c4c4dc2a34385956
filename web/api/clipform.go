package api

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/retention"
)

// clipLine is a clip as a list shows it. Moments are RFC 3339 in UTC, days
// those of Korea; what is not known is absent.
type clipLine struct {
	ID             string    `json:"id"`
	State          string    `json:"state" enum:"registered,review,destroying,destroyed"`
	FileName       string    `json:"file_name"`
	Department     string    `json:"department"`
	Purpose        string    `json:"purpose,omitempty"`
	MorePurposes   []string  `json:"more_purposes,omitempty"`
	Device         string    `json:"device,omitempty"`
	Batch          string    `json:"batch,omitempty"`
	RecordingID    string    `json:"recording_id,omitempty" doc:"같은 값이면 같은 촬영의 파일"`
	Part           string    `json:"part,omitempty" enum:"main,still,proxy,thumbnail,track,sound,log" doc:"촬영에서 하는 구실; 없으면 이름으로 알 수 없음"`
	Kind           string    `json:"kind"`
	MIME           string    `json:"mime"`
	Bytes          int64     `json:"bytes"`
	SHA256         string    `json:"sha256" doc:"원본의 해시"`
	DurationS      float64   `json:"duration_s,omitempty"`
	Width          int       `json:"width,omitempty"`
	Height         int       `json:"height,omitempty"`
	Location       *location `json:"location,omitempty"`
	CapturedAt     string    `json:"captured_at,omitempty" format:"date-time"`
	TimeConfidence string    `json:"time_confidence" enum:"A,B,C,D,X" doc:"촬영 시각의 신뢰도"`
	CheckedInAt    string    `json:"checked_in_at" format:"date-time"`
	ExpiresOn      string    `json:"expires_on,omitempty" format:"date" doc:"보관하는 마지막 날; 없으면 영구"`
	DueAt          string    `json:"due_at,omitempty" format:"date-time" doc:"파기할 수 있는 첫 순간"`
}

type location struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// clipRecord is everything about one clip.
type clipRecord struct {
	clipLine
	SourcePath  string          `json:"source_path,omitempty" doc:"카드에서의 경로"`
	CheckedInBy string          `json:"checked_in_by"`
	Recording   *recordingForm  `json:"recording,omitempty" doc:"함께 찍힌 파일들; 없으면 혼자임"`
	Time        json.RawMessage `json:"time,omitempty" doc:"촬영 시각의 근거: 후보와 고른 까닭"`
	Metadata    json.RawMessage `json:"metadata,omitempty" doc:"입고할 때 파일에서 읽은 것 전부"`
	Retention   retentionForm   `json:"retention"`
	Doubts      []string        `json:"doubts,omitempty" doc:"사람이 확인해야 할 것"`
	Held        bool            `json:"held" doc:"열린 보류가 있음"`
	Holds       []holdForm      `json:"holds"`
	Derivatives []derivative    `json:"derivatives"`
	Making      *making         `json:"making,omitempty" doc:"아직 만들 사본이 남아 있음; 없으면 더 만들 것이 없음"`
	Corrections []correction    `json:"corrections"`
	Destruction *destruction    `json:"destruction,omitempty"`
	Ledger      []entryLine     `json:"ledger" doc:"이 영상에 관한 관리대장 항목, 오래된 것부터"`
}

type retentionForm struct {
	Rule      string   `json:"rule" doc:"목적@판본"`
	FiledOn   string   `json:"filed_on" format:"date" doc:"세기 시작한 날; 첫날은 넣지 않음"`
	ExpiresOn string   `json:"expires_on,omitempty" format:"date"`
	DueAt     string   `json:"due_at,omitempty" format:"date-time"`
	DDay      string   `json:"d_day" doc:"파기까지 남은 날: D-3, 오늘, D+2, 영구"`
	Permanent bool     `json:"permanent"`
	Reasons   []string `json:"reasons" doc:"그때까지 보관하는 까닭"`
}

type holdForm struct {
	ID            string `json:"id"`
	Basis         string `json:"basis" enum:"request,evidence,preservation,other"`
	Reason        string `json:"reason"`
	PlacedBy      string `json:"placed_by"`
	PlacedAt      string `json:"placed_at" format:"date-time"`
	Until         string `json:"until,omitempty" format:"date" doc:"다시 볼 날; 저절로 풀리지 않음"`
	Open          bool   `json:"open"`
	ReleasedBy    string `json:"released_by,omitempty"`
	ReleasedAt    string `json:"released_at,omitempty" format:"date-time"`
	ReleaseReason string `json:"release_reason,omitempty"`
}

type derivative struct {
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Bytes  int64  `json:"bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	MIME   string `json:"mime,omitempty"`
	Detail string `json:"detail,omitempty"`
	MadeAt string `json:"made_at,omitempty" format:"date-time"`
	Strip  *strip `json:"strip,omitempty" doc:"미리보기 그림의 칸: 왼쪽 위부터 줄마다 columns칸, 처음부터 interval_s초마다 한 칸"`
}

// making says that copies are still to be made: waiting for their turn, for
// ffmpeg, or in the hands of one of the servers.
type making struct {
	Proxy *float64 `json:"proxy,omitempty" doc:"답한 서버가 지금 만드는 재생용 사본이 온 만큼, 0~1; 차례를 기다리거나 다른 서버가 만드는 때에는 없음"`
}

type strip struct {
	Tiles     int     `json:"tiles"`
	Columns   int     `json:"columns"`
	IntervalS float64 `json:"interval_s"`
}

type correction struct {
	ID    string `json:"id"`
	Field string `json:"field" enum:"captured_at,device,purpose"`
	Was   string `json:"was"`
	Now   string `json:"now"`
	Why   string `json:"why"`
	By    string `json:"by"`
	At    string `json:"at" format:"date-time"`
}

type destruction struct {
	Reason      string `json:"reason"`
	BegunAt     string `json:"begun_at" format:"date-time"`
	DestroyedAt string `json:"destroyed_at,omitempty" format:"date-time"`
	By          string `json:"by"`
	Cycle       string `json:"cycle,omitempty"`
	Officer     string `json:"officer"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
	ConfirmedAt string `json:"confirmed_at,omitempty" format:"date-time"`
}

func lineOf(c footage.Clip) clipLine {
	line := clipLine{
		ID: c.ID, State: string(c.State), FileName: c.FileName, Department: c.Department,
		Purpose: c.Purpose, MorePurposes: c.MorePurposes, Device: c.Device, Batch: c.Batch,
		RecordingID: c.Recording, Part: string(c.Part),
		Kind: c.Kind, MIME: c.MIME, Bytes: c.Bytes, SHA256: c.SHA256,
		DurationS: c.DurationS, Width: c.Width, Height: c.Height,
		CapturedAt: moment(c.CapturedAt), TimeConfidence: c.TimeConfidence, CheckedInAt: moment(c.CheckedInAt),
		ExpiresOn: string(c.ExpiresOn), DueAt: moment(c.DueAt),
	}
	if c.Lat != nil && c.Lon != nil {
		line.Location = &location{Lat: *c.Lat, Lon: *c.Lon}
	}
	return line
}

func recordOf(d footage.Dossier, now time.Time) clipRecord {
	c := d.Clip
	r := clipRecord{
		clipLine: lineOf(c), CheckedInBy: c.CheckedInBy, Doubts: c.Doubts,
		Retention: retentionForm{
			Rule: c.Rule, FiledOn: string(c.FiledOn), ExpiresOn: string(c.ExpiresOn), DueAt: moment(c.DueAt),
			DDay: retention.DDay(now, c.DueAt), Permanent: c.ExpiresOn == "", Reasons: append([]string{}, c.Reasons...),
		},
		Holds: []holdForm{}, Derivatives: []derivative{}, Corrections: []correction{}, Ledger: []entryLine{},
	}
	if utf8.Valid(c.SourcePath) { // other bytes have no place in JSON; the record keeps them
		r.SourcePath = string(c.SourcePath)
	}
	if json.Valid([]byte(c.Metadata)) {
		r.Metadata = json.RawMessage(c.Metadata)
		r.Time = timeEvidence(r.Metadata)
	}
	for _, h := range d.Holds {
		r.Held = r.Held || h.Open()
		r.Holds = append(r.Holds, holdOf(h))
	}
	for _, m := range d.Derivatives {
		r.Derivatives = append(r.Derivatives, derivativeOf(m))
	}
	for _, k := range d.Corrections {
		r.Corrections = append(r.Corrections, correctionOf(k))
	}
	if e := d.Destruction; e != nil {
		r.Destruction = &destruction{
			Reason: e.Reason, BegunAt: moment(e.BegunAt), DestroyedAt: moment(e.DestroyedAt), By: e.By,
			Cycle: e.Cycle, Officer: e.Officer, ConfirmedBy: e.ConfirmedBy, ConfirmedAt: moment(e.ConfirmedAt),
		}
	}
	return r
}

// timeEvidence is the "time" of a metadata report; nil when it has none.
func timeEvidence(report json.RawMessage) json.RawMessage {
	var has struct {
		Time json.RawMessage `json:"time"`
	}
	if json.Unmarshal(report, &has) != nil {
		return nil // not an object: nothing was read of the file
	}
	return has.Time
}

func holdOf(h footage.Hold) holdForm {
	return holdForm{
		ID: h.ID, Basis: h.Basis, Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: moment(h.PlacedAt),
		Until: string(h.Until), Open: h.Open(),
		ReleasedBy: h.ReleasedBy, ReleasedAt: moment(h.ReleasedAt), ReleaseReason: h.ReleaseReason,
	}
}

func derivativeOf(m footage.Derivative) derivative {
	d := derivative{
		Kind: m.Kind, State: string(m.State), Bytes: m.Bytes, SHA256: m.SHA256, MIME: m.MIME,
		Detail: m.Detail, MadeAt: moment(m.MadeAt),
	}
	if s, ok := m.Strip(); ok {
		d.Strip = &strip{s.Tiles, s.Columns, s.IntervalS}
	}
	return d
}

func correctionOf(k footage.Correction) correction {
	return correction{ID: k.ID, Field: k.Field, Was: k.Was, Now: k.Now, Why: k.Why, By: k.By, At: moment(k.At)}
}

// moment writes a time, or nothing when it is not set.
func moment(t instant.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.String()
}
