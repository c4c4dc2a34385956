package metadata

import (
	"bytes"
	"path"
	"strings"

	"jikim/ingest/metadata/sidecar"
	"jikim/ingest/metadata/window"
)

// form is what a file is, judged by its first bytes.
type form struct {
	kind, container, mime string
	read                  func(*reader) error // nil when there is nothing to read in it
	said                  string              // what it is called in a problem, when it is no footage
}

var (
	formJPEG  = form{kind: Photo, container: "jpeg", mime: "image/jpeg", read: (*reader).jpeg}
	formTIFF  = form{kind: Photo, container: "tiff", mime: "image/tiff", read: (*reader).tiff}
	formPNG   = form{kind: Photo, container: "png", mime: "image/png", read: (*reader).png}
	formHEIC  = form{kind: Photo, container: "heic", mime: "image/heic", read: (*reader).heic}
	formMP4   = form{kind: Video, container: "mp4", mime: "video/mp4", read: (*reader).movie}
	formMOV   = form{kind: Video, container: "mov", mime: "video/quicktime", read: (*reader).movie}
	form3GP   = form{kind: Video, container: "3gp", mime: "video/3gpp", read: (*reader).movie}
	formM4A   = form{kind: Audio, container: "other", mime: "audio/mp4", read: (*reader).movie}
	formAVI   = form{kind: Video, container: "avi", mime: "video/x-msvideo", read: (*reader).riff}
	formWAV   = form{kind: Audio, container: "other", mime: "audio/wav", read: (*reader).riff}
	formMKV   = form{kind: Video, container: "mkv", mime: "video/x-matroska", read: (*reader).matroska}
	formMTS   = form{kind: Video, container: "mts", mime: "video/mp2t", read: (*reader).transport}
	formKLV   = form{kind: Telemetry, container: "other", mime: "application/octet-stream", read: (*reader).klv}
	formSRT   = form{kind: Telemetry, container: "srt", mime: "application/x-subrip", read: (*reader).srt}
	formNMEA  = form{kind: Telemetry, container: "nmea", mime: "text/plain", read: (*reader).nmea}
	formGPX   = form{kind: Telemetry, container: "gpx", mime: "application/gpx+xml", read: (*reader).gpx}
	formAxis  = form{kind: Telemetry, container: "other", mime: "application/json", read: (*reader).axis}
	formLog   = form{kind: Telemetry, container: "other", mime: "text/plain", read: (*reader).v02}
	formAudio = form{kind: Audio, container: "other", mime: "application/octet-stream"}
)

func otherForm(mime, said string) form {
	return form{kind: Other, container: "other", mime: mime, said: said}
}

// magics are first bytes that settle the matter.
var magics = []struct {
	at    int
	bytes string
	form  form
}{
	{0, "\xFF\xD8\xFF", formJPEG},
	{0, "II*\x00", formTIFF},
	{0, "MM\x00*", formTIFF},
	{0, "\x89PNG\r\n\x1a\n", formPNG},
	{8, "AVI ", formAVI},
	{8, "WAVE", formWAV},
	{0, "\x1A\x45\xDF\xA3", formMKV},
	{0, "\x06\x0E\x2B\x34\x02\x0B\x01\x01", formKLV},
	{0, sidecar.V02, formLog},
	{0, "ID3", formAudio},
	{0, "OggS", formAudio},
	{0, "#!AMR", formAudio},
	{0, "PK\x03\x04", otherForm("application/zip", "ZIP 압축 파일")},
	{0, "PK\x05\x06", otherForm("application/zip", "ZIP 압축 파일")},
	{0, "7z\xBC\xAF\x27\x1C", otherForm("application/x-7z-compressed", "7z 압축 파일")},
	{0, "Rar!\x1a\x07", otherForm("application/vnd.rar", "RAR 압축 파일")},
	{0, "\x1F\x8B", otherForm("application/gzip", "gzip 압축 파일")},
	{0, "%PDF-", otherForm("application/pdf", "PDF 문서")},
	{0, "MZ", otherForm("application/vnd.microsoft.portable-executable", "윈도 실행 파일")},
	{0, "\x7FELF", otherForm("application/x-elf", "리눅스 실행 파일")},
	{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", otherForm("application/octet-stream", "오피스 문서")},
	{0, "GIF8", otherForm("image/gif", "GIF 그림")},
}

// sniff judges a file by its content. The name is never asked.
func sniff(f *window.File) (form, error) {
	head, err := f.Head(0, 4096)
	if err != nil {
		return otherForm("application/octet-stream", ""), err
	}
	for _, m := range magics {
		if len(head) >= m.at+len(m.bytes) && string(head[m.at:m.at+len(m.bytes)]) == m.bytes {
			if m.at == 8 && string(head[:4]) != "RIFF" {
				continue
			}
			return m.form, nil
		}
	}
	if fm, ok := sniffBoxes(head); ok {
		return fm, nil
	}
	if isTransport(head) {
		return formMTS, nil
	}
	if fm, ok := sniffText(head); ok {
		return fm, nil
	}
	return otherForm("application/octet-stream", ""), nil
}

// sniffBoxes knows the ISO base media family by its first box.
func sniffBoxes(head []byte) (form, bool) {
	if len(head) < 8 {
		return form{}, false
	}
	switch string(head[4:8]) {
	case "moov", "mdat", "wide", "free", "skip", "pnot": // QuickTime before it had brands
		return formMOV, true
	case "ftyp":
	default:
		return form{}, false
	}
	brand := string(head[8:min(12, len(head))])
	switch {
	case brand == "qt  ":
		return formMOV, true
	case strings.HasPrefix(brand, "3g"):
		return form3GP, true
	case strings.HasPrefix(brand, "M4A"), strings.HasPrefix(brand, "M4B"):
		return formM4A, true
	case brand == "avif" || brand == "avis":
		return form{kind: Photo, container: "heic", mime: "image/avif", read: (*reader).heic}, true
	}
	switch brand {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
		return formHEIC, true
	}
	return formMP4, true
}

// isTransport knows MPEG transport packets of 188 bytes, or of 192 with the time
// code that AVCHD puts before each.
func isTransport(head []byte) bool {
	for _, shape := range [][2]int{{0, 188}, {4, 192}} {
		at, n := shape[0], 0
		for at < len(head) && head[at] == 0x47 {
			at += shape[1]
			n++
		}
		if n >= 4 && at >= len(head) || n >= 8 {
			return true
		}
	}
	return false
}

func sniffText(head []byte) (form, bool) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(text) == 0 || bytes.IndexByte(text, 0) >= 0:
		return form{}, false
	case sidecar.IsSRT(text):
		return formSRT, true
	case sidecar.IsNMEA(text):
		return formNMEA, true
	case bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("<gpx")):
		return formGPX, true
	case text[0] == '{' && bytes.Contains(text, []byte(`"CoordinateEntries"`)):
		return formAxis, true
	}
	return form{}, false
}

// claims are the extensions that promise footage; what promises nothing is not
// held against a file.
var claims = map[string]string{
	".mp4": "video", ".mov": "video", ".avi": "video", ".mts": "video", ".m2ts": "video", ".mkv": "video", ".3gp": "video",
	".lrv": "video", ".lrf": "video", ".insv": "video",
	".jpg": "photo", ".jpeg": "photo", ".heic": "photo", ".dng": "photo", ".tif": "photo", ".tiff": "photo", ".png": "photo", ".thm": "photo",
	".srt": "telemetry", ".gpx": "telemetry", ".nmea": "telemetry",
}

// misnamed says in words that a name promises footage and the content is none.
func misnamed(name string, f form) string {
	extension := strings.ToLower(path.Ext(name))
	if claims[extension] == "" || f.kind != Other {
		return ""
	}
	if f.said != "" {
		return "확장자는 " + extension + "이지만 내용은 " + f.said + "입니다."
	}
	return "확장자는 " + extension + "이지만 내용이 그 형식이 아닙니다."
}
