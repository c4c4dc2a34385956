package child

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"jikim/ingest/metadata"
)

// Limits of the child process.
const (
	softMemory = 128 << 20 // bytes the Go runtime tries to stay under
	garbage    = 400       // per cent of what is in use that may lie about before it is swept: a file leaves little
	fileCPU    = 20        // seconds of processor time for one file
	totalCPU   = 1800      // seconds of processor time in a life
)

// Serve is the child's main: it takes the limits upon itself, then answers
// files until its input ends. The program calls it when it is started as the
// metadata child, with its standard input and output, and before it opens
// anything.
func Serve(stdin io.Reader, stdout io.Writer) error {
	debug.SetMemoryLimit(softMemory)
	debug.SetGCPercent(garbage)
	runtime.GOMAXPROCS(1)
	if err := confine(); err != nil {
		return fmt.Errorf("child: limits: %w", err)
	}
	in := bufio.NewReaderSize(stdin, small) // larger pieces go past it, to where they are wanted
	var asked []byte
	for {
		kind, body, err := readFrame(in, maxFile, asked)
		if errors.Is(err, io.EOF) {
			return nil // the parent is done with us
		}
		if err != nil {
			return err
		}
		asked = body
		size, name, head, ok := fileOf(body)
		reply := replies[kind]
		if reply == nil || !ok {
			return fmt.Errorf("child: unexpected frame %q", kind)
		}
		if err := allowCPU(); err != nil {
			return err
		}
		if err := reply(&remote{in: in, out: stdout, head: head}, size, name); err != nil {
			return err
		}
	}
}

// replies to the questions there are.
var replies = map[byte]func(r *remote, size int64, name string) error{
	frameFile: answer, frameTrack: answerTrack, frameThumb: answerThumbnail,
}

func answer(r *remote, size int64, name string) error {
	report := metadata.Read(r, size, name)
	if r.broken != nil {
		return r.broken // the pipe is gone, and with it the parent
	}
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	return writeFrame(r.out, frameAnswer, text)
}

// batch is how many bytes of fixes are sent at once.
const batch = 32 << 10

func answerTrack(r *remote, size int64, name string) error {
	var fixes bytes.Buffer
	enc := json.NewEncoder(&fixes)
	send := func() error {
		if r.broken == nil {
			r.broken = writeFrame(r.out, framePoints, fixes.Bytes())
		}
		fixes.Reset()
		return r.broken
	}
	path, err := metadata.ReadTrack(r, size, name, func(f metadata.Fix) error {
		if err := enc.Encode(f); err != nil {
			return err
		}
		if fixes.Len() >= batch {
			return send()
		}
		return nil
	})
	if r.broken != nil {
		return r.broken
	}
	if err != nil {
		return err
	}
	if fixes.Len() > 0 {
		if err := send(); err != nil {
			return err
		}
	}
	text, err := json.Marshal(path)
	if err != nil {
		return err
	}
	return writeFrame(r.out, frameAnswer, text)
}

// remote is the file as the child sees it: what did not come along with the
// question is asked of the parent.
type remote struct {
	in     io.Reader
	out    io.Writer
	head   []byte // the first bytes of the file
	broken error
}

// ReadAt follows io.ReaderAt.
func (r *remote) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	if off >= 0 && off < int64(len(r.head)) {
		done = copy(p, r.head[off:])
	}
	for done < len(p) {
		n, err := r.ask(p[done:min(len(p), done+maxRead)], off+int64(done))
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (r *remote) ask(p []byte, off int64) (int, error) {
	if r.broken != nil {
		return 0, r.broken
	}
	if r.broken = writeFrame(r.out, frameRead, readBody(off, len(p))); r.broken != nil {
		return 0, r.broken
	}
	kind, n, err := readHead(r.in, len(p))
	if err == nil {
		_, err = io.ReadFull(r.in, p[:n])
	}
	if r.broken = err; err != nil {
		return 0, err
	}
	if kind != frameData || n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
