package sidecar

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// lines gives the lines of a text one after another, without their ends;
// overlong ones are cut.
type lines struct {
	in   *bufio.Reader
	text string // the line next found
	err  error  // of the store; the end of the text is none
	past bool   // the first line is behind us
	cut  bool   // the last line has no end: every device writes one
}

func newLines(text io.Reader) *lines { return &lines{in: bufio.NewReaderSize(text, maxLine)} }

// next reads the next line; false at the end of the text or when the store
// failed.
func (l *lines) next() bool {
	raw, err := l.in.ReadSlice('\n')
	line := strings.TrimSpace(string(trimMark(raw, l.past)))
	l.past = true
	for errors.Is(err, bufio.ErrBufferFull) { // the rest of an overlong line
		_, err = l.in.ReadSlice('\n')
	}
	l.text = line
	if err == nil {
		return true
	}
	if !errors.Is(err, io.EOF) {
		l.err = err
	}
	l.cut = l.cut || len(raw) > 0
	return len(raw) > 0 && l.err == nil
}

// trimMark takes off the byte order mark of the first line.
func trimMark(line []byte, later bool) []byte {
	if later {
		return line
	}
	return bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))
}
