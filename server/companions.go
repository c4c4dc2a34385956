package main

import (
	"context"
	"os"
	"path/filepath"

	"jikim/devices/profile"
	"jikim/ingest/metadata"
	"jikim/ingest/metadata/child"
)

// mostCompanions bounds the files beside one that are read for it.
const mostCompanions = 16

// neighbours knows which files of a folder are of one recording, by their names.
type neighbours struct {
	set     *profile.Set
	folders map[string]map[string][]profile.Member // folder → name of a picture → its side-cars
}

func newNeighbours() *neighbours {
	return &neighbours{set: profile.Builtin(), folders: map[string]map[string][]profile.Member{}}
}

// of gives the side-cars of a picture that lie in its folder; none where that
// cannot be looked into.
func (n *neighbours) of(path string) []profile.Member {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	folder := filepath.Dir(whole)
	known, looked := n.folders[folder]
	if !looked {
		known = n.look(folder)
		n.folders[folder] = known
	}
	return known[filepath.Base(whole)]
}

func (n *neighbours) look(folder string) map[string][]profile.Member {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var files []profile.File
	for _, e := range entries {
		if e.Type().IsRegular() {
			files = append(files, profile.File{Path: filepath.ToSlash(filepath.Join(folder, e.Name()))})
		}
	}
	beside := map[string][]profile.Member{}
	for _, recording := range n.set.Group(files).Recordings {
		for _, picture := range recording.Files {
			if !leads(picture) {
				continue
			}
			for _, m := range recording.Files {
				if !leads(m) && accompanies(m, picture) {
					name := filepath.Base(picture.Path)
					beside[name] = append(beside[name], m)
				}
			}
		}
	}
	return beside
}

func leads(m profile.Member) bool { return m.Part == profile.Main || m.Part == profile.Still }

// accompanies reports that a side-car is of this picture and not of another
// chapter or lens of the same recording.
func accompanies(car, picture profile.Member) bool {
	return (car.Chapter == picture.Chapter || car.Chapter == 0) && (car.Lens == picture.Lens || car.Lens == "")
}

// companions reads what lies beside a file. One that cannot be read is left out:
// it was not asked for.
func (n *neighbours) companions(ctx context.Context, pool *child.Pool, path string) []metadata.Companion {
	var found []metadata.Companion
	for _, m := range n.of(path) {
		name := filepath.Base(m.Path)
		if len(found) == mostCompanions {
			break
		}
		report, err := readFile(ctx, pool, filepath.Join(filepath.Dir(path), name))
		if err != nil {
			continue
		}
		found = append(found, report.Beside(name, string(m.Part)))
	}
	return found
}
