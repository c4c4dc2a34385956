package ledgertest_test

import (
	"testing"

	"jikim/footage/ledger/ledgertest"
)

func TestMemory(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) ledgertest.Place { return ledgertest.NewMemory() })
}
