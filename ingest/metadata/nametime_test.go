package metadata_test

import (
	"testing"
	"time"

	"jikim/ingest/metadata"
)

func TestTheTimeANameSays(t *testing.T) {
	kst := time.FixedZone("KST", 9*3600)
	for name, want := range map[string]string{
		`CARD\DCIM\DJI_20260301142355_0001_D.MP4`: "2026-03-01T14:23:55+09:00",
		"PXL_20260301_052355123.mp4":              "2026-03-01T14:23:55+09:00", // UTC
		"GX010001.MP4":                            "",
		"20261340_999999.mp4":                     "",
	} {
		got, ok := metadata.NameTime(name, kst)
		if ok != (want != "") || ok && got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %t; want %q", name, got.Format(time.RFC3339), ok, want)
		}
	}
}
