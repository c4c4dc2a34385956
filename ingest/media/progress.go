package media

import (
	"bytes"
	"strconv"
	"sync"
	"time"
)

// progress is how far the proxies have come that are being made here: the share
// of the playing time, by clip.
type progress struct {
	mu sync.Mutex
	of map[string]float64
}

// Progress tells how far the proxy of a clip has come that this Maker is making
// at this moment: the share of its playing time, from 0 to 1; 0 as long as
// nothing is known, or when the file does not say how long it plays. running is
// false when the proxy waits for its turn, is done, or is not needed; and when
// another server is making it, for what is in the making is written nowhere.
func (m *Maker) Progress(clip string) (fraction float64, running bool) {
	m.proxies.mu.Lock()
	defer m.proxies.mu.Unlock()
	fraction, running = m.proxies.of[clip]
	return fraction, running
}

// listen notes the progress of the proxy that the job is about to make, until
// the function it gives is called.
func (j *job) listen() (stop func()) {
	p, clip := &j.m.proxies, j.clip.ID
	note := func(share float64) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.of == nil {
			p.of = map[string]float64{}
		}
		p.of[clip] = min(max(share, 0), 1)
	}
	note(0)
	j.heard = func(at time.Duration) {
		if j.said.DurationS > 0 {
			note(at.Seconds() / j.said.DurationS)
		}
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.of, clip)
	}
}

// ears part what ffmpeg says of its progress (-progress: key=value, a line each)
// from what it complains of: both come on its standard error.
type ears struct {
	heard func(at time.Duration)
	said  tail
	line  []byte // not whole yet
}

func (e *ears) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		e.line = append(e.line, line...)
		if rest = after; whole || len(e.line) > maxSaid {
			e.take(whole)
		}
	}
	return len(p), nil
}

func (e *ears) take(whole bool) {
	key, value, is := bytes.Cut(e.line, []byte("="))
	switch {
	case !is || len(bytes.Trim(key, "abcdefghijklmnopqrstuvwxyz_0123456789")) > 0:
		_, _ = e.said.Write(e.line) // always nil
		if whole {
			_, _ = e.said.Write([]byte("\n")) // always nil
		}
	case string(key) == "out_time_us":
		if us, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			e.heard(time.Duration(us) * time.Microsecond)
		}
	}
	e.line = e.line[:0]
}

func (e *ears) String() string {
	e.take(false)
	return e.said.String()
}
