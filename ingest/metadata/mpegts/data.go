package mpegts

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Types of streams that may carry metadata (ISO/IEC 13818-1 table 2-34): MISB
// ST 1402 knows both, the second in step with the picture. What else is private
// is told apart by its contents.
const (
	privateData   = 0x06
	metadataInPES = 0x15
)

const (
	maxData = 4        // streams of metadata that are followed
	maxPES  = 64 << 10 // bytes of one packet of them
)

// Packet is one packet of the metadata stream.
type Packet struct {
	Data  []byte        // valid until the call ends
	At    time.Duration // since the first picture; only when Timed
	Timed bool
}

// data puts the packets of a metadata stream together.
type data struct {
	pid    int
	cells  bool // in access units, each with a header (§2.12.4)
	pes    []byte
	broken bool // longer than any should be, or its beginning was not seen
}

// klva is the registration (§2.6.8) of a stream of key, length, value.
const klva = "\x05\x04KLVA"

// follow begins to follow a stream that may carry metadata. One of private data
// need not say so.
func (r *reader) follow(pid int, kind byte, said []byte) {
	for _, d := range r.data {
		if d.pid == pid {
			return
		}
	}
	if len(r.data) < maxData {
		r.data = append(r.data, &data{pid: pid, cells: kind == metadataInPES})
	}
	if kind == metadataInPES || bytes.Contains(said, []byte(klva)) {
		r.facts.Metadata = true
	}
}

// piece takes what one transport packet has of a stream.
func (r *reader) piece(d *data, p []byte, begins bool) {
	if begins {
		r.complete(d)
		d.pes, d.broken = d.pes[:0], !bytes.HasPrefix(p, []byte{0, 0, 1})
	} else if len(d.pes) == 0 {
		return
	}
	if d.broken || len(d.pes)+len(p) > maxPES {
		d.broken = true
		return
	}
	d.pes = append(d.pes, p...)
	if want := d.length(); want > 0 && len(d.pes) >= want {
		r.complete(d)
	}
}

// length is how long the packet says it is, with its head; 0 when it does not.
func (d *data) length() int {
	if len(d.pes) < 6 {
		return 0
	}
	n := int(binary.BigEndian.Uint16(d.pes[4:]))
	if n == 0 {
		return 0
	}
	return 6 + n
}

// flush completes what the end of the stream left open.
func (r *reader) flush() {
	for _, d := range r.data {
		r.complete(d)
	}
}

// complete hands on a whole packet, or what there is of it.
func (r *reader) complete(d *data) {
	p, broken := d.pes, d.broken
	d.pes, d.broken = d.pes[:0], false
	if want := d.length(); want > 0 {
		p = p[:min(want, len(p))]
	}
	if broken || len(p) < 9 || 9+int(p[8]) > len(p) || r.take == nil || r.err != nil {
		return
	}
	var packet Packet
	if p[7]&0x80 != 0 && len(p) >= 14 && r.timed {
		packet.At, packet.Timed = max(r.since(presentation(p[9:14])), 0), true
	}
	packet.Data = p[9+int(p[8]):]
	if d.cells {
		packet.Data = join(packet.Data)
	}
	if len(packet.Data) > 0 {
		r.err = r.take(packet)
	}
}

// cellHead is the size of the head of a metadata access unit cell: service,
// sequence number, flags, length.
const cellHead = 5

// join takes the heads off the cells of a packet.
func join(p []byte) []byte {
	joined := p[:0]
	for len(p) > cellHead {
		n := int(binary.BigEndian.Uint16(p[3:]))
		body := p[cellHead:]
		n = min(n, len(body))
		joined = append(joined, body[:n]...)
		p = body[n:]
	}
	return joined
}
