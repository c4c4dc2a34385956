// Command bench measures the house beside what it is compared with, in one run
// on one machine, and prints the table of targets: what, ours, the others, the
// ratio, the target, met or not. It starts every server itself, sends to it over
// the loopback, and removes everything in the end.
//
//	go run ./server/bench [-quick] [-only ingest,range,s3,metadata]
//	go run ./server/bench -records [-n 10000000] [-postgres]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

type options struct {
	bin      string
	dir      string
	only     string
	rounds   int
	quick    bool
	records  bool
	clips    int
	postgres bool
}

func main() {
	if len(os.Args) > 1 {
		if child, ok := children[os.Args[1]]; ok {
			exit(child(os.Args[2:]))
		}
	}
	var o options
	flag.StringVar(&o.bin, "bin", filepath.Join("bin", "jikim"), "the program to measure")
	flag.StringVar(&o.dir, "dir", "", "where to write (default: the temporary directory, or here when that is in memory)")
	flag.StringVar(&o.only, "only", "", "parts to run, by comma: ingest, range, s3, metadata")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of each measurement; the table shows medians")
	flag.BoolVar(&o.quick, "quick", false, "one round of an eighth of the size: a look, not a result")
	flag.BoolVar(&o.records, "records", false, "measure records instead: lists, what is due, the ledger")
	flag.IntVar(&o.clips, "n", 10_000_000, "with -records: how many clips")
	flag.BoolVar(&o.postgres, "postgres", false, "with -records: PostgreSQL as well as SQLite")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx, o)
	stop()
	exit(err)
}

// children are the processes this program starts of itself.
var children = map[string]func(args []string) error{
	"floor":    func(args []string) error { return serveFloor(args[0], args[1]) },
	"metadata": readMetadata,
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// measure runs what was asked for in a directory that is removed in the end.
func measure(ctx context.Context, o options) (err error) {
	base, err := roomOnDisk(o.dir)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(base, "jikim-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return err
	}
	tell := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	if o.records {
		return measureRecords(ctx, recordsBench{dir: dir, bin: bin, clips: o.clips, postgres: o.postgres, tell: tell})
	}
	b := &bench{dir: dir, rounds: o.rounds, quick: o.quick, tell: tell}
	if o.quick {
		b.rounds = 1
	}
	return b.run(ctx, bin, o.only)
}

// run measures the parts and prints the table.
func (b *bench) run(ctx context.Context, bin, only string) (err error) {
	if b.made, err = makeFootage(ctx, b.dir); err != nil {
		return err
	}
	if b.house, err = newHouse(ctx, bin, b.dir); err != nil {
		return err
	}
	b.sides = []side{b.house.side(), floorSide()}
	if path, ok := programOf("JIKIM_TUSD", "tusd"); ok {
		b.sides = append(b.sides, tusdSide(path))
	} else {
		b.tell("tusd가 없어 견주지 못합니다 (make tusd)")
	}
	t := &table{how: fmt.Sprintf("%d회의 중앙값, 번갈아 잼.", b.rounds), quick: b.quick}
	for _, part := range []struct {
		name string
		run  func(context.Context, *table) error
	}{
		{"ingest", b.ingestRows}, {"range", b.rangeRows}, {"s3", b.s3Rows}, {"metadata", b.metadataRows},
	} {
		if only != "" && !strings.Contains(","+only+",", ","+part.name+",") {
			continue
		}
		if err := part.run(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return t.print(os.Stdout)
}

// roomOnDisk gives a directory that is not in memory: durability costs nothing
// there, and what is measured would mean nothing.
func roomOnDisk(dir string) (string, error) {
	if dir != "" {
		return filepath.Abs(dir)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(os.TempDir(), &fs); err != nil {
		return "", err
	}
	if fs.Type == unix.TMPFS_MAGIC {
		return os.Getwd()
	}
	return os.TempDir(), nil
}
