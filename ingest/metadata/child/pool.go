package child

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"jikim/ingest/metadata"
	"jikim/ingest/metadata/window"
)

// maxFiles is how many files a child reads before it is replaced: whatever a
// reader leaves behind goes with it.
const maxFiles = 2000

// ErrClosed is answered by a pool that has been closed.
var ErrClosed = errors.New("child: the pool is closed")

// Pool keeps children warm and hands them one file at a time each. It is safe
// for concurrent use.
type Pool struct {
	command func() *exec.Cmd
	limit   time.Duration
	seats   chan *worker // a nil worker is a seat whose child is not started
	closed  chan struct{}
	once    sync.Once
}

// NewPool makes a pool of at most size children, started when first needed by
// command, which names our own program and its hidden command that calls Serve.
// Unless the command sets an environment the child has none. A child that neither
// answers nor asks for more of its file for limit of wall-clock time is killed;
// its processor time for one file and the number of its reads are bounded too.
func NewPool(command func() *exec.Cmd, size int, limit time.Duration) *Pool {
	p := &Pool{command: command, limit: limit, seats: make(chan *worker, max(size, 1)), closed: make(chan struct{})}
	for range cap(p.seats) {
		p.seats <- nil
	}
	return p
}

// Read reads what size bytes of r say of themselves, as metadata.Read does. A
// file that kills its reader or takes too long is no error: the report has its
// kind by the first bytes and a problem that says so. An error is one of ours:
// the context ended, the store failed, or no child can be started.
func (p *Pool) Read(ctx context.Context, r io.ReaderAt, size int64, name string) (metadata.Report, error) {
	var report metadata.Report
	j := job{kind: frameFile, r: r, size: size, name: name, limit: p.limit, reads: 2 * window.MaxReads}
	fault, err := p.do(ctx, j, func(answer []byte) (err error) {
		report, err = decode(answer, j)
		return err
	})
	switch {
	case err != nil:
		return metadata.Report{}, err
	case fault != "":
		return metadata.Unread(r, size, name, fault), nil
	}
	report.File = name
	return report, nil
}

// What is said of a file whose reader did not come to an end.
const (
	tookTooLong = "파일을 읽는 데 너무 오래 걸려 그만두었습니다. 원본은 그대로 보관합니다."
	readerDied  = "파일을 읽던 프로그램이 멈추었습니다. 손상되었거나 악의로 만든 파일일 수 있습니다. 원본은 그대로 보관합니다."
)

// do has a child do a job and hands its answer to take. fault is a sentence when
// the file was too much for its reader; err is never the file's.
func (p *Pool) do(ctx context.Context, j job, take func(answer []byte) error) (fault string, err error) {
	var w *worker
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-p.closed:
		return "", ErrClosed
	case w = <-p.seats:
	}
	defer func() { p.seats <- w }()

	j.name = j.name[:min(len(j.name), maxName)]
	for attempt := 0; ; attempt++ {
		if w == nil {
			if w, err = start(p.command); err != nil {
				return "", err
			}
		}
		answer, err := w.work(ctx, j)
		if err == nil {
			err = take(answer)
		}
		if err == nil {
			if w.files >= maxFiles {
				w.end()
				w = nil
			}
			return "", nil
		}
		w.end()
		w = nil
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case errors.As(err, new(*storeError)), errors.As(err, new(*visitError)):
			return "", err
		case errors.Is(err, errTooLong):
			return tookTooLong, nil
		case attempt == 0 && (j.begun == nil || !j.begun()):
			continue // a child may die for another's reasons; a file is judged on the second
		}
		return readerDied, nil
	}
}

// Close ends all children. It waits for reads that are under way.
func (p *Pool) Close() {
	p.once.Do(func() {
		close(p.closed)
		for range cap(p.seats) {
			if w := <-p.seats; w != nil {
				w.end()
			}
		}
	})
}

// job is one file to be read.
type job struct {
	kind   byte // frameFile or frameTrack
	r      io.ReaderAt
	size   int64
	name   string
	limit  time.Duration
	reads  int                // how often the child may ask
	points func([]byte) error // takes the fixes of a track; nil for a report
	begun  func() bool        // fixes have been passed on: no second attempt
}

// worker is one running child.
type worker struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	frame outgoing
	files int
}

func start(command func() *exec.Cmd) (*worker, error) {
	cmd := command()
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	widen(in)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("child: start: %w", err)
	}
	return &worker{cmd: cmd, in: in, out: bufio.NewReaderSize(out, small)}, nil
}

// end closes the child's input, kills it and waits. Its exit status says nothing
// we do not know.
func (w *worker) end() {
	_ = w.in.Close()
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

var errTooLong = errors.New("child: the file took too long")

// storeError is a read of the store that failed: no fault of the file.
type storeError struct{ cause error }

func (e *storeError) Error() string { return "child: store: " + e.cause.Error() }
func (e *storeError) Unwrap() error { return e.cause }

// work sends the job to the child and serves its reads until it answers. After
// an error the child is of no more use.
func (w *worker) work(ctx context.Context, j job) ([]byte, error) {
	w.files++
	w.frame.file(j.kind, j.size, j.name)
	if err := j.fill(w.frame.room(int(min(firstRead, max(j.size, 0)))), 0); err != nil {
		return nil, err
	}
	watch := newWatch(ctx, j.limit, func() { _ = w.cmd.Process.Kill() })
	defer watch.stop()
	if err := w.frame.send(w.in); err != nil {
		return nil, watch.explain(err)
	}
	for reads := 0; ; {
		kind, body, err := readFrame(w.out, maxAnswer, nil)
		if err != nil {
			return nil, watch.explain(err)
		}
		switch {
		case kind == frameRead && len(body) == 12 && reads < j.reads:
			reads++
			watch.pause()
			err := j.serve(body, &w.frame)
			watch.resume()
			if err != nil {
				return nil, err
			}
			if err := w.frame.send(w.in); err != nil {
				return nil, watch.explain(err)
			}
		case kind == framePoints && j.points != nil:
			watch.pause()
			err := j.points(body)
			watch.resume()
			if err != nil {
				return nil, err
			}
		case kind == frameAnswer:
			return body, nil
		default:
			return nil, fmt.Errorf("child: unexpected frame %q", kind)
		}
	}
}

// serve reads for the child, within the file and never more than a piece, and
// makes the frame that answers it.
func (j job) serve(request []byte, frame *outgoing) error {
	off, n := int64(binary.BigEndian.Uint64(request)), int64(binary.BigEndian.Uint32(request[8:]))
	if off < 0 || off > j.size || n > maxRead {
		return fmt.Errorf("child: asks for %d bytes at %d of %d", n, off, j.size)
	}
	frame.begin(frameData)
	return j.fill(frame.room(int(min(n, j.size-off))), off)
}

// fill reads a piece of the file whole.
func (j job) fill(piece []byte, off int64) error {
	if len(piece) == 0 {
		return nil
	}
	got, err := j.r.ReadAt(piece, off)
	if got == len(piece) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &storeError{err}
}

func decode(body []byte, j job) (metadata.Report, error) {
	var report metadata.Report
	if err := json.Unmarshal(body, &report); err != nil {
		return report, fmt.Errorf("child: answer: %w", err)
	}
	if !report.Known() {
		return report, fmt.Errorf("child: answers a kind %q that is none", report.Kind)
	}
	report.Bytes = j.size
	return report, nil
}
