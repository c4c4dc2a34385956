package access_test

import (
	"testing"

	"jikim/footage/review/reviewtest"
	"jikim/web/access/accesstest"
)

func TestStoresInMemory(t *testing.T) {
	accesstest.Suite(t, func(t *testing.T, clock *reviewtest.Clock) accesstest.Stores { return accesstest.New(t, clock) })
}
