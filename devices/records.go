package devices

// RecordName gives the name under which the ledger knows the institution.
func (i *Institution) RecordName() string { return "institution:" + i.ID }

// RecordName gives the name under which the ledger knows the department.
func (d *Department) RecordName() string { return "department:" + d.ID }

// RecordName gives the name under which the ledger knows the officer.
func (o *Officer) RecordName() string { return "officer:" + o.ID }

// RecordName gives the name under which the ledger knows the purpose.
func (p *Purpose) RecordName() string { return "purpose:" + p.ID }

// RecordName gives the name under which the ledger knows the device.
func (d *Device) RecordName() string { return "device:" + d.ID }
