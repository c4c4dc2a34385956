package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jikim/footage"
)

// TestKilledAtAnyMoment kills the server at random moments while files come
// in, are looked at and are destroyed, and finds each time: nothing that was
// acknowledged is lost, nothing is left that belongs to nothing, ledger and
// vault verify. 200 kills on one machine, 16 on PostgreSQL and S3.
func TestKilledAtAnyMoment(t *testing.T) {
	for _, w := range []struct {
		world
		kills, window int
	}{{oneMachine(), 200, 250}, {manyServers(), 16, 1500}} {
		kills := w.kills
		if testing.Short() {
			kills = 5
		}
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			p := w.make(t)
			p.found(t)
			k := &killing{
				place: p, t: t, rng: rand.New(rand.NewPCG(1, uint64(kills))),
				sender: p.token(t, "sender", "agent", "minwon"), viewer: p.token(t, "viewer", "reviewer", "minwon"),
				window: w.window, acked: map[string]int64{}, bodies: map[string][]byte{}, in: map[string]string{}, now: time.Now(),
			}
			for i := range kills {
				k.round(i)
				if t.Failed() {
					t.Fatalf("after kill %d of %d", i+1, kills)
				}
			}
			t.Logf("%d kills: %d files registered, %d destroyed, %d bytes acknowledged before a kill and found after",
				kills, k.registered, k.destroyed, k.ackedBytes)
		})
	}
}

// killing is what the outside world knows: only what it was told.
type killing struct {
	place
	t              *testing.T
	rng            *rand.Rand
	sender, viewer string
	window         int // milliseconds a server lives at most

	mu     sync.Mutex
	acked  map[string]int64  // upload → offset it was told
	bodies map[string][]byte // upload → what is being sent
	in     map[string]string // clip → hash, told to be checked in

	now                   time.Time // the rehearsal's clock for sweeps
	registered, destroyed int
	ackedBytes            int64
}

func (k *killing) round(i int) {
	if i%8 == 7 {
		k.killSweep()
	} else {
		k.killServer()
	}
	k.recover()
	k.check()
}

// killServer lets a server work for a random while and kills it.
func (k *killing) killServer() {
	r := k.serve(k.t)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 3 {
		seed := k.rng.Uint64()
		wg.Go(func() { k.send(ctx, r.url, rand.New(rand.NewPCG(seed, 7))) })
	}
	seed := k.rng.Uint64()
	wg.Go(func() { k.look(ctx, r.url, rand.New(rand.NewPCG(seed, 8))) })
	time.Sleep(time.Duration(k.rng.IntN(k.window)) * time.Millisecond)
	r.kill()
	cancel()
	wg.Wait()
	if k.t.Failed() {
		k.t.Logf("the server's log ends:\n%s", r.logs.String()[max(0, r.logs.Len()-8000):])
	}
}

// send continues what was begun, or begins something new, piece by piece.
func (k *killing) send(ctx context.Context, url string, rng *rand.Rand) {
	for ctx.Err() == nil {
		id, body, offset := k.pick(rng)
		if id == "" {
			if !k.begin(url, rng) {
				return
			}
			continue
		}
		n := min(int64(1+rng.IntN(1<<20)), int64(len(body))-offset)
		status, h, _, err := tryAsk(url, http.MethodPatch, "/api/v1/uploads/"+id, k.sender, bytes.NewReader(body[offset:offset+n]),
			"Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10))
		switch {
		case err != nil:
			return
		case status == http.StatusNoContent:
			at, _ := strconv.ParseInt(h.Get("Upload-Offset"), 10, 64)
			k.told(id, at)
		case status == http.StatusConflict || status == http.StatusLocked:
			k.ask(url, id)
		default:
			k.t.Errorf("PATCH of %s at %d answered %d", id, offset, status)
			return
		}
	}
}

func (k *killing) begin(url string, rng *rand.Rand) bool {
	body := make([]byte, rng.IntN(2<<20))
	for i := range body {
		body[i] = byte(rng.Uint32())
	}
	copy(body, "\x00\x00\x00\x18ftypmp42")
	sum := sha256.Sum256(body)
	name := fmt.Sprintf("파일 %d.MP4", rng.Uint64())
	meta := "filename " + base64.StdEncoding.EncodeToString([]byte(name)) + ",sha256 " + base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:]))) +
		",device " + base64.StdEncoding.EncodeToString([]byte("HB-BC-0001"))
	args := []string{"Upload-Length", strconv.Itoa(len(body)), "Upload-Metadata", meta}
	var first []byte
	if rng.IntN(2) == 0 { // the whole file with its creation
		first = body
		args = append(args, "Content-Type", "application/offset+octet-stream")
	}
	status, h, _, err := tryAsk(url, http.MethodPost, "/api/v1/uploads", k.sender, bytes.NewReader(first), args...)
	if err != nil {
		return false
	}
	if status != http.StatusCreated {
		k.t.Errorf("POST answered %d", status)
		return false
	}
	id := h.Get("Location")[strings.LastIndex(h.Get("Location"), "/")+1:]
	k.mu.Lock()
	k.bodies[id] = body
	k.mu.Unlock()
	k.told(id, int64(len(first)))
	return true
}

// told remembers an acknowledged offset; a whole file is a registered clip.
func (k *killing) told(id string, at int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.acked[id] = max(k.acked[id], at)
	if body := k.bodies[id]; at == int64(len(body)) {
		sum := sha256.Sum256(body)
		k.in[id] = hex.EncodeToString(sum[:])
	}
}

func (k *killing) pick(rng *rand.Rand) (string, []byte, int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var open []string
	for _, id := range slices.Sorted(maps.Keys(k.bodies)) {
		if _, done := k.in[id]; !done && k.acked[id] < int64(len(k.bodies[id])) {
			open = append(open, id)
		}
	}
	if len(open) == 0 || len(open) < 4 && rng.IntN(2) == 0 {
		return "", nil, 0
	}
	id := open[rng.IntN(len(open))]
	return id, k.bodies[id], k.acked[id]
}

// ask finds out where the server stands; it must not be before what it said.
func (k *killing) ask(url, id string) {
	status, h, _, err := tryAsk(url, http.MethodHead, "/api/v1/uploads/"+id, k.sender, nil)
	if err != nil || status != http.StatusOK {
		return
	}
	at, _ := strconv.ParseInt(h.Get("Upload-Offset"), 10, 64)
	k.mu.Lock()
	lost := at < k.acked[id]
	k.mu.Unlock()
	if lost {
		k.t.Errorf("%s stands at %d after %d was acknowledged", id, at, k.acked[id])
	}
	k.mu.Lock()
	k.acked[id] = at // another of our senders may have been further than it was told
	k.mu.Unlock()
	if at == int64(len(k.bodies[id])) {
		k.told(id, at)
	}
}

// look opens views and reads ranges of registered clips.
func (k *killing) look(ctx context.Context, url string, rng *rand.Rand) {
	for ctx.Err() == nil {
		k.mu.Lock()
		ids := slices.Sorted(maps.Keys(k.in))
		k.mu.Unlock()
		if len(ids) == 0 {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		id := ids[rng.IntN(len(ids))]
		status, _, b, err := tryAsk(url, http.MethodPost, "/api/v1/clips/"+id+"/views", k.viewer, strings.NewReader(`{"reason":"끊김 시험"}`), "Content-Type", "application/json")
		if err != nil {
			return
		}
		if status/100 != 2 {
			k.t.Errorf("a view of %s was answered %d: %s", id, status, b)
			return
		}
		var v struct{ Content string }
		if err := json.Unmarshal(b, &v); err != nil {
			k.t.Error(err)
			return
		}
		status, _, got, err := tryAsk(url, http.MethodGet, v.Content, k.viewer, nil, "Range", "bytes=0-4095")
		if err != nil {
			return
		}
		k.mu.Lock()
		body := k.bodies[id]
		k.mu.Unlock()
		if want := body[:min(4096, len(body))]; len(body) > 0 && (status != http.StatusPartialContent || !bytes.Equal(got, want)) {
			k.t.Errorf("reading %s gave %d: %.200q", id, status, got)
		}
	}
}

// killSweep lets the sweep work on what is due by a clock set forward, and
// kills it.
func (k *killing) killSweep() {
	at := k.now.AddDate(0, 0, 200).Format(time.RFC3339)
	r := k.command("sweep", "--at", at)
	time.Sleep(100*time.Millisecond + time.Duration(k.rng.IntN(300))*time.Millisecond)
	r.kill()
}

// recover does at once what a restarted server's jobs do.
func (k *killing) recover() {
	h, err := openHouse(context.Background(), k.data, k.config, time.Now)
	if err != nil {
		k.t.Fatal(err)
	}
	defer h.Close()
	s, err := h.build(quiet())
	if err != nil {
		k.t.Fatal(err)
	}
	defer s.closeParts()
	h.expireLeases(k.t)
	ctx := context.Background()
	if _, err := s.intake.FinishLeft(ctx, 0); err != nil {
		k.t.Error("finish:", err)
	}
	if _, err := s.gate().Resume(ctx); err != nil {
		k.t.Error("resume:", err)
	}
	if _, err := s.intake.SweepOrphans(ctx); err != nil {
		k.t.Error("orphans:", err)
	}
	k.compare(h)
}

// compare holds what was acknowledged against the records.
func (k *killing) compare(h *house) {
	ctx := context.Background()
	for id, at := range k.acked {
		up, err := h.db.Upload(ctx, id)
		if err != nil {
			k.t.Errorf("%s, acknowledged at %d, is gone: %v", id, at, err)
			continue
		}
		if up.Offset < at {
			k.t.Errorf("%s stands at %d after %d was acknowledged", id, up.Offset, at)
		}
		k.ackedBytes += at
		k.acked[id] = up.Offset
		if up.State == footage.CheckedIn {
			sum := sha256.Sum256(k.bodies[id])
			k.in[id] = hex.EncodeToString(sum[:])
		}
	}
	for id, sha := range k.in {
		c, err := h.db.Clip(ctx, id)
		switch {
		case err != nil:
			k.t.Errorf("%s was registered and is gone: %v", id, err)
		case c.SHA256 != sha:
			k.t.Errorf("%s is registered with another hash", id)
		case c.State == footage.Destroyed:
			k.destroyed++
			k.forget(id)
		case k.acked[id] == int64(len(k.bodies[id])) && !k.counted(id):
			k.registered++
		}
	}
}

func (k *killing) counted(id string) bool {
	_, open := k.acked[id]
	delete(k.acked, id)
	return !open
}

func (k *killing) forget(id string) {
	delete(k.in, id)
	delete(k.bodies, id)
	delete(k.acked, id)
}

// check opens every byte and every entry.
func (k *killing) check() {
	if status, out, errs := k.run("verify", "--deep"); status != exitDone {
		k.t.Errorf("verify --deep: status %d\n%s%s", status, out, errs)
	}
}
