package devices_test

import (
	"os"
	"testing"

	"jikim/devices"
)

// readExample parses the institution that stands in deploy/examples for
// administrators to copy.
func readExample(t testing.TB) devices.Registry {
	t.Helper()
	f, err := os.Open("../deploy/examples/hanbit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := devices.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestExample: the example has the shape of the published policy it follows.
func TestExample(t *testing.T) {
	r := readExample(t)
	type owns struct {
		devices int
		class   devices.Class
		keeps   string
	}
	want := map[string]owns{
		"홍보담당관": {1, devices.Mounted, "영구"},
		"공원녹지과": {1, devices.Mounted, "촬영일부터 30일"},
		"토지정보과": {2, devices.Mounted, "촬영일부터 90일"},
		"민원과":   {5, devices.Worn, "촬영일부터 15일"},
	}
	if len(r.Departments) != len(want) || len(r.Devices) != 9 {
		t.Fatalf("%d departments and %d devices, want %d and 9", len(r.Departments), len(r.Devices), len(want))
	}
	purposes := map[string]devices.Purpose{}
	for _, p := range r.Purposes {
		purposes[p.ID] = p
	}
	for _, d := range r.Departments {
		got := owns{keeps: purposes[d.DefaultPurpose].Retention.Korean()}
		for _, device := range r.Devices {
			if device.Department == d.ID {
				got.devices++
				got.class = device.Class
			}
		}
		if got != want[d.Name] {
			t.Errorf("%s has %+v, want %+v", d.Name, got, want[d.Name])
		}
		if _, served := r.Responsible(d.ID, "2026-10-03"); !served {
			t.Errorf("%s has no responsible officer", d.Name)
		}
	}
	if warnings := r.Warnings("2026-10-03"); len(warnings) != 0 {
		t.Errorf("warnings: %q", warnings)
	}
}
