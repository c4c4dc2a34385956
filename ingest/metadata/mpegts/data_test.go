package mpegts

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"jikim/ingest/metadata/footagetest"
	"jikim/ingest/metadata/window"
)

var klvaDescriptor = []byte("\x05\x04KLVA")

// streamOf is a stream with a picture a second from ticks on, and beside it what
// beside gives for each second, as a stream of that type on PID 0x103.
func streamOf(seconds int, ticks int64, kind byte, descriptor []byte, beside func(second int) []byte) []byte {
	pmt := append([]byte{0xE1, 0x01, 0xF0, 0, 0x1B, 0xE1, 0x01, 0xF0, 0, kind, 0xE1, 0x03, 0xF0, byte(len(descriptor))}, descriptor...)
	p := append(footagetest.TransportPacket(0, true, footagetest.Table(0, []byte{0, 1, 0xE1, 0x00})),
		footagetest.TransportPacket(0x100, true, footagetest.Table(2, pmt))...)
	for i := range seconds {
		p = append(p, footagetest.TransportPackets(0x101, footagetest.PES(0xE0, (ticks+int64(i)*90_000)&(1<<33-1), make([]byte, 300)))...)
		p = append(p, footagetest.TransportPackets(0x103, beside(i))...)
	}
	return p
}

func text(second int) []byte { return bytes.Repeat([]byte{byte('a' + second)}, 400) }

// gather reads the metadata packets of a stream both ways and fails where they
// differ.
func gather(t *testing.T, p []byte) (facts Facts, packets []string) {
	t.Helper()
	open := func() *window.File { return window.Open(bytes.NewReader(p), int64(len(p))) }
	keep := func(to *[]string) func(Packet) error {
		return func(packet Packet) error {
			*to = append(*to, fmt.Sprintf("%s %v %d×%c", packet.At, packet.Timed, len(packet.Data), packet.Data[0]))
			return nil
		}
	}
	facts, whole, err := Read(open(), keep(&packets))
	if err != nil || !whole {
		t.Fatal(whole, err)
	}
	var scanned []string
	if err := Scan(open(), keep(&scanned)); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(packets) != fmt.Sprint(scanned) {
		t.Errorf("read %q\nscanned %q", packets, scanned)
	}
	return facts, packets
}

func TestMetadataStream(t *testing.T) {
	for name, c := range map[string]struct {
		stream []byte
		said   bool
		want   string
	}{
		"private, with its registration": {
			streamOf(2, 90_000, privateData, klvaDescriptor, func(i int) []byte { return footagetest.PES(0xBD, -1, text(i)) }),
			true, "[0s false 400×a 0s false 400×b]",
		},
		"private, saying nothing of itself": {
			streamOf(2, 90_000, privateData, nil, func(i int) []byte { return footagetest.PES(0xBD, -1, text(i)) }),
			false, "[0s false 400×a 0s false 400×b]",
		},
		"in step with the picture": {
			streamOf(2, 90_000, metadataInPES, klvaDescriptor, func(i int) []byte {
				return footagetest.PES(0xFC, 90_000*int64(1+i), append(footagetest.Cell(text(i)), footagetest.Cell(text(i))...))
			}),
			true, "[0s true 800×a 1s true 800×b]",
		},
		"while the clock begins anew": {
			streamOf(3, 1<<33-90_000, metadataInPES, nil, func(i int) []byte {
				return footagetest.PES(0xFC, (1<<33-90_000+90_000*int64(i))&(1<<33-1), footagetest.Cell(text(i)))
			}),
			true, "[0s true 400×a 1s true 400×b 2s true 400×c]",
		},
		"another stream": {
			streamOf(2, 90_000, 0x81, nil, func(i int) []byte { return footagetest.PES(0xBD, -1, text(i)) }), false, "[]",
		},
		"no packets": {streamOf(2, 90_000, privateData, nil, text), false, "[]"},
		"a cell that claims more than there is": {
			streamOf(1, 90_000, metadataInPES, nil, func(int) []byte {
				return footagetest.PES(0xFC, -1, []byte{0, 0, 0xCF, 0xFF, 0xFF, 'a', 'b'})
			}), true, "[0s false 2×a]",
		},
		"a head that claims more than there is": {
			streamOf(1, 90_000, privateData, nil, func(int) []byte { return []byte{0, 0, 1, 0xBD, 0, 0, 0x80, 0, 0xFF, 'a'} }), false, "[]",
		},
		"a packet without end": {
			streamOf(1, 90_000, privateData, nil, func(int) []byte {
				return append([]byte{0, 0, 1, 0xBD, 0, 0, 0x80, 0, 0}, make([]byte, 2*maxPES)...)
			}), false, "[]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			facts, packets := gather(t, c.stream)
			if facts.Metadata != c.said || fmt.Sprint(packets) != c.want {
				t.Errorf("said %v, %v, want %s", facts.Metadata, packets, c.want)
			}
			if want := float64(bytes.Count(c.stream, []byte{0, 0, 1, 0xE0}) - 1); math.Abs(facts.Duration.Seconds()-want) > 1e-6 {
				t.Errorf("%s long, want %gs", facts.Duration, want)
			}
		})
	}
}

// TestLostBytes: where bytes were lost, the packets behind the gap are found again.
func TestLostBytes(t *testing.T) {
	p := streamOf(40, 90_000, privateData, klvaDescriptor, func(i int) []byte { return footagetest.PES(0xBD, -1, text(i%20)) })
	at := len(p) / 2 / packetSize * packetSize
	p = append(p[:at:at], p[at+70:]...)
	facts, packets := gather(t, p)
	if len(packets) < 38 || !facts.Clipped {
		t.Errorf("%d packets of 40, clipped %v", len(packets), facts.Clipped)
	}
}

// TestLongStream: Scan goes through more than Read looks at, and ends when it is
// told to.
func TestLongStream(t *testing.T) {
	const seconds = 8000
	p := streamOf(seconds, 0, metadataInPES, nil, func(i int) []byte {
		return footagetest.PES(0xFC, 90_000*int64(i), footagetest.Cell(text(i%20)))
	})
	if len(p) <= headBytes+tailBytes {
		t.Fatalf("only %d bytes", len(p))
	}
	open := func() *window.File { return window.Open(bytes.NewReader(p), int64(len(p))) }
	n, last := 0, time.Duration(0)
	take := func(packet Packet) error {
		n, last = n+1, packet.At
		return nil
	}
	facts, whole, err := Read(open(), take)
	if err != nil || whole || n == 0 || n == seconds || facts.Duration != (seconds-1)*time.Second {
		t.Errorf("%d packets, whole %v, %s long, %v", n, whole, facts.Duration, err)
	}
	n = 0
	if err := Scan(open(), take); err != nil || n != seconds || last != (seconds-1)*time.Second {
		t.Errorf("%d packets, the last at %s, %v", n, last, err)
	}
	enough := errors.New("enough")
	if err := Scan(open(), func(Packet) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("ended with %v", err)
	}
}

// FuzzMetadataStream: whatever the bytes, the packets are of the stream, in
// bounds, and both ways of reading give the same.
func FuzzMetadataStream(f *testing.F) {
	misb := func(i int) []byte {
		return footagetest.MISB(1_790_000_000_000_000+int64(i)*1_000_000, 37.5, 126.7, 100, "Predator")
	}
	f.Add(streamOf(3, 90_000, privateData, klvaDescriptor, func(i int) []byte { return footagetest.PES(0xBD, -1, misb(i)) }))
	f.Add(streamOf(3, 1<<33-90_000, metadataInPES, klvaDescriptor, func(i int) []byte {
		return footagetest.PES(0xFC, 90_000*int64(i), append(footagetest.Cell(misb(i)), footagetest.Cell(misb(i))...))
	}))
	f.Add(streamOf(1, 0, privateData, nil, func(int) []byte { return []byte{0, 0, 1, 0xBD, 0xFF, 0xFF, 0x80, 0x80, 0xFF, 1, 2, 3} }))
	f.Fuzz(func(t *testing.T, p []byte) {
		var read, scanned int
		count := func(n *int) func(Packet) error {
			return func(packet Packet) error {
				*n += len(packet.Data)
				if packet.At < 0 || packet.At > turn || len(packet.Data) == 0 || len(packet.Data) > maxPES {
					t.Fatalf("%d bytes at %s", len(packet.Data), packet.At)
				}
				return nil
			}
		}
		_, whole, err := Read(window.Open(bytes.NewReader(p), int64(len(p))), count(&read))
		if err != nil {
			t.Fatal(err)
		}
		if err := Scan(window.Open(bytes.NewReader(p), int64(len(p))), count(&scanned)); err != nil {
			t.Fatal(err)
		}
		if whole && len(p) >= packetSize && len(p) < scanned/2 && read != scanned || read > len(p) {
			t.Fatalf("%d bytes of metadata read, %d scanned, of %d", read, scanned, len(p))
		}
	})
}
