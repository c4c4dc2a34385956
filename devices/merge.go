package devices

import (
	"fmt"
	"slices"
	"strings"

	"jikim/devices/profile"
	"jikim/devices/refuse"
)

// Merge brings a parsed file over what is registered and says what that
// changes. Both stay as they are; the result is normalised and sound.
//
//   - A purpose whose retention differs, be it only in its reason, gets the
//     next version; all others keep theirs.
//   - Departments and purposes are never removed by a file: footage and entries
//     of the ledger refer to them. A file that leaves one out is refused.
//   - Devices, officers and profiles that the file leaves out stay as they are,
//     for a camera does not vanish because a line was lost, and terms of office
//     are history. Those still in use or in office are listed as Missing.
//   - The institution's id never changes: it is part of the ledger's origin.
//
// Refusals: registry-removal, registry-institution, registry-invalid.
func Merge(old, file Registry) (Registry, []Change, error) {
	old, merged := old.clone(), file.clone()
	old.Normalise()
	merged.Normalise()
	if old.Institution.ID != "" && old.Institution.ID != merged.Institution.ID {
		return Registry{}, nil, refuse.New(refuse.Conflict, "registry-institution", fmt.Sprintf(
			"파일의 기관 id(%s)가 등록된 기관 id(%s)와 달라 가져오지 않았습니다. 기관 id는 관리대장의 이름이므로 바꿀 수 없습니다. 다른 기관의 파일인지 확인하십시오.",
			merged.Institution.ID, old.Institution.ID))
	}
	if err := refuseRemoval(Diff(old, merged)); err != nil {
		return Registry{}, nil, err
	}
	missing := keepMissing(old, &merged)
	bumped := setVersions(old.Purposes, merged.Purposes)
	merged.Normalise()
	if problems := merged.Check(); len(problems) > 0 {
		return Registry{}, nil, refuseAll(problems, nil)
	}
	return merged, slices.Concat(Diff(old, merged), bumped, missing), nil
}

// clone copies the lists, so that the original stays as it is.
func (r Registry) clone() Registry {
	r.Departments = slices.Clone(r.Departments)
	r.Officers = slices.Clone(r.Officers)
	r.Purposes = slices.Clone(r.Purposes)
	r.Devices = slices.Clone(r.Devices)
	r.Profiles = slices.Clone(r.Profiles)
	return r
}

// refuseRemoval names every department and purpose that the file leaves out.
func refuseRemoval(changes []Change) error {
	var gone []string
	for _, c := range changes {
		if c.Kind == Removed && (c.Of == "department" || c.Of == "purpose") {
			gone = append(gone, "\n- "+c.Sentence)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return refuse.New(refuse.Conflict, "registry-removal", fmt.Sprintf(
		"등록된 부서나 목적 %d개가 파일에 없어 아무것도 가져오지 않았습니다. 영상과 관리대장이 가리키고 있으므로 파일로 없앨 수 없습니다. 파일에 다시 적어 넣으십시오.%s",
		len(gone), strings.Join(gone, "")))
}

// keepMissing adds to merged the devices, officers and profiles that only old
// has, and names those that somebody might miss.
func keepMissing(old Registry, merged *Registry) []Change {
	var missing []Change
	keep := func(r record, now string) {
		missing = append(missing, Change{Kind: Missing, Of: r.of, ID: r.id, Sentence: r.title() + ": 파일에 없어 등록된 그대로 둡니다. " + now})
	}
	for _, d := range absent(old.Devices, merged.Devices, func(d Device) string { return d.ID }) {
		merged.Devices = append(merged.Devices, d)
		if d.Status != Retired {
			keep(describeDevice(d), "더 쓰지 않는 기기이면 status를 retired로 적어 가져오십시오.")
		}
	}
	for _, o := range absent(old.Officers, merged.Officers, func(o Officer) string { return o.ID }) {
		merged.Officers = append(merged.Officers, o)
		if o.Until == "" {
			keep(describeOfficer(o), "자리를 옮겼으면 until에 마지막 날을 적어 가져오십시오.")
		}
	}
	for _, p := range absent(old.Profiles, merged.Profiles, func(p profile.Profile) string { return p.ID }) {
		merged.Profiles = append(merged.Profiles, p)
		keep(describeProfile(p), "잊고 뺀 것이면 파일에 다시 적어 두십시오.")
	}
	return missing
}

// absent gives the records of old whose id is not in now.
func absent[T any](old, now []T, id func(T) string) []T {
	present := make(map[string]bool, len(now))
	for _, r := range now {
		present[id(r)] = true
	}
	return slices.DeleteFunc(slices.Clone(old), func(r T) bool { return present[id(r)] })
}

// setVersions gives every purpose its version and says which rules are new.
func setVersions(old, now []Purpose) []Change {
	before := make(map[string]Purpose, len(old))
	for _, p := range old {
		before[p.ID] = p
	}
	var bumped []Change
	for i := range now {
		p := &now[i]
		was, existed := before[p.ID]
		switch {
		case !existed:
			p.Version = 1
		case was.Retention == p.Retention:
			p.Version = was.Version
		default:
			p.Version = was.Version + 1
			bumped = append(bumped, Change{
				Kind: Changed, Of: "purpose", ID: p.ID, Field: "version", Was: was.Rule(), Now: p.Rule(),
				Sentence: fmt.Sprintf("%s의 보관 규칙 변경: %s → %s. 이미 보관하고 있는 영상의 파기 예정은 따로 승인하기 전에는 바뀌지 않습니다.",
					describePurpose(*p).title(), was.Rule(), p.Rule()),
			})
		}
	}
	return bumped
}
