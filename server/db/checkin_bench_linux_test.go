package db_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jikim/devices"
	"jikim/devices/profile"
	"jikim/footage/ledger"
	"jikim/footage/retention"
	"jikim/footage/review/reviewtest"
	"jikim/ingest"
	"jikim/ingest/metadata"
	"jikim/server/db"
)

// nameless knows no card at all.
type nameless struct{}

func (nameless) Match(string) (profile.Match, bool)  { return profile.Match{}, false }
func (nameless) Continues(string) *profile.Continues { return nil }

// plainReader says of every file that it is a photo of a known camera.
type plainReader struct{}

func (plainReader) Read(_ context.Context, _ io.ReaderAt, _ int64, name string) (metadata.Report, error) {
	return metadata.Report{
		File: name, Kind: metadata.Photo, Container: "jpeg", MIME: "image/jpeg", Make: "DJI", Serial: "SN-1",
		Time: &metadata.TimeEvidence{Candidates: []metadata.Candidate{{Value: "2026-10-02T14:05:00+09:00", Source: "exif:DateTimeOriginal", Zone: metadata.ZoneStated}}},
	}, nil
}

// BenchmarkCheckIn takes small photos in, from the beginning to the entry, by 64
// senders: whose names say nothing, and whose names may be of a recording.
func BenchmarkCheckIn(b *testing.B) {
	for name, config := range databases {
		for what, layouts := range map[string]ingest.Layouts{"nameless": nameless{}, "photos": profile.Builtin()} {
			b.Run(name+"/"+what, func(b *testing.B) {
				c := newClock()
				d := openDatabase(b, config(b), c)
				e := ledger.Entry{Act: ledger.ActRegistryImported, Actor: ledger.Actor{Account: "admin"}}
				err := d.SaveRegistry(b.Context(), e, func(devices.Registry, *ledger.Entry) (devices.Registry, error) {
					return devices.Registry{
						Departments: []devices.Department{{ID: "pr", Name: "홍보과", DefaultPurpose: "pr"}},
						Purposes:    []devices.Purpose{{ID: "pr", Name: "홍보", Retention: devices.Retention{Days: 30}, Version: 1}},
						Devices:     []devices.Device{{ID: "cam-1", Serial: "SN-1", Department: "pr"}},
					}, nil
				})
				if err != nil {
					b.Fatal(err)
				}
				in := intakeOn(b, d, c, layouts)
				var n atomic.Int64
				b.SetParallelism(32)
				worked := processorTime()
				b.ResetTimer()
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						if err := takeIn(in, int(n.Add(1))); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64((processorTime()-worked).Microseconds())/float64(b.N), "cpu-µs/op")
			})
		}
	}
}

func intakeOn(tb testing.TB, d *db.DB, c *clock, layouts ingest.Layouts) *ingest.Intake {
	v := reviewtest.NewVault(tb)
	return &ingest.Intake{
		Records: d, Registry: d, Leases: d, Vault: v, Keys: v.Keys, Describe: plainReader{},
		Gate:   &retention.Gate{Book: d, Records: d, Vault: v, Clock: c.now, Owner: "bench"},
		Limits: ingest.Limits{MaxBytes: 1 << 30, MinimumStay: time.Hour, AbandonAfter: time.Hour},
		Clock:  c.now, Rand: &lockedRandom{r: reviewtest.NewRandom(3)}, Owner: "bench",
		Layouts: func(context.Context) (ingest.Layouts, error) { return layouts, nil },
	}
}

func takeIn(in *ingest.Intake, n int) error {
	ctx := context.Background()
	content := fmt.Appendf(nil, "photo %d", n)
	name := fmt.Sprintf("DJI_%05d.JPG", n)
	up, err := in.Begin(ctx, ingest.Request{FileName: name, Path: "DCIM/100MEDIA/" + name, Size: int64(len(content)), Account: "dock", Department: "pr"})
	if err != nil {
		return err
	}
	r := in.Open(up, "bench")
	defer r.Close()
	if _, err := r.Receive(ctx, 0, bytes.NewReader(content)); err != nil {
		return err
	}
	return r.Finish(ctx)
}

// lockedRandom is safe for concurrent use.
type lockedRandom struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedRandom) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}

// processorTime is what this process has used: other work on the machine does
// not count.
func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
