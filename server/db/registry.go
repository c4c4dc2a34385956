package db

import (
	"context"

	"gorm.io/gorm"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/ledger"
)

// Registry gives everything that is registered; the zero Registry when nothing is.
func (d *DB) Registry(ctx context.Context) (devices.Registry, error) {
	reg, err := readRegistry(d.read.WithContext(ctx))
	return reg, translate(err)
}

func readRegistry(g *gorm.DB) (reg devices.Registry, err error) {
	var institutions []devices.Institution
	for _, q := range []struct {
		into  any
		order string
	}{
		{&institutions, "id"},
		{&reg.Departments, "position, id"},
		{&reg.Officers, `department, tier, "from", id`},
		{&reg.Purposes, "position, id"},
		{&reg.Devices, "position, id"},
		{&reg.Profiles, "position, id"},
	} {
		if err := g.Order(q.order).Find(q.into).Error; err != nil {
			return reg, err
		}
	}
	if len(institutions) > 0 {
		reg.Institution = institutions[0]
	}
	if len(reg.Profiles) == 0 {
		reg.Profiles = nil // most institutions have none of their own, and none is how that is written
	}
	return reg, nil
}

// SaveRegistry replaces the registry by what merge makes of the present one,
// as one act. Records that merge leaves untouched are not written.
func (d *DB) SaveRegistry(ctx context.Context, e ledger.Entry, merge func(now devices.Registry, e *ledger.Entry) (devices.Registry, error)) error {
	return d.change(ctx, e, func(tx *Tx) error {
		now, err := readRegistry(tx.g)
		if err != nil {
			return err
		}
		next, err := merge(now, tx.entry)
		if err != nil {
			return err
		}
		stands, err := digests(now)
		if err != nil {
			return err
		}
		for _, r := range recordsOf(&next) {
			digest, err := Digest(r)
			if err != nil {
				return err
			}
			if stands[r.RecordName()] == digest {
				continue
			}
			if err := tx.Save(r); err != nil {
				return err
			}
		}
		return nil
	})
}

func digests(reg devices.Registry) (map[string]string, error) {
	all := map[string]string{}
	for _, r := range recordsOf(&reg) {
		digest, err := Digest(r)
		if err != nil {
			return nil, err
		}
		all[r.RecordName()] = digest
	}
	return all, nil
}

func recordsOf(reg *devices.Registry) []footage.Record {
	var all []footage.Record
	if reg.Institution.ID != "" {
		all = append(all, &reg.Institution)
	}
	for i := range reg.Departments {
		all = append(all, &reg.Departments[i])
	}
	for i := range reg.Officers {
		all = append(all, &reg.Officers[i])
	}
	for i := range reg.Purposes {
		all = append(all, &reg.Purposes[i])
	}
	for i := range reg.Devices {
		all = append(all, &reg.Devices[i])
	}
	for i := range reg.Profiles {
		all = append(all, &reg.Profiles[i])
	}
	return all
}

// DeviceBySerial finds a device by its serial number or its id; found is false
// when it is not registered.
func (d *DB) DeviceBySerial(ctx context.Context, serial string) (dev devices.Device, found bool, err error) {
	var hits []devices.Device
	err = d.read.WithContext(ctx).Where("serial = ? OR id = ?", serial, serial).Limit(1).Find(&hits).Error
	if err != nil || len(hits) == 0 {
		return dev, false, translate(err)
	}
	return hits[0], true, nil
}

// Department gives one department.
func (d *DB) Department(ctx context.Context, id string) (dep devices.Department, err error) {
	err = d.read.WithContext(ctx).Take(&dep, "id = ?", id).Error
	return dep, translate(err)
}

// Purposes gives the purposes a department may use: its own and the common ones.
func (d *DB) Purposes(ctx context.Context, department string) (all []devices.Purpose, err error) {
	err = d.read.WithContext(ctx).Where("department = '' OR department = ?", department).Order("position, id").Find(&all).Error
	return all, translate(err)
}

// ResponsibleOfficer gives the name of the 관리책임자 of a department on a day;
// "" when none is registered.
func (d *DB) ResponsibleOfficer(ctx context.Context, department string, day instant.Date) (string, error) {
	var all []devices.Officer
	err := d.read.WithContext(ctx).Where("department = ? AND tier = ?", department, devices.TierResponsible).Order("id").Find(&all).Error
	for _, o := range all {
		if o.Serves(day) {
			return o.Name, nil
		}
	}
	return "", translate(err)
}
