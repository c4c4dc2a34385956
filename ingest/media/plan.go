package media

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"jikim/footage"
)

// said is what the room needs of the report of metadata that a clip keeps.
type said struct {
	Container  string  `json:"container"`
	VideoCodec string  `json:"video_codec"`
	AudioCodec string  `json:"audio_codec"`
	DurationS  float64 `json:"duration_s"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
	Track      *struct {
		Points int `json:"points"` // 0 when a long recording was only sampled
		First  any `json:"first"`
	} `json:"track"`
}

// reportOf reads the clip's report; what cannot be read says nothing.
func reportOf(c footage.Clip) said {
	var s said
	if json.Unmarshal([]byte(c.Metadata), &s) != nil {
		return said{}
	}
	return s
}

// demuxers are the readers of ffmpeg that a container is given to, and the only
// ones: none of them follows a name in the file to another file, as playlists do.
var demuxers = map[string]string{
	"mp4": "mov", "mov": "mov", "3gp": "mov", "heic": "mov",
	"avi": "avi", "mkv": "matroska", "mts": "mpegts",
	"jpeg": "jpeg_pipe", "png": "png_pipe", "tiff": "tiff_pipe", "dng": "tiff_pipe",
}

// wanted is what a clip may need, in the order of its making. Whether a video
// does need its proxy is seen when its turn comes.
func wanted(c footage.Clip) (kinds []string) {
	if c.Kind == "video" || c.Kind == "photo" {
		kinds = append(kinds, Poster)
	}
	s := reportOf(c)
	if c.Kind != "photo" && s.Track != nil && (s.Track.Points > 0 || s.Track.First != nil) {
		kinds = append(kinds, Track)
	}
	if c.Kind == "video" {
		kinds = append(kinds, Proxy)
		if _, long := stripOf(s.DurationS); long {
			kinds = append(kinds, Strip)
		}
	}
	return kinds
}

// plays reports whether browsers play container and codecs.
func plays(s said) bool {
	return slices.Contains([]string{"mp4", "mov"}, s.Container) && s.VideoCodec == "h264" &&
		slices.Contains([]string{"", "aac", "mp3"}, s.AudioCodec)
}

func facts(d footage.Derivative) map[string]string {
	f := map[string]string{"kind": d.Kind}
	if d.State == footage.Made {
		f["bytes"], f["sha256"], f["mime"] = strconv.FormatInt(d.Bytes, 10), d.SHA256, d.MIME
	}
	return f
}

// timeFor is how long a derivative of the clip may take, or one picture of it.
func (l Limits) timeFor(kind string, s said) time.Duration {
	const most = 12 * time.Hour
	picture := kind == Poster || kind == Strip
	switch {
	case picture && l.Poster > 0:
		return l.Poster
	case picture:
		return 2 * time.Minute
	case l.Proxy > 0:
		return l.Proxy
	}
	if s.DurationS < 0 || s.DurationS > most.Seconds() {
		return most
	}
	return min(15*time.Minute+10*time.Duration(s.DurationS*float64(time.Second)), most)
}

func (l Limits) memory() uint64 {
	if l.Memory > 0 {
		return uint64(l.Memory)
	}
	return 2 << 30
}
