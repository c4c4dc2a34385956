package media

import (
	"fmt"
	"strconv"
)

const (
	posterBox  = 640  // pixels: neither side of a poster is longer
	tileBox    = 160  // pixels: neither side of a picture of a strip is longer
	proxyLong  = 1280 // pixels: the longer side of a proxy at most
	proxyShort = 720  // pixels: the shorter side of a proxy at most
	threads    = "2"

	// Before it plays, a browser visits the index of every fragment, one request
	// each: ten minutes in fragments of two seconds took Chromium 8 s to begin, in
	// fragments of twenty 1 s. ffmpeg holds one in memory, 30 MB at most.
	fragment = 60_000_000 // microseconds
)

// reading is how an original is opened: by the one demuxer that fits, from the
// one address, without a console. skip is where to begin, in seconds.
func reading(demuxer string, skip float64) []string {
	args := []string{
		"-hide_banner", "-loglevel", "error", "-nostdin", "-filter_threads", "1",
		"-abort_on", "empty_output",
		"-protocol_whitelist", "http,tcp", "-format_whitelist", demuxer, "-f", demuxer,
		"-threads", threads,
	}
	if skip > 0 {
		args = append(args, "-noaccurate_seek", "-ss", strconv.FormatFloat(skip, 'f', 3, 64))
	}
	return append(args, "-i", originalURL, "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")
}

// pictureArguments take one picture, none of whose sides is longer than box;
// stream is v for a photo, V (which leaves out thumbnails within the file) for a
// video. The picture of a video is the key frame at skip or before: nothing but
// it is read and decoded, however long the recording is.
func pictureArguments(demuxer, stream string, skip float64, box int) []string {
	return append(reading(demuxer, skip),
		"-map", "0:"+stream+":0", "-frames:v", "1", "-vf", fit(box, box)+",format=yuvj420p",
		"-c:v", "mjpeg", "-q:v", "4", "-threads", "1", "-f", "image2pipe", "pipe:1")
}

// thumbnailArguments turn a picture in HEVC by so many degrees clockwise.
func thumbnailArguments(degrees int) []string {
	turn := map[int]string{90: "transpose=clock,", 180: "hflip,vflip,", 270: "transpose=cclock,"}[degrees]
	return append(reading("hevc", 0),
		"-map", "0:v:0", "-frames:v", "1", "-vf", turn+fit(posterBox, posterBox)+",format=yuvj420p",
		"-c:v", "mjpeg", "-q:v", "4", "-threads", "1", "-f", "image2pipe", "pipe:1")
}

// proxyArguments make what every browser plays, and tell of its progress. Its index comes before the
// bytes, as with faststart, but fragment by fragment, for it is sealed while it
// is written and nothing can be put in front later.
func proxyArguments(demuxer string, sound bool) []string {
	args := append(reading(demuxer, 0), "-nostats", "-progress", "pipe:2",
		"-map", "0:V:0", "-vf", fit(proxyLong, proxyShort)+",format=yuv420p", "-fpsmax", "30",
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-maxrate", "4M", "-bufsize", "8M",
		"-g", "60", "-threads", threads)
	if sound {
		args = append(args, "-map", "0:a:0?", "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "48000")
	}
	return append(args, "-f", "mp4", "-movflags", "frag_keyframe+empty_moov+default_base_moof",
		"-min_frag_duration", strconv.Itoa(fragment), "pipe:1")
}

// depthArguments print one tiny picture whose header names the pixel format.
func depthArguments(demuxer string) []string {
	return append(reading(demuxer, 0),
		"-map", "0:V:0", "-frames:v", "1", "-vf", "scale=16:16", "-strict", "-1", "-f", "yuv4mpegpipe", "pipe:1")
}

// fit is a filter that shrinks a picture to so many pixels on its longer and
// shorter side, keeping how it looks (pixels that are not square are made so)
// and both sides even. It never enlarges.
func fit(long, short int) string {
	ratio := fmt.Sprintf("min(1,min(%d/max(iw*sar,ih),%d/min(iw*sar,ih)))", long, short)
	return fmt.Sprintf("scale=w='2*max(1,round(iw*sar*%s/2))':h='2*max(1,round(ih*%s/2))',setsar=1", ratio, ratio)
}
