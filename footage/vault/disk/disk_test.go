package disk_test

import (
	"testing"

	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/footage/vault/vaulttest"
)

func TestStore(t *testing.T) {
	vaulttest.Run(t, func(t *testing.T) vault.Store { return open(t, t.TempDir()) }, vaulttest.Hooks{})
}

func open(t *testing.T, dir string) *disk.Store {
	t.Helper()
	s, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
