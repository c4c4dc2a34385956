package metadata

import (
	"path"
	"regexp"
	"strings"
	"time"

	"jikim/ingest/metadata/clock"
)

// nameForm is a way in which devices write a time into a file's name.
type nameForm struct {
	pattern *regexp.Regexp // one group: the digits, possibly with separators
	utc     bool
}

// nameForms, most particular first. A digit before or after the time would make
// it another number, so every pattern is fenced.
var nameForms = []nameForm{
	// Pixel phones alone write UTC: PXL_20231006_063909898.mp4
	{regexp.MustCompile(`^PXL_(\d{8}_\d{6})`), true},
	// DJI_20240301142355_0001_D.MP4, DJI_20240301_142355_001.JPG, DJI_20240301T142355_…
	{regexp.MustCompile(`^DJI_(\d{8}[_T]?\d{6})(?:\D|$)`), false},
	// VID_20261003_140500.mp4, 20261003_140500.jpg, MDR1_20261003_140500, 20261003-140500_NOR_D1.avi, NO20260101-120000-000001F.MP4
	{regexp.MustCompile(`(?:^|\D)((?:19|20|21)\d{6}[-_ T]\d{6})(?:\D|$)`), false},
	// REC_2026_06_01_21_16_47_F.MP4, 2026-10-03 14.05.00.mp4
	{regexp.MustCompile(`(?:^|\D)((?:19|20|21)\d{2}[-_.]\d{2}[-_.]\d{2}[-_ T]\d{2}[-_.:]\d{2}[-_.:]\d{2})(?:\D|$)`), false},
	// body cameras: device, user, then fourteen digits
	{regexp.MustCompile(`(?:^|\D)((?:20)\d{12})(?:\D|$)`), false},
	// FILE260625-144859.MP4
	{regexp.MustCompile(`(?:^|\D)(\d{6}[-_]\d{6})(?:\D|$)`), false},
}

// fromName finds the time in a file's name. Its zone is the device's, which the
// name does not say; only Pixel phones are known to write UTC.
func fromName(name string) (Candidate, bool) {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	if len(base) > 512 || digitsIn(base) < fewestDigits {
		return Candidate{}, false
	}
	for _, form := range nameForms {
		m := form.pattern.FindStringSubmatch(base)
		if m == nil {
			continue
		}
		t, ok := digitsTime(m[1])
		if !ok {
			continue
		}
		if form.utc {
			return Candidate{Value: clock.UTC(t).String(), Source: "name", Zone: ZoneProfile, Meaning: MeansStart}, true
		}
		return Candidate{Value: clock.Local(t).String(), Source: "name", Zone: ZoneAssumed, Meaning: MeansStart}, true
	}
	return Candidate{}, false
}

// fewestDigits is how many digits a date with a time of day has at least: two for
// the year, and for each of the rest.
const fewestDigits = 12

func digitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// digitsTime reads twelve or fourteen digits, whatever stands between them.
func digitsTime(s string) (time.Time, bool) {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if len(digits) == 12 {
		digits = "20" + digits
	}
	t, err := time.Parse("20060102150405", digits)
	return t, err == nil && t.Year() >= 1990 && t.Year() < 2100
}
