package devices

// The names under which the ledger knows the records of the registry.
func (i *Institution) RecordName() string { return "institution:" + i.ID }
func (d *Department) RecordName() string  { return "department:" + d.ID }
func (o *Officer) RecordName() string     { return "officer:" + o.ID }
func (p *Purpose) RecordName() string     { return "purpose:" + p.ID }
func (d *Device) RecordName() string      { return "device:" + d.ID }
