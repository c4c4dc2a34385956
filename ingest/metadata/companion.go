package metadata

// Companion is what another file of the same recording says: a camera's thumbnail,
// small copy or flight log beside the picture. It is a witness, kept apart from
// what the picture says of itself.
type Companion struct {
	File        string    `json:"file"` // its name, in the same folder
	Part        string    `json:"part"` // as devices/profile has it: thumbnail, track, proxy, sound, log
	Kind        string    `json:"kind"`
	Make        string    `json:"make,omitempty"`
	Model       string    `json:"model,omitempty"`
	Serial      string    `json:"serial,omitempty"`
	CapturedAt  string    `json:"captured_at,omitempty"`
	CapturedUTC string    `json:"captured_at_utc,omitempty"`
	Confidence  string    `json:"confidence,omitempty"` // of the capture time
	Source      string    `json:"source,omitempty"`     // of the capture time, the part before it: thumbnail:exif:DateTimeOriginal
	Why         string    `json:"why,omitempty"`        // Korean
	Location    *Location `json:"location,omitempty"`
	Track       *Track    `json:"track,omitempty"`
	Problems    []string  `json:"problems,omitempty"`
}

// Beside makes a companion of the report of a file that is that part of the same
// recording.
func (r Report) Beside(name, part string) Companion {
	c := Companion{
		File: name, Part: part, Kind: r.Kind, Make: r.Make, Model: r.Model, Serial: r.Serial,
		CapturedAt: r.CapturedAt, CapturedUTC: r.CapturedUTC, Location: r.Location, Track: r.Track, Problems: r.Problems,
	}
	if t := r.Time; t != nil && len(t.Candidates) > 0 {
		c.Confidence, c.Why = t.Confidence, t.Why
		if t.Source != "" {
			c.Source = part + ":" + t.Source
		}
	}
	return c
}
