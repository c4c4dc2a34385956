package footagetest

import (
	"bytes"
	"encoding/binary"
)

const transportPacket = 188

// TransportPacket makes an MPEG transport packet of a stream whose payload, at
// most 184 bytes, is stuffed to its size; begins says that a table or a PES packet
// begins in it.
func TransportPacket(pid int, begins bool, payload []byte) []byte {
	p := []byte{0x47, byte(pid >> 8), byte(pid), 0x10}
	if begins {
		p[1] |= 0x40
	}
	if free := transportPacket - 4 - len(payload); free > 0 {
		p[3] = 0x30
		p = append(p, byte(free-1))
		if free > 1 {
			p = append(p, 0)
			p = append(p, bytes.Repeat([]byte{0xFF}, free-2)...)
		}
	}
	return append(p, payload...)
}

// TransportPackets cuts a PES packet into as many transport packets as it needs.
func TransportPackets(pid int, pes []byte) []byte {
	var packets []byte
	for at := 0; at == 0 || at < len(pes); at += transportPacket - 4 {
		packets = append(packets, TransportPacket(pid, at == 0, pes[at:min(at+transportPacket-4, len(pes))])...)
	}
	return packets
}

// Table makes a table (0 the programs, 2 the streams of one) with the pointer
// that stands before it.
func Table(id byte, body []byte) []byte {
	length := len(body) + 5 + 4
	return append(append([]byte{0, id, 0xB0 | byte(length>>8), byte(length), 0, 1, 0xC1, 0, 0}, body...), 0, 0, 0, 0)
}

// PES makes a packet of an elementary stream with a presentation time of so many
// ticks of 90 kHz; none when negative. Of a picture (stream 0xE0) the length is
// left open, as cameras do.
func PES(stream byte, ticks int64, body []byte) []byte {
	var head []byte
	flags := byte(0)
	if ticks >= 0 {
		flags = 0x80
		head = []byte{0x21 | byte(ticks>>29&0x0E), byte(ticks >> 22), byte(ticks>>14) | 1, byte(ticks >> 7), byte(ticks<<1) | 1}
	}
	length := 0
	if stream != 0xE0 {
		length = 3 + len(head) + len(body)
	}
	p := append([]byte{0, 0, 1, stream}, byte(length>>8), byte(length), 0x80, flags, byte(len(head)))
	return append(append(p, head...), body...)
}

// MISB makes a packet of the UAS datalink local set (MISB ST 0601): time in
// microseconds, a position in degrees, the height in metres, the aircraft.
func MISB(micros int64, lat, lon, alt float64, platform string) []byte {
	item := func(tag byte, v []byte) []byte { return append([]byte{tag, byte(len(v))}, v...) }
	degrees := func(v, span float64) []byte {
		return binary.BigEndian.AppendUint32(nil, uint32(int32(v*(1<<32-2)/span)))
	}
	body := bytes.Join([][]byte{
		item(2, binary.BigEndian.AppendUint64(nil, uint64(micros))),
		item(10, []byte(platform)),
		item(13, degrees(lat, 180)),
		item(14, degrees(lon, 360)),
		item(15, binary.BigEndian.AppendUint16(nil, uint16((alt+900)*65535/19900))),
		{0x81, 0x0F, 1, 0}, // a tag of two bytes (143)
		item(1, []byte{0, 0}),
	}, nil)
	key := []byte("\x06\x0e\x2b\x34\x02\x0b\x01\x01\x0e\x01\x03\x01\x01\x00\x00\x00")
	return append(append(key, 0x81, byte(len(body))), body...)
}

// Cell puts a packet of metadata into an access unit cell, as a stream that is in
// step with the picture has it.
func Cell(body []byte) []byte {
	return append([]byte{0, 0, 0xCF, byte(len(body) >> 8), byte(len(body))}, body...)
}
