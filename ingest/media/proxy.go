package media

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"jikim/footage"
	"jikim/footage/vault"
)

// errNotNeeded says that browsers play the original itself.
var errNotNeeded = errors.New("media: no proxy is needed")

const (
	proxyGrowth = 4         // a proxy may have so many times the bytes of its original,
	proxyRoom   = 256 << 20 // and so many bytes more: old codecs and short files
)

// proxy makes the video, sealing it as it comes.
func (j *job) proxy(ctx context.Context, d *footage.Derivative) error {
	d.MIME = "video/mp4"
	if plays(j.said) {
		shallow, err := j.shallow(ctx)
		if err != nil {
			return err
		}
		if shallow {
			return errNotNeeded
		}
	}
	unheard := j.listen()
	defer unheard()
	most := proxyGrowth*j.clip.Bytes + proxyRoom
	var none *failure
	for _, sound := range []bool{true, false} {
		began := false
		err := j.seal(ctx, d, func(flow *vault.Inflow) error {
			return j.run(ctx, d.Kind, proxyArguments(j.demux, sound), func(stdout io.Reader) error {
				n, err := flow.ReadFrom(&bounded{stdout, most})
				began = n > 0
				return err
			})
		})
		if err == nil && !sound {
			d.Detail = silentSentence
		}
		if err == nil || began || !errors.As(err, &none) {
			return err
		}
	}
	return none
}

// shallow reports whether the video has 8 bits and 4:2:0, as browsers want it;
// that H.264 is in the file does not say so.
func (j *job) shallow(ctx context.Context) (bool, error) {
	head, err := j.print(ctx, Proxy, depthArguments(j.demux), 4<<10)
	if blamesFile(err) {
		return false, nil // the making of the proxy will tell why
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return slices.ContainsFunc(strings.Fields(string(line)), func(s string) bool {
		return slices.Contains([]string{"C420jpeg", "C420mpeg2", "C420paldv"}, s)
	}), err
}
