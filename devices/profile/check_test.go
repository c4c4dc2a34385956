package profile_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"jikim/devices/profile"
	"jikim/devices/refuse"
)

// hanbit is a sound profile of an institution's own.
func hanbit() profile.Profile {
	return profile.Profile{
		ID: "hanbit-cam", Title: "한빛캠",
		Files: []profile.FileRule{{
			Name:  `HB_(?P<key>[A-Z0-9\-]+_\d{14})`,
			Parts: map[string]profile.Part{"MP4": profile.Main, "GPS": profile.Track},
		}},
		Ignore:    []string{`HBCAM\.CFG`},
		Continues: &profile.Continues{GapS: 2},
	}
}

func TestCheckAll(t *testing.T) {
	tests := map[string]struct {
		spoil func(p *profile.Profile)
		want  string // "Field Code"; "" = sound
	}{
		"sound":                           {func(*profile.Profile) {}, ""},
		"a key in the folder":             {func(p *profile.Profile) { p.Files[0].Folder, p.Files[0].Name = `(?P<key>\d+)`, `.*` }, ""},
		"a file with no ending":           {func(p *profile.Profile) { p.Files[0].Parts[""] = profile.Log }, ""},
		"small letters asked for as such": {func(p *profile.Profile) { p.Files[0].Name = `(?i)hb_(?P<key>\d+)` }, ""},

		"no id":                {func(p *profile.Profile) { p.ID = "" }, "profiles[0].id id-malformed"},
		"a Korean id":          {func(p *profile.Profile) { p.ID = "한빛" }, "profiles[0].id id-malformed"},
		"no title":             {func(p *profile.Profile) { p.Title = "" }, "profiles[0].title text-missing"},
		"a title too long":     {func(p *profile.Profile) { p.Title = strings.Repeat("가", 101) }, "profiles[0].title text-too-long"},
		"a title of two lines": {func(p *profile.Profile) { p.Title = "한빛\n캠" }, "profiles[0].title text-unprintable"},
		"no rules":             {func(p *profile.Profile) { p.Files = nil }, "profiles[0].files profile-no-files"},
		"too many rules":       {func(p *profile.Profile) { p.Files = slices.Repeat(p.Files, 31) }, "profiles[0].files profile-too-many"},

		"no name":                     {func(p *profile.Profile) { p.Files[0].Name = "" }, "profiles[0].files[0].name text-missing"},
		"a name that is no pattern":   {func(p *profile.Profile) { p.Files[0].Name = `HB_(?P<key>\d+` }, "profiles[0].files[0].name pattern-malformed"},
		"brackets the wrong way":      {func(p *profile.Profile) { p.Files[0].Name = `(?P<key>a)|b)(c` }, "profiles[0].files[0].name pattern-malformed"},
		"a look behind":               {func(p *profile.Profile) { p.Files[0].Name = `(?<=A)(?P<key>B)` }, "profiles[0].files[0].name pattern-malformed"},
		"a name in small letters":     {func(p *profile.Profile) { p.Files[0].Name = `hb_(?P<key>\d+)` }, "profiles[0].files[0].name pattern-lower-case"},
		"a name too long":             {func(p *profile.Profile) { p.Files[0].Name = `(?P<key>A)` + strings.Repeat("A", 300) }, "profiles[0].files[0].name pattern-too-long"},
		"a name too large":            {func(p *profile.Profile) { p.Files[0].Name = `(?P<key>(?:[A-Z]?[0-9]?){500})` }, "profiles[0].files[0].name pattern-too-large"},
		"no key":                      {func(p *profile.Profile) { p.Files[0].Name = `HB_(?P<chapter>\d+)` }, "profiles[0].files[0].name profile-no-key"},
		"an unknown group":            {func(p *profile.Profile) { p.Files[0].Name = `HB_(?P<key>\d+)_(?P<serial>\d+)` }, "profiles[0].files[0].name pattern-group"},
		"a root in the name":          {func(p *profile.Profile) { p.Files[0].Name = `HB_(?P<key>\d+)_(?P<root>\d+)` }, "profiles[0].files[0].name pattern-group"},
		"a folder that is no pattern": {func(p *profile.Profile) { p.Files[0].Folder = `*` }, "profiles[0].files[0].folder pattern-malformed"},
		"no parts":                    {func(p *profile.Profile) { p.Files[0].Parts = nil }, "profiles[0].files[0].parts text-missing"},
		"an unknown part":             {func(p *profile.Profile) { p.Files[0].Parts["GPS"] = "gps" }, "profiles[0].files[0].parts value-unknown"},
		"an ending with a dot":        {func(p *profile.Profile) { p.Files[0].Parts[".MP4"] = profile.Main }, "profiles[0].files[0].parts ending-malformed"},
		"an ending in small letters":  {func(p *profile.Profile) { p.Files[0].Parts["mp4"] = profile.Main }, "profiles[0].files[0].parts ending-malformed"},
		"a family too long":           {func(p *profile.Profile) { p.Files[0].Family = strings.Repeat("A", 41) }, "profiles[0].files[0].family text-too-long"},
		"a lens too long":             {func(p *profile.Profile) { p.Files[0].Lens = strings.Repeat("가", 41) }, "profiles[0].files[0].lens text-too-long"},
		"lens words too long":         {func(p *profile.Profile) { p.Files[0].Lenses = map[string]string{"F": strings.Repeat("가", 41)} }, "profiles[0].files[0].lenses text-too-long"},
		"too many lenses": {func(p *profile.Profile) {
			p.Files[0].Lenses = map[string]string{}
			for i := range 51 {
				p.Files[0].Lenses[fmt.Sprint(i)] = "렌즈"
			}
		}, "profiles[0].files[0].lenses profile-too-many"},
		"a wild chapter": {func(p *profile.Profile) { p.Files[0].ChapterPlus = 101 }, "profiles[0].files[0].chapter_plus number-out-of-range"},

		"an empty root":      {func(p *profile.Profile) { p.Roots = []string{"VIDEO", ""} }, "profiles[0].roots[1] text-missing"},
		"a group in a root":  {func(p *profile.Profile) { p.Roots = []string{"(?P<key>A)"} }, "profiles[0].roots[0] pattern-group"},
		"a broken ignore":    {func(p *profile.Profile) { p.Ignore = []string{"["} }, "profiles[0].ignore[0] pattern-malformed"},
		"too many to ignore": {func(p *profile.Profile) { p.Ignore = slices.Repeat([]string{"A"}, 51) }, "profiles[0].ignore profile-too-many"},

		"no gap":            {func(p *profile.Profile) { p.Continues.GapS = 0 }, "profiles[0].continues.gap_s number-out-of-range"},
		"an endless gap":    {func(p *profile.Profile) { p.Continues.GapS = math.Inf(1) }, "profiles[0].continues.gap_s number-out-of-range"},
		"a gap of nothing":  {func(p *profile.Profile) { p.Continues.GapS = math.NaN() }, "profiles[0].continues.gap_s number-out-of-range"},
		"less than no size": {func(p *profile.Profile) { p.Continues.MinBytes = -1 }, "profiles[0].continues.min_bytes number-out-of-range"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := hanbit()
			tt.spoil(&p)
			var got []string
			for _, no := range profile.CheckAll([]profile.Profile{p}) {
				got = append(got, no.Field+" "+no.Code)
				if !strings.HasSuffix(no.Sentence, ".") || strings.Contains(no.Sentence, "%!") {
					t.Errorf("not a sentence: %s", no.Sentence)
				}
			}
			if joined := strings.Join(got, "; "); joined != tt.want {
				t.Fatalf("got  %s\nwant %s", joined, tt.want)
			}
			_, err := profile.New([]profile.Profile{p})
			if no, refused := refuse.As(err); refused != (tt.want != "") || refused && no.Code != strings.Fields(tt.want)[1] {
				t.Errorf("New: %v", err)
			}
		})
	}
}

func TestCheckAllTogether(t *testing.T) {
	twice := profile.CheckAll([]profile.Profile{hanbit(), hanbit()})
	if len(twice) != 1 || twice[0].Field != "profiles[1].id" || twice[0].Code != "id-repeated" || !strings.Contains(twice[0].Sentence, "profiles[0].id") {
		t.Errorf("twice the same: %v", twice)
	}
	many := profile.CheckAll(make([]profile.Profile, 51))
	if len(many) != 1 || many[0].Field != "profiles" || many[0].Code != "profile-too-many" {
		t.Errorf("fifty-one: %v", many)
	}
}

// TestOwnProfiles: an institution knows its cameras better than we do.
func TestOwnProfiles(t *testing.T) {
	other := hanbit()
	other.ID, other.Title = "gopro", "고쳐 쓴 GoPro"
	other.Files[0].Name = `ACT(?P<key>\d{4})`
	set, err := profile.New([]profile.Profile{hanbit(), other})
	if err != nil {
		t.Fatal(err)
	}
	got := spell(set.Group([]profile.File{
		{Path: "V/HB_HB-BC-0001_20240301142355.MP4"},
		{Path: "V/HB_HB-BC-0001_20240301142355.GPS"},
		{Path: "V/HB_HB-BC-0002_20240301142355.GPS"},
		{Path: "V/hbcam.cfg"},
		{Path: "ACT0001.MP4"},
		{Path: "GX010001.MP4"},
		{Path: "DJI_0001.MP4"},
	}))
	want := `ACT0001.MP4  [고쳐 쓴 GoPro]
    main: ACT0001.MP4
DJI_0001.MP4  [DJI 드론(번호 이름)]
    main: DJI_0001.MP4
GX010001.MP4  [알 수 없는 기종]
    main: GX010001.MP4
HB_HB-BC-0001_20240301142355.MP4  [한빛캠]
    main: V/HB_HB-BC-0001_20240301142355.MP4
    track: V/HB_HB-BC-0001_20240301142355.GPS
HB_HB-BC-0002_20240301142355.GPS  [한빛캠]
    track: V/HB_HB-BC-0002_20240301142355.GPS
빠짐  V/hbcam.cfg: 한빛캠의 색인·설정 파일이며 촬영물이 아닙니다.
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if c := set.Continues("hanbit-cam"); c == nil || c.GapS != 2 {
		t.Errorf("continues %+v", c)
	}
}

// TestIgnoreHidesNoPicture: a careless pattern must not make footage disappear
// from a card's listing.
func TestIgnoreHidesNoPicture(t *testing.T) {
	p := hanbit()
	p.Ignore = []string{".*"}
	set, err := profile.New([]profile.Profile{p})
	if err != nil {
		t.Fatal(err)
	}
	l := set.Group([]profile.File{{Path: "a.MP4"}, {Path: "b.jpg"}, {Path: "c.txt"}})
	if len(l.Recordings) != 2 || len(l.Skipped) != 1 || l.Skipped[0].Path != "c.txt" {
		t.Errorf("%+v", l)
	}
}

// TestRuleNeedsAKey: files are not thrown together because a pattern found
// nothing that tells them apart.
func TestRuleNeedsAKey(t *testing.T) {
	p := hanbit()
	p.Files[0].Name = `(?P<key>\d*).*`
	set, err := profile.New([]profile.Profile{p})
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := set.Match("가나다.MP4"); !ok || m.Profile != profile.SameStem {
		t.Errorf("%+v", m)
	}
}
