package profile

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed makers/*.yaml same-stem.yaml system.yaml
var data embed.FS

// SameStem is the last profile that is tried: files of an unknown camera that
// lie in one folder and differ only in the end of their names.
const SameStem = "same-stem"

// makers gives what is known of makers, in the order of the files' names, and
// same-stem at the end. What comes with the program is right or does not start.
var makers = sync.OnceValue(func() []layout {
	files, err := fs.Glob(data, "makers/*.yaml")
	if err != nil {
		panic(err)
	}
	var all []layout
	for _, file := range append(files, "same-stem.yaml") {
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
		re, err := whole(l.Path, "(?:.*/)?(?:%s)")
		if err != nil {
			panic(fmt.Errorf("system.yaml: %w", err))
		}
		l.re = re
	}
	return content.Leftovers
})

type leftover struct {
	Path string `yaml:"path"`
	Why  string `yaml:"why"`
	re   *regexp.Regexp
}

// noFootage gives the reason for which a file is left out whatever the camera;
// "" when there is none.
func noFootage(at place) string {
	for _, l := range system() {
		if l.re.MatchString(at.whole()) {
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

func extension(name string) string {
	return name[strings.LastIndexByte(name, '.')+1:]
}

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
