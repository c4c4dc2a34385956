package metadata

import (
	"jikim/ingest/metadata/clock"
	"jikim/ingest/metadata/matroska"
	"jikim/ingest/metadata/riff"
)

// riff reads an AVI or WAV file.
func (r *reader) riff() error {
	facts, err := riff.Read(r.f)
	r.size(facts.Width, facts.Height)
	r.duration(facts.Duration)
	r.VideoCodec, r.AudioCodec = facts.VideoCodec, facts.AudioCodec
	r.stated(facts.Digitized, "riff:IDIT", "")
	r.stated(facts.Created, "riff:ICRD", "")
	if facts.Clipped {
		r.problem("파일이 중간에 잘려 있습니다.")
	}
	if facts.Unclosed {
		r.problem("녹화가 정상적으로 끝나지 않아 영상의 길이와 목차가 적혀 있지 않습니다.")
	}
	return err
}

// matroska reads an MKV or WebM file.
func (r *reader) matroska() error {
	facts, err := matroska.Read(r.f)
	r.size(facts.Width, facts.Height)
	r.duration(facts.Duration)
	r.VideoCodec, r.AudioCodec = facts.VideoCodec, facts.AudioCodec
	if facts.WebM {
		r.MIME = "video/webm"
	}
	if !facts.HasTracks {
		r.problem("영상의 목록(Tracks)이 없습니다. 파일이 중간에 잘려 있습니다.")
	}
	if !facts.Date.IsZero() {
		r.candidate(clock.UTC(facts.Date), "mkv:DateUTC", ZoneAssumed, MeansUnknown)
	}
	if facts.VideoCodec == "" && facts.AudioCodec != "" {
		r.Kind = Audio
	}
	return err
}
