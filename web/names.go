package web

import (
	"slices"

	"jikim/devices"
)

// registryNames gives what records call by ID its name on pages. An ID that
// is no longer registered is shown as it is.
type registryNames struct{ devices.Registry }

func names(r devices.Registry) registryNames { return registryNames{r} }

func (n registryNames) department(id string) string {
	if id == "" {
		return "기관 전체"
	}
	if i := slices.IndexFunc(n.Departments, func(d devices.Department) bool { return d.ID == id }); i >= 0 {
		return n.Departments[i].Name
	}
	return id
}

func (n registryNames) purpose(id string) string {
	if id == "" {
		return "정해지지 않음"
	}
	if i := slices.IndexFunc(n.Purposes, func(p devices.Purpose) bool { return p.ID == id }); i >= 0 {
		return n.Purposes[i].Name
	}
	return id
}

func (n registryNames) device(id string) string {
	if id == "" {
		return "알 수 없음"
	}
	if i := slices.IndexFunc(n.Devices, func(d devices.Device) bool { return d.ID == id }); i >= 0 {
		return deviceName(n.Devices[i])
	}
	return id
}

func deviceName(d devices.Device) string {
	switch {
	case d.Label != "" && d.Model != "":
		return d.Label + " (" + d.Model + ")"
	case d.Label != "":
		return d.Label
	case d.Model != "":
		return d.Model + " " + d.Serial
	default:
		return d.Serial
	}
}

// departments to choose from within scope ("" = all).
func (n registryNames) departments(scope string) []choice {
	var out []choice
	for _, d := range n.Departments {
		if scope == "" || d.ID == scope {
			out = append(out, choice{d.ID, d.Name})
		}
	}
	return out
}

// purposes a department ("" = any) may use.
func (n registryNames) purposes(department string) []choice {
	var out []choice
	for _, p := range n.Purposes {
		if department == "" || p.Department == "" || p.Department == department {
			out = append(out, choice{p.ID, p.Name})
		}
	}
	return out
}

// devices of a department ("" = all).
func (n registryNames) devices(department string) []choice {
	var out []choice
	for _, d := range n.Devices {
		if department == "" || d.Department == department {
			out = append(out, choice{d.ID, deviceName(d)})
		}
	}
	return out
}
