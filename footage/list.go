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
	Person     string       // account that checked it in
	Confidence string       // of its capture time: A, B, C, D or X
	Held       bool         // only with an open hold
	Batch      string       // as Clip.Batch names it
	Box        *Box         // where it was filmed; nil = anywhere or nowhere
	From, To   instant.Date // days of SortAt in Korea, both included
	Query      string       // words, each part of the file name or of the batch's name or place; or a clip's ID
	Cursor     string       // Next or Previous of another page, opaque
	Back       bool         // the page before Cursor, not behind it
	Limit      int          // 1 to 200; 0 = 50
}

// Box is an area between two parallels and two meridians, in degrees (WGS 84),
// its edges included.
type Box struct{ South, West, North, East float64 }

// SavedFilter is a question about the list that a person asks often.
type SavedFilter struct {
	ID      string `gorm:"primaryKey"`
	Account string
	Name    string // as the person calls it
	Query   string // the list's address behind the ?, without a place in it
	At      instant.Time
}

// Page is one page of a list. ListClips leaves out what only a clip's own page
// shows: Metadata, Manifest and SourcePath; a listed clip is never saved.
type Page struct {
	Clips []Clip
	Next  string // cursor of the next page; "" when this is the last
	// Previous is the cursor of the page before, to be asked for with Back; "" when this is the first.
	Previous string
}

// Dossier is a clip with everything that hangs on it.
type Dossier struct {
	Clip        Clip
	Holds       []Hold
	Derivatives []Derivative
	Corrections []Correction
	Destruction *Destruction
}
