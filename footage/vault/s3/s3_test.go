package s3_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"jikim/footage/vault"
	"jikim/footage/vault/s3"
	"jikim/footage/vault/s3/s3test"
	"jikim/footage/vault/vaulttest"
)

func TestStore(t *testing.T) {
	server := s3test.Start(t)
	vaulttest.Run(t, func(t *testing.T) vault.Store { return open(t, server) }, vaulttest.Hooks{Checks: 15})
}

var opened atomic.Int64

// open opens a store of its own in the server's bucket.
func open(t *testing.T, server *s3test.Server) *s3.Store {
	t.Helper()
	c := server.Config
	c.Prefix = fmt.Sprintf("test-%d", opened.Add(1))
	s, err := s3.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
