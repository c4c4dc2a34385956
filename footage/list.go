package footage

import "jikim/devices/instant"

// Filter says which clips a list shows. Empty fields do not restrict.
type Filter struct {
	Department string // also the scope of the person who asks
	Purpose    string
	Device     string
	State      State // "" = everything but destroyed
	Kind       string
	Recording  string       // the files of one recording
	Companions bool         // also what only goes with a picture, see Companion
	From, To   instant.Date // days of SortAt in Korea, both included
	Query      string       // part of the file name, the batch or a clip's ID
	Cursor     string       // where the previous page ended, opaque
	Limit      int          // 1 to 200; 0 = 50
}

// Page is one page of a list. ListClips leaves out what only a clip's own page
// shows: Metadata, Manifest and SourcePath; a listed clip is never saved.
type Page struct {
	Clips []Clip
	Next  string // cursor of the next page; "" when this is the last
}

// Dossier is a clip with everything that hangs on it.
type Dossier struct {
	Clip        Clip
	Holds       []Hold
	Derivatives []Derivative
	Corrections []Correction
	Destruction *Destruction
}
