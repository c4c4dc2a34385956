package devices_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jikim/devices"
	"jikim/devices/instant"
)

// TestCheck breaks the example in one place at a time; the problem must be
// named with its path, and nothing else with it.
func TestCheck(t *testing.T) {
	type registry = *devices.Registry
	tests := map[string]struct {
		spoil func(registry)
		want  string // "path code", several joined by "; "
	}{
		"nothing": {func(registry) {}, ""},

		"institution without id":         {func(r registry) { r.Institution.ID = "" }, "institution.id id-malformed"},
		"institution with Korean id":     {func(r registry) { r.Institution.ID = "한빛" }, "institution.id id-malformed"},
		"institution without name":       {func(r registry) { r.Institution.Name = "" }, "institution.name text-missing"},
		"department id in capitals":      {func(r registry) { r.Departments = add(r.Departments, devices.Department{ID: "PR", Name: "가"}) }, "departments[4].id id-malformed"},
		"department id ends in a hyphen": {func(r registry) { r.Departments = add(r.Departments, devices.Department{ID: "pr-", Name: "가"}) }, "departments[4].id id-malformed"},
		"department id with an at sign":  {func(r registry) { r.Departments = add(r.Departments, devices.Department{ID: "a@1", Name: "가"}) }, "departments[4].id id-malformed"},
		"department id too long": {func(r registry) {
			r.Departments = add(r.Departments, devices.Department{ID: strings.Repeat("a", 65), Name: "가"})
		}, "departments[4].id id-malformed"},
		"department twice":               {func(r registry) { r.Departments = add(r.Departments, r.Departments[0]) }, "departments[4].id id-repeated"},
		"department name too long":       {func(r registry) { r.Departments[0].Name = strings.Repeat("가", 101) }, "departments[0].name text-too-long"},
		"department name of 100":         {func(r registry) { r.Departments[0].Name = strings.Repeat("가", 100) }, ""},
		"department name over two lines": {func(r registry) { r.Departments[0].Name = "홍보\n담당관" }, "departments[0].name text-unprintable"},
		"name that turns the direction":  {func(r registry) { r.Departments[0].Name = "홍보\u202e담당관" }, "departments[0].name text-unprintable"},
		"unknown parent":                 {func(r registry) { r.Departments[1].Parent = "nowhere" }, "departments[1].parent unknown-department"},
		"parent":                         {func(r registry) { r.Departments[1].Parent = "pr" }, ""},
		"its own parent":                 {func(r registry) { r.Departments[1].Parent = "park" }, "departments[1].parent department-circle"},
		"parents in a circle": {
			func(r registry) { r.Departments[0].Parent, r.Departments[1].Parent = "park", "pr" },
			"departments[0].parent department-circle; departments[1].parent department-circle",
		},
		"unknown default purpose":      {func(r registry) { r.Departments[0].DefaultPurpose = "x" }, "departments[0].default_purpose unknown-purpose"},
		"default purpose of others":    {func(r registry) { r.Departments[0].DefaultPurpose = "disaster" }, "departments[0].default_purpose purpose-elsewhere"},
		"default purpose of everybody": {func(r registry) { r.Purposes[1].Department = ""; r.Departments[0].DefaultPurpose = "disaster" }, ""},

		"officer of no department":      {func(r registry) { r.Officers[1].Department = "" }, "officers[1].department text-missing"},
		"officer of unknown department": {func(r registry) { r.Officers[1].Department = "x" }, "officers[1].department unknown-department"},
		"officer of unknown tier":       {func(r registry) { r.Officers[1].Tier = "boss" }, "officers[1].tier value-unknown"},
		"officer without name":          {func(r registry) { r.Officers[1].Name = "" }, "officers[1].name text-missing"},
		"officer without first day":     {func(r registry) { r.Officers[1].From = "" }, "officers[1].from text-missing"},
		"first day not in the calendar": {func(r registry) { r.Officers[1].From = "2026-02-29" }, "officers[1].from date-malformed"},
		"first day in another form":     {func(r registry) { r.Officers[1].From = "2026.1.1" }, "officers[1].from date-malformed"},
		"last day before the first":     {func(r registry) { r.Officers[1].Until = "2025-12-31" }, "officers[1].until term-reversed"},
		"one day in office":             {func(r registry) { r.Officers[1].Until = "2026-01-01" }, ""},
		"officer id malformed":          {func(r registry) { r.Officers[1].ID = "홍" }, "officers[1].id id-malformed"},
		"officer id twice":              {func(r registry) { r.Officers[1].ID = r.Officers[7].ID }, "officers[7].id id-repeated"},
		"two of a kind from one day":    {func(r registry) { r.Officers = add(r.Officers, r.Officers[1]) }, "officers[9].id id-repeated"},
		"two responsible officers":      {func(r registry) { succeed(r, "2026-07-01", "") }, "officers[9].from term-overlap"},
		"handed over on one day":        {func(r registry) { succeed(r, "2026-07-01", "2026-07-01") }, "officers[9].from term-overlap"},
		"handed over the day before":    {func(r registry) { succeed(r, "2026-07-01", "2026-06-30") }, ""},
		"office vacant for a while":     {func(r registry) { succeed(r, "2026-07-01", "2026-03-31") }, ""},
		"a short term within a long one": {func(r registry) {
			succeed(r, "2026-03-01", "")
			r.Officers[9].Until = "2026-03-31"
			succeed(r, "2026-06-01", "")
		}, "officers[9].from term-overlap; officers[10].from term-overlap"},
		"responsible for two departments": {func(r registry) {
			o := r.Officers[0]
			o.Department, o.From, o.ID = "land", "2020-01-01", "earlier"
			o.Until = "2025-12-31"
			r.Officers = add(r.Officers, o)
		}, ""},

		"purpose twice":                 {func(r registry) { r.Purposes = add(r.Purposes, r.Purposes[0]) }, "purposes[4].id id-repeated"},
		"purpose without name":          {func(r registry) { r.Purposes[0].Name = "" }, "purposes[0].name text-missing"},
		"purpose of unknown department": {func(r registry) { r.Purposes = add(r.Purposes, purpose("x", "nowhere")) }, "purposes[4].department unknown-department"},
		"no basis":                      {func(r registry) { r.Purposes[0].Basis = nil }, "purposes[0].basis basis-missing"},
		"unknown basis":                 {func(r registry) { r.Purposes[0].Basis[1] = "15-1-9" }, "purposes[0].basis[1] value-unknown"},
		"basis twice":                   {func(r registry) { r.Purposes[0].Basis[1] = r.Purposes[0].Basis[0] }, "purposes[0].basis[1] value-repeated"},
		"no notice":                     {func(r registry) { r.Purposes[0].Notice = nil }, "purposes[0].notice notice-missing"},
		"unknown notice":                {func(r registry) { r.Purposes[0].Notice[0] = "smoke" }, "purposes[0].notice[0] value-unknown"},
		"no retention":                  {func(r registry) { r.Purposes[2].Retention = devices.Retention{} }, "purposes[2].retention retention-missing"},
		"days and permanent":            {func(r registry) { r.Purposes[2].Retention.Permanent = true }, "purposes[2].retention retention-both"},
		"14 days":                       {func(r registry) { r.Purposes[3].Retention.Days = 14 }, "purposes[3].retention.days retention-too-short"},
		"negative days":                 {func(r registry) { r.Purposes[3].Retention.Days = -15 }, "purposes[3].retention.days retention-too-short"},
		"31 days without reason":        {func(r registry) { r.Purposes[1].Retention.Days = 31 }, "purposes[1].retention.reason retention-unexplained"},
		"permanent without reason":      {func(r registry) { r.Purposes[0].Retention.Reason = "" }, "purposes[0].retention.reason retention-unexplained"},
		"more than a hundred years":     {func(r registry) { r.Purposes[2].Retention.Days = 36501 }, "purposes[2].retention.days retention-too-long"},
		"reason too long":               {func(r registry) { r.Purposes[2].Retention.Reason = strings.Repeat("가", 501) }, "purposes[2].retention.reason text-too-long"},

		"device twice":                        {func(r registry) { r.Devices[8].ID = "pr-drone-1" }, "devices[8].id id-repeated"},
		"device without serial":               {func(r registry) { r.Devices[0].Serial = "" }, "devices[0].serial text-missing"},
		"serial twice":                        {func(r registry) { r.Devices[1].Serial = r.Devices[0].Serial }, "devices[1].serial serial-repeated"},
		"serial twice in another case":        {func(r registry) { r.Devices[1].Serial = "hb-dr-0001" }, "devices[1].serial serial-repeated"},
		"device of unknown class":             {func(r registry) { r.Devices[0].Class = "fixed" }, "devices[0].class value-unknown"},
		"device without class":                {func(r registry) { r.Devices[0].Class = "" }, "devices[0].class value-unknown"},
		"device of unknown status":            {func(r registry) { r.Devices[0].Status = "broken" }, "devices[0].status value-unknown"},
		"device of unknown clock":             {func(r registry) { r.Devices[0].Clock = "jst" }, "devices[0].clock value-unknown"},
		"device of no department":             {func(r registry) { r.Devices[0].Department = "" }, "devices[0].department text-missing"},
		"device of unknown department":        {func(r registry) { r.Devices[0].Department = "x" }, "devices[0].department unknown-department"},
		"device of unknown purpose":           {func(r registry) { r.Devices[0].Purpose = "x" }, "devices[0].purpose unknown-purpose"},
		"device for others' purpose":          {func(r registry) { r.Devices[0].Purpose = "disaster" }, "devices[0].purpose purpose-elsewhere"},
		"clock looked at":                     {func(r registry) { clock(r, 12, "2026-09-01") }, ""},
		"clock was right":                     {func(r registry) { clock(r, 0, "2026-09-01") }, ""},
		"clock looked at on no day":           {func(r registry) { clock(r, 12, "2026-09-31") }, "devices[0].clock_checked_on date-malformed"},
		"clock error without a day":           {func(r registry) { clock(r, 12, "") }, "devices[0].clock_checked_on clock-undated"},
		"clock looked at, nothing found":      {func(r registry) { r.Devices[0].ClockCheckedOn = "2026-09-01" }, "devices[0].clock_ahead_s clock-unmeasured"},
		"clock a day wrong":                   {func(r registry) { clock(r, -86400, "2026-09-01") }, ""},
		"clock more than a day wrong":         {func(r registry) { clock(r, -86401, "2026-09-01") }, "devices[0].clock_ahead_s clock-too-wrong"},
		"clock looked at before the purchase": {func(r registry) { clock(r, 1, "2024-01-01") }, "devices[0].clock_checked_on clock-before-purchase"},
		"bought on no day":                    {func(r registry) { r.Devices[0].BoughtOn = "2024-13-01" }, "devices[0].bought_on date-malformed"},

		"profile without a key": {func(r registry) { r.Profiles[0].Files[0].Name = "HB" }, "profiles[0].files[0].name profile-no-key"},
		"profile twice":         {func(r registry) { r.Profiles = add(r.Profiles, r.Profiles[0]) }, "profiles[1].id id-repeated"},

		"several": {
			func(r registry) { r.Purposes[0].Basis = nil; r.Purposes[0].Notice = nil; r.Devices[3].Serial = "" },
			"purposes[0].basis basis-missing; purposes[0].notice notice-missing; devices[3].serial text-missing",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := readExample(t)
			tt.spoil(&r)
			var got []string
			for _, p := range r.Check() {
				got = append(got, p.Field+" "+p.Code)
				if !strings.HasSuffix(p.Sentence, ".") || strings.Contains(p.Sentence, "%!") {
					t.Errorf("not a sentence: %s", p.Sentence)
				}
			}
			if joined := strings.Join(got, "; "); joined != tt.want {
				t.Errorf("got  %s\nwant %s", joined, tt.want)
			}
		})
	}
}

// add appends to a copy.
func add[T any](list []T, item T) []T { return append(slices.Clone(list), item) }

func purpose(id, department string) devices.Purpose {
	return devices.Purpose{
		ID: id, Name: id, Department: department, Basis: []devices.LegalBasis{devices.BasisPublicTask},
		Notice: []devices.Notice{devices.NoticeSign}, Retention: devices.Retention{Days: 30},
	}
}

// succeed adds a second responsible officer to the first department, from a
// day on; the first one's term ends on until.
func succeed(r *devices.Registry, from, until instant.Date) {
	r.Officers[0].Until = until
	o := r.Officers[0]
	o.ID, o.Name, o.From, o.Until = fmt.Sprintf("next-%d", len(r.Officers)), "최○○", from, ""
	r.Officers = add(r.Officers, o)
}

// TestCheckCircleAbove: a department below a circle cannot be placed either,
// and a long line that ends is no circle.
func TestCheckCircleAbove(t *testing.T) {
	line := devices.Registry{Institution: devices.Institution{ID: "a", Name: "가"}}
	for i := range 20 {
		d := devices.Department{ID: fmt.Sprintf("d%d", i), Name: "부서"}
		if i > 0 {
			d.Parent = fmt.Sprintf("d%d", i-1)
		}
		line.Departments = append(line.Departments, d)
	}
	if problems := line.Check(); len(problems) != 0 {
		t.Errorf("a line of 20: %v", problems)
	}
	line.Departments[0].Parent = "d19"
	if problems := line.Check(); len(problems) != 20 {
		t.Errorf("a circle of 20: %d problems", len(problems))
	}
}

func TestWarnings(t *testing.T) {
	r := readExample(t)
	if got := r.Warnings("2025-12-31"); len(got) != 4 {
		t.Errorf("before anyone was in office: %d warnings, want one for each department: %q", len(got), got)
	}
	r.Officers[0].Until = "2026-06-30"
	got := r.Warnings("2026-07-01")
	if want := "부서 홍보담당관(pr)에 2026. 7. 1.(수) 현재 관리책임자가 없습니다. 관리책임자를 적으십시오."; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := r.Warnings("2026-06-30"); len(got) != 0 {
		t.Errorf("on the last day: %q", got)
	}
	r.Devices[0].Status = devices.Retired
	if got := r.Warnings("2026-07-01"); len(got) != 0 {
		t.Errorf("a department that films no more: %q", got)
	}
	r.Departments[1].DefaultPurpose = ""
	if got := r.Warnings("2026-07-01"); len(got) != 1 || !strings.Contains(got[0], "park-drone-1") {
		t.Errorf("a device without purpose: %q", got)
	}
}

// clock has somebody look at the clock of the first device.
func clock(r *devices.Registry, ahead int, on instant.Date) {
	r.Devices[0].ClockAheadS, r.Devices[0].ClockCheckedOn = &ahead, on
}
