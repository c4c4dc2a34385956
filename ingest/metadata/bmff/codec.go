package bmff

// names maps sample description types to codec names as ffprobe prints them.
var names = map[string]string{
	"avc1": "h264", "avc2": "h264", "avc3": "h264", "avc4": "h264", "dva1": "h264",
	"hvc1": "hevc", "hev1": "hevc", "dvh1": "hevc", "dvhe": "hevc", "vvc1": "vvc",
	"av01": "av1", "vp08": "vp8", "vp09": "vp9", "jpeg": "mjpeg", "mjpa": "mjpeg", "mjpb": "mjpegb", "AVDJ": "mjpeg",
	"s263": "h263", "h263": "h263", "H263": "h263", "m2v1": "mpeg2video", "mp4v": "mpeg4", "XVID": "mpeg4",
	"apch": "prores", "apcn": "prores", "apcs": "prores", "apco": "prores", "ap4h": "prores", "ap4x": "prores",
	"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3", "alac": "alac", "fLaC": "flac", "Opus": "opus", ".mp3": "mp3",
	"samr": "amr_nb", "sawb": "amr_wb", "ulaw": "pcm_mulaw", "alaw": "pcm_alaw", "ima4": "adpcm_ima_qt",
	"ms\x00\x02": "adpcm_ms", "ms\x00\x11": "adpcm_ima_wav", "raw ": "pcm_u8", "in24": "pcm_s24be", "in32": "pcm_s32be",
}

// objects maps MPEG-4 object types (mp4ra.org) to codec names.
var objects = map[byte]string{
	0x20: "mpeg4", 0x21: "h264", 0x23: "hevc", 0x40: "aac", 0x66: "aac", 0x67: "aac", 0x68: "aac",
	0x60: "mpeg2video", 0x61: "mpeg2video", 0x62: "mpeg2video", 0x63: "mpeg2video", 0x64: "mpeg2video", 0x65: "mpeg2video",
	0x6A: "mpeg1video", 0x6C: "mjpeg", 0x69: "mp3", 0x6B: "mp3", 0xA5: "ac3", 0xA6: "eac3",
}

// CodecName is the codec's name as ffprobe prints it; "" when it is not known.
func (t Track) CodecName() string {
	if t.Codec == "mp4a" || t.Codec == "mp4v" {
		if name, ok := objects[t.Object]; ok {
			return name
		}
	}
	switch t.Codec {
	case "sowt":
		return pcm(t.Bits, "le")
	case "twos":
		return pcm(t.Bits, "be")
	case "lpcm":
		return pcm(t.Bits, "le") // what cameras and phones write; big-endian lpcm is unknown in the field
	}
	return names[t.Codec]
}

func pcm(bits int, order string) string {
	switch bits {
	case 8:
		return "pcm_s8"
	case 16:
		return "pcm_s16" + order
	case 24:
		return "pcm_s24" + order
	case 32:
		return "pcm_s32" + order
	}
	return ""
}
