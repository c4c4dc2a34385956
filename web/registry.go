package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/web/access"
)

type registryBody struct {
	Warnings    []string // what should be settled soon
	MayList     bool     // open the clips of a device
	Departments []registryDepartment
	Purposes    []registryPurpose
	Units       int // devices shown
}

type registryDepartment struct {
	devices.Department
	DefaultPurposeName string
	Officers           []devices.Officer // in office today
	Former             []devices.Officer // no more, the last first
	Devices            []registryDevice
}

type registryDevice struct {
	devices.Device
	PurposeName string
}

type registryPurpose struct {
	devices.Purpose
	DepartmentName string
}

func (s *site) showRegistry(c echo.Context) error {
	registry, err := s.Records.Registry(c.Request().Context())
	if err != nil {
		return err
	}
	w, today := who(c), instant.DateOf(s.Now())
	reach := scope(w, access.ReadRegistry)
	body := registryOf(registry, reach, today)
	body.MayList = access.May(w, access.List, w.Department)
	if reach == "" {
		body.Warnings = registry.Warnings(today)
	}
	return s.show(c, http.StatusOK, "registry", "등록부", body)
}

// registryOf lays the registry out by department, within reach ("" = all).
func registryOf(r devices.Registry, reach string, today instant.Date) registryBody {
	n := names(r)
	var body registryBody
	for _, d := range r.Departments {
		if reach != "" && d.ID != reach {
			continue
		}
		shown := registryDepartment{Department: d}
		if d.DefaultPurpose != "" {
			shown.DefaultPurposeName = n.purpose(d.DefaultPurpose)
		}
		for _, o := range r.Officers {
			switch {
			case o.Department != d.ID:
			case o.Serves(today):
				shown.Officers = append(shown.Officers, o)
			case o.Until != "" && o.Until < today:
				shown.Former = append(shown.Former, o)
			}
		}
		slices.SortStableFunc(shown.Former, func(a, b devices.Officer) int { return strings.Compare(string(b.Until), string(a.Until)) })
		slices.SortStableFunc(shown.Officers, func(a, b devices.Officer) int { return rank(a.Tier) - rank(b.Tier) })
		for _, device := range r.Devices {
			if device.Department == d.ID {
				shown.Devices = append(shown.Devices, registryDevice{device, n.purposeOfDevice(device, d)})
			}
		}
		body.Units += len(shown.Devices)
		body.Departments = append(body.Departments, shown)
	}
	for _, p := range r.Purposes {
		if reach == "" || p.Department == "" || p.Department == reach {
			body.Purposes = append(body.Purposes, registryPurpose{p, n.purposeDepartment(p)})
		}
	}
	return body
}

// rank orders officers by what they answer for.
func rank(t devices.Tier) int {
	return slices.Index(devices.Tiers(), t)
}

func (n registryNames) purposeOfDevice(d devices.Device, of devices.Department) string {
	switch {
	case d.Purpose != "":
		return n.purpose(d.Purpose)
	case of.DefaultPurpose != "":
		return n.purpose(of.DefaultPurpose) + " (부서 기본)"
	default:
		return "정해지지 않음"
	}
}

func (n registryNames) purposeDepartment(p devices.Purpose) string {
	if p.Department == "" {
		return "모든 부서"
	}
	return n.department(p.Department)
}
