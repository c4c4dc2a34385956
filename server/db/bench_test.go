package db_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"jikim/footage"
	"jikim/footage/ledger"
)

// BenchmarkChange places holds: one record and its entry in each change, by one
// and by 64 at once.
func BenchmarkChange(b *testing.B) {
	for name, config := range databases {
		for _, writers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", name, writers), func(b *testing.B) {
				d := openDatabase(b, config(b), newClock())
				var n atomic.Int64
				b.SetParallelism(max(1, writers/2))
				place := func() error {
					hold := footage.Hold{ID: fmt.Sprint("h", n.Add(1)), Clip: "c", Basis: "evidence", Reason: "사건 증거"}
					e := ledger.Entry{Act: ledger.ActHeld, Actor: ledger.Actor{Account: "kim"}, Subject: "clip:c", Why: hold.Reason}
					return d.Change(context.Background(), e, func(tx footage.Tx, _ *ledger.Entry) error { return tx.Save(&hold) })
				}
				b.ResetTimer()
				if writers == 1 {
					for b.Loop() {
						if err := place(); err != nil {
							b.Fatal(err)
						}
					}
					return
				}
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						if err := place(); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
