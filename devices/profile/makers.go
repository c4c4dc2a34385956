package profile

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed makers/*.yaml same-stem.yaml system.yaml
var data embed.FS

// SameStem is the last profile that is tried: files of an unknown camera that
// lie in one folder and differ only in the end of their names.
const SameStem = "same-stem"

// known is the makers' files, in the order in which they are tried: those whose
// names are like no other's first.
var known = []string{
	"makers/axis.yaml", "makers/dji.yaml", "makers/gopro.yaml", "makers/insta360.yaml", "makers/skydio.yaml",
	"makers/dashcam.yaml", "makers/camcorder.yaml", "makers/phone.yaml", "makers/bodycam.yaml",
	"same-stem.yaml",
}

// makers gives what is known of makers, same-stem at the end. What comes with
// the program is right or does not start.
var makers = sync.OnceValue(func() []layout {
	var all []layout
	for _, file := range known {
		var content struct {
			Profiles []Profile `yaml:"profiles"`
		}
		decode(file, &content)
		for _, p := range content.Profiles {
			l, err := compile(p)
			if err != nil {
				panic(fmt.Errorf("%s: %w", file, err))
			}
			all = append(all, l)
		}
	}
	return all
})

// system is what computers and cameras leave on any card.
var system = sync.OnceValue(func() []leftover {
	var content struct {
		Leftovers []leftover `yaml:"leftovers"`
	}
	decode("system.yaml", &content)
	for i := range content.Leftovers {
		l := &content.Leftovers[i]
		var err error
		if l.where, err = wholes(l.Paths, endOfPath); err != nil {
			panic(fmt.Errorf("system.yaml: %w", err))
		}
	}
	return content.Leftovers
})

type leftover struct {
	Why   string   `yaml:"why"`
	Paths []string `yaml:"paths"`
	where []where
}

// noFootage gives the reason for which a file is left out whatever the camera;
// "" when there is none.
func noFootage(at place) string {
	for _, l := range system() {
		if slices.ContainsFunc(l.where, func(w where) bool { return w.fits(at.whole) }) {
			return l.Why
		}
	}
	return ""
}

// pictures are the kinds of file that no profile may call no footage.
var pictures = func() map[string]bool {
	all := map[string]bool{}
	for _, e := range strings.Fields("MP4 MOV AVI MKV MTS M2TS M2T TS MPG MPEG WMV ASF 3GP WEBM 360 INSV OSV MXF JPG JPEG DNG HEIC PNG INSP") {
		all[e] = true
	}
	return all
}()

func decode(file string, into any) {
	text, err := data.ReadFile(file)
	if err != nil {
		panic(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		panic(fmt.Errorf("%s: %w", file, err))
	}
}
