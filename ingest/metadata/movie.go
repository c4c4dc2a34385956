package metadata

import (
	"strings"

	"jikim/ingest/metadata/bmff"
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/place"
)

// movie reads an MP4, MOV or 3GP file.
func (r *reader) movie() error {
	m, err := bmff.Read(r.f)
	r.shape(m)
	r.tracks(m)
	r.labels(m)
	telemetry := r.telemetry(m)
	r.movieDates(m)
	r.moviePlace(m, telemetry)
	return err
}

// shape says what is missing of a movie.
func (r *reader) shape(m bmff.Movie) {
	switch {
	case !m.HasMovie:
		r.problem("영상의 목차(moov 상자)가 없습니다. 녹화가 정상적으로 끝나지 않아 그대로는 재생되지 않습니다.")
	case !m.HasMedia && !m.Clipped && len(m.Tracks) > 0:
		r.problem("영상 데이터(mdat 상자)가 없습니다. 머리말만 남은 파일입니다.")
	}
	if m.Clipped {
		r.problem("파일이 중간에 잘려 있습니다.")
	}
	if m.Damaged {
		r.problem("영상 머리말의 구조가 일부 손상되어 읽을 수 있는 것만 읽었습니다.")
	}
}

// tracks takes size, turn, codecs and playing time.
func (r *reader) tracks(m bmff.Movie) {
	video, audio := pick(m.Tracks, "vide"), pick(m.Tracks, "soun")
	if video != nil {
		r.VideoCodec, r.Rotation = video.CodecName(), video.Rotation
		r.size(video.Width, video.Height)
	}
	if audio != nil {
		r.AudioCodec = audio.CodecName()
	}
	if video == nil && audio != nil {
		r.Kind = Audio
	}
	if video == nil && audio == nil && len(m.Tracks) > 0 {
		r.problem("영상도 소리도 없는 파일입니다. 부가 기록만 들어 있습니다.")
		return // text alone has no playing time
	}
	r.duration(m.Duration)
	for _, t := range []*bmff.Track{video, audio} {
		if r.DurationS == 0 && t != nil {
			r.duration(t.Duration)
		}
	}
}

// pick gives the first enabled track of a kind, or the first at all. Still
// pictures that cameras put in as a track of their own come last.
func pick(tracks []bmff.Track, handler string) *bmff.Track {
	var found *bmff.Track
	for i := range tracks {
		t := &tracks[i]
		if t.Handler != handler {
			continue
		}
		if found == nil || found.Disabled && !t.Disabled {
			found = t
		}
	}
	return found
}

// labels takes maker, model and serial from the user data and the keys.
func (r *reader) labels(m bmff.Movie) {
	r.device(
		text(m, "com.apple.quicktime.make", "com.android.manufacturer", "\xa9mak", "manu"),
		text(m, "com.apple.quicktime.model", "com.android.model", "\xa9mod", "\xa9mdl", "modl"),
		text(m, "com.apple.quicktime.camera.identifier.serial", "\xa9csn"))
}

func text(m bmff.Movie, names ...string) string {
	for _, name := range names {
		if v := m.Text[name]; v != "" {
			return v
		}
	}
	return ""
}

// movieDates records the dates of a movie. The container's own date is UTC by
// the format and local in practice for many makers; nothing in it says which.
func (r *reader) movieDates(m bmff.Movie) {
	for _, d := range []struct{ key, source string }{
		{"com.apple.quicktime.creationdate", "quicktime:creationdate"},
		{"date", "mp4:date"},
		{"\xa9day", "mp4:day"},
	} {
		if at, ok := clock.Parse(m.Text[d.key]); ok {
			r.stated(at, d.source, "")
		}
	}
	zone, utc := r.movieZone(m)
	seen := map[string]bool{}
	record := func(d bmff.Date, source string) {
		t, ok := d.Time()
		if !ok || seen[t.String()] {
			return
		}
		seen[t.String()] = true // a second date is worth noting only when it differs: the movie was edited
		at := clock.Local(t)
		if utc {
			at = clock.UTC(t)
		}
		r.candidate(at, source, zone, MeansUnknown)
	}
	record(m.Created, "mp4:mvhd")
	for _, t := range []*bmff.Track{pick(m.Tracks, "vide"), pick(m.Tracks, "soun")} {
		if t != nil {
			record(t.Created, "mp4:tkhd")
			record(t.MediaCreated, "mp4:mdhd")
		}
	}
}

// localMakers write the camera's local clock into the container's date.
var localMakers = []string{"gopro", "panasonic", "nikon", "olympus", "casio", "kodak", "pentax", "ricoh", "fujifilm"}

// movieZone says how the container's date is to be read, and on what ground.
func (r *reader) movieZone(m bmff.Movie) (zone string, utc bool) {
	for name := range m.Text {
		if strings.HasPrefix(name, "com.apple.quicktime.") || strings.HasPrefix(name, "com.android.") {
			return ZoneProfile, true
		}
	}
	maker := strings.ToLower(r.Make + " " + m.Text["\xa9inf"] + " " + m.Text["\xa9fmt"])
	for _, local := range localMakers {
		if strings.Contains(maker, local) {
			return ZoneAssumed, false
		}
	}
	if m.Brand == "" {
		return ZoneAssumed, false // QuickTime of before 2004: its dates were never UTC
	}
	return ZoneAssumed, true
}

// moviePlace takes the position from the user data, unless the telemetry of the
// same file says that the receiver had no fix.
func (r *reader) moviePlace(m bmff.Movie, noFix bool) {
	if noFix {
		return
	}
	if p, ok := place.ISO6709(text(m, "com.apple.quicktime.location.ISO6709", "\xa9xyz")); ok {
		r.locate(p, "mp4:xyz")
	}
	if p, ok := place.ISO6709(m.Location); ok {
		r.locate(p, "mp4:loci")
	}
}
