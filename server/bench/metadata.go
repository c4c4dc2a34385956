package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"jikim/footage/vault"
	"jikim/footage/vault/disk"
	"jikim/ingest/metadata/child"
)

const metadataFiles = 400 // of each kind, by repetition

// reader is something that reads the metadata of files, on one core.
type reader struct {
	name    string
	each    bool // one process for each file
	command []string
}

// readMetadata is a process of its own, so that parent and child can be bound
// to one core together: bench metadata PROGRAM FILE… reads the files as the
// server does and prints the seconds it took.
func readMetadata(args []string) error {
	pool := child.NewPool(func() *exec.Cmd { return exec.Command(args[0], "metadata-child") }, 1, 20*time.Second)
	defer pool.Close()
	for _, path := range args[1:] {
		if err := readOne(pool, path); err != nil {
			return err
		}
	}
	return nil
}

func readOne(pool *child.Pool, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = pool.Read(context.Background(), f, info.Size(), filepath.Base(path))
	return err
}

// metadataRows: photos and films a second against the tools everyone uses.
func (b *bench) metadataRows(ctx context.Context, t *table) error {
	files, err := b.metadataFootage()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		number, name, dir string
		ffprobe           bool
	}{{"8", "사진", "photos", false}, {"9", "영상", "video", true}} {
		readers := []reader{
			{name: ours, command: []string{self, "metadata", b.house.bin}},
			{name: "exiftool", command: []string{"exiftool", "-json", "-q"}},
			{name: "mediainfo", command: []string{"mediainfo", "--Output=JSON"}},
		}
		if kind.ffprobe {
			probe := []string{"ffprobe", "-v", "quiet", "-of", "json", "-show_format", "-show_streams"}
			readers = append(readers, reader{name: "ffprobe", each: true, command: probe})
		}
		rates, peaks, err := b.readAll(ctx, readers, files[kind.dir])
		if err != nil {
			return err
		}
		what := fmt.Sprintf("촬영정보, %s %d개", kind.name, len(files[kind.dir]))
		t.add(metadataRow(kind.number, what, rates))
		t.add(row{
			number: kind.number, what: what + ": 최대 메모리", ours: fmt.Sprintf("%.0f MiB", peaks[ours]),
			anchors: list(optional("exiftool", peaks["exiftool"]), optional("mediainfo", peaks["mediainfo"]), optional("ffprobe", peaks["ffprobe"])),
			met:     untold,
		})
	}
	if b.quick {
		return nil
	}
	return b.largeFilm(ctx, t)
}

func metadataRow(number, what string, rates map[string]float64) row {
	mine, exif, info := rates[ours], rates["exiftool"], rates["mediainfo"]
	return row{
		number: number, what: what, ours: fmt.Sprintf("%.0f개/s", mine),
		anchors: list(optional("exiftool", exif), optional("mediainfo", info), optional("ffprobe", rates["ffprobe"])),
		ratio:   list(ratio(mine, exif, "exiftool"), ratio(mine, info, "mediainfo"), ratio(mine, rates["ffprobe"], "ffprobe")),
		target:  "≥ 25 × exiftool, ≥ 10 × mediainfo", met: comparedWith(max(exif, info), mine >= 25*exif, mine >= 10*info),
	}
}

// readAll gives files a second of each reader that is installed, medians over
// the rounds, and the most memory that one of its processes held, in MiB.
func (b *bench) readAll(ctx context.Context, readers []reader, files []string) (middle, peaks map[string]float64, err error) {
	rates := map[string][]float64{}
	middle, peaks = map[string]float64{}, map[string]float64{}
	for range b.rounds {
		for _, r := range readers {
			if _, err := exec.LookPath(r.command[0]); err != nil {
				continue
			}
			rate, peak, err := r.rate(ctx, files)
			if err != nil {
				return nil, nil, err
			}
			rates[r.name] = append(rates[r.name], rate)
			peaks[r.name] = max(peaks[r.name], float64(peak)/float64(mib))
		}
	}
	for name, all := range rates {
		middle[name] = median(all)
		b.tell("촬영정보 %-9s %8.0f개/s, 최대 %3.0f MiB", name, middle[name], peaks[name])
	}
	return middle, peaks, nil
}

// rate runs the reader over the files on one core, and gives the most memory it
// held. A program that is started for each file is given only some of them.
func (r reader) rate(ctx context.Context, files []string) (rate float64, peak int64, err error) {
	runs := [][]string{files}
	if r.each {
		files = files[:len(files)/8]
		runs = slices.Collect(slices.Chunk(files, 1))
	}
	start := time.Now()
	for _, some := range runs {
		held, err := onOneCore(ctx, append(slices.Clone(r.command), some...))
		if err != nil {
			return 0, 0, err
		}
		peak = max(peak, held)
	}
	return float64(len(files)) / time.Since(start).Seconds(), peak, nil
}

// onOneCore runs a command bound to one core where the machine has taskset, and
// gives the most memory that it or a child of it held, in bytes. That a tool
// dislikes one of the files is no matter here.
func onOneCore(ctx context.Context, command []string) (peak int64, err error) {
	if path, err := exec.LookPath("taskset"); err == nil {
		command = append([]string{path, "-c", "0"}, command...)
	}
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	err = run.Run()
	if ended := run.ProcessState; ended != nil {
		if used, ok := ended.SysUsage().(*syscall.Rusage); ok {
			peak = used.Maxrss << 10 // Linux counts KiB
		}
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && !strings.Contains(strings.Join(command, " "), " metadata ") {
		return peak, nil
	}
	return peak, err
}

// metadataFootage lists real footage (JIKIM_FOOTAGE) or, without it, generated
// files, each under names of its own up to metadataFiles of a kind.
func (b *bench) metadataFootage() (map[string][]string, error) {
	files := map[string][]string{}
	for _, kind := range []string{"photos", "video"} {
		found, err := realFootage(kind)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			found = []string{filepath.Join(b.dir, map[string]string{"photos": "photo.jpg", "video": "film.mp4"}[kind])}
		}
		dir := filepath.Join(b.dir, kind)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		for i := range b.scaled(metadataFiles) {
			from := found[int(i)%len(found)]
			path := filepath.Join(dir, strconv.Itoa(int(i))+"-"+filepath.Base(from))
			if err := os.Symlink(from, path); err != nil {
				return nil, err
			}
			files[kind] = append(files[kind], path)
		}
	}
	return files, nil
}

func realFootage(kind string) (found []string, err error) {
	root := os.Getenv("JIKIM_FOOTAGE")
	if root == "" {
		return nil, nil
	}
	wanted := map[string]string{"photos": ".jpg.jpeg.heic", "video": ".mp4.mov.avi.mts"}[kind]
	err = filepath.WalkDir(filepath.Join(root, kind), func(path string, d fs.DirEntry, err error) error {
		ext := strings.ToLower(filepath.Ext(path))
		if err == nil && d.Type().IsRegular() && ext != "" && strings.Contains(wanted, ext) {
			found = append(found, path)
		}
		return err
	})
	return found, err
}

// largeFilm reads a film of more than 4 GiB, index at the end, out of a sealed
// vault and counts what the vault reads of its store for that.
func (b *bench) largeFilm(ctx context.Context, t *table) error {
	store, err := disk.Open(filepath.Join(b.dir, "vault"))
	if err != nil {
		return err
	}
	counted := &countedStore{Store: store}
	film := b.made.filmOf("large.mp4", 4*gib+400*mib)
	key, err := vault.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	in, err := vault.Continue(ctx, counted, "large", key, vault.Progress{}, rand.Reader, nil)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.ReadFrom(io.NewSectionReader(film, 0, film.size)); err != nil {
		return err
	}
	sealed, err := in.Finish()
	if err != nil {
		return err
	}
	defer func() { _ = store.Destroy(ctx, "large") }()
	out, err := vault.Open(ctx, counted, "large", key, sealed.Manifest)
	if err != nil {
		return err
	}
	defer out.Close()
	pool := child.NewPool(func() *exec.Cmd { return exec.Command(b.house.bin, "metadata-child") }, 1, 20*time.Second)
	defer pool.Close()
	start := time.Now()
	report, err := pool.Read(ctx, out, out.Size(), film.name)
	if err != nil {
		return err
	}
	took := time.Since(start)
	if report.Width != 1920 {
		return fmt.Errorf("the large film was not read: %v", report.Problems)
	}
	reads := counted.reads.Load()
	t.add(row{
		number: "9", what: "봉인된 4.4 GiB 영상의 촬영정보 (색인이 끝에)", ours: fmt.Sprintf("%d번 읽기, %.0f ms", reads, took.Seconds()*1e3),
		target: "≤ 64번", met: verdictOf(reads <= 64),
	})
	return nil
}

// countedStore counts the reads of its blobs.
type countedStore struct {
	vault.Store
	reads atomic.Int64
}

// Open implements vault.Store.
func (s *countedStore) Open(ctx context.Context, name string) (vault.Blob, error) {
	blob, err := s.Store.Open(ctx, name)
	return &countedBlob{blob, &s.reads}, err
}

type countedBlob struct {
	vault.Blob
	reads *atomic.Int64
}

func (b *countedBlob) ReadAt(p []byte, off int64) (int, error) {
	b.reads.Add(1)
	return b.Blob.ReadAt(p, off)
}
