package profile_test

import (
	"testing"

	"jikim/devices/profile"
)

// TestMatch: what one path says, spelled by any system.
func TestMatch(t *testing.T) {
	for path, want := range map[string]profile.Match{
		`E:\DCIM\100GOPRO\GX020001.MP4`: {Profile: "gopro", Part: profile.Main, Chapter: 2, Folder: "E:/DCIM/100GOPRO"},
		"DCIM/100GOPRO/gl020001.lrv":    {Profile: "gopro", Part: profile.Proxy, Chapter: 2, Folder: "DCIM/100GOPRO"},
	} {
		got, ok := profile.Builtin().Match(path)
		got.Key = ""
		if !ok || got != want {
			t.Errorf("%s: %+v, %v", path, got, ok)
		}
	}
}
