package devices

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Normalise brings what people and programs wrote into the one form that is
// stored: Hangul composed (NFC; files from macOS and some cameras come
// decomposed), no blanks around values, what may be left out filled in, and
// the order of display taken from the order of the lists. It changes r in
// place and does nothing the second time.
func (r *Registry) Normalise() {
	tidy(&r.Institution.ID, &r.Institution.Name)
	for i := range r.Departments {
		d := &r.Departments[i]
		tidy(&d.ID, &d.Name, &d.Parent, &d.DefaultPurpose)
		d.Order = i + 1
	}
	for i := range r.Officers {
		o := &r.Officers[i]
		tidy(&o.ID, &o.Department, &o.Name, &o.Position, &o.Phone, &o.Account)
		if o.ID == "" {
			o.ID = defaultOfficerID(*o)
		}
	}
	for i := range r.Purposes {
		p := &r.Purposes[i]
		tidy(&p.ID, &p.Name, &p.Department, &p.Retention.Reason)
		p.Version = max(p.Version, 1)
		p.Order = i + 1
	}
	for i := range r.Devices {
		d := &r.Devices[i]
		tidy(&d.ID, &d.Maker, &d.Model, &d.Serial, &d.Label, &d.Department, &d.Purpose)
		if d.Status == "" {
			d.Status = InUse
		}
		d.Order = i + 1
	}
	for i := range r.Profiles {
		r.Profiles[i].Normalise()
		r.Profiles[i].Order = i + 1
	}
}

func tidy(fields ...*string) {
	for _, f := range fields {
		*f = strings.TrimSpace(norm.NFC.String(*f))
	}
}
