package profile

// Known gives the profiles that come with the program.
func Known() (all []Profile) {
	for _, l := range makers() {
		all = append(all, l.Profile)
	}
	return all
}

// MakerFiles gives the names of the data files in the order in which they are
// tried, and of all that are there.
func MakerFiles() (tried, there []string) {
	entries, err := data.ReadDir("makers")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		there = append(there, "makers/"+e.Name())
	}
	return known, there
}

// Claims gives the ids of all profiles that would take the file.
func Claims(path string) (ids []string) {
	at := read(path)
	for _, l := range makers() {
		if _, ok := l.match(at); ok && l.stands(at) {
			ids = append(ids, l.ID)
		}
	}
	return ids
}
