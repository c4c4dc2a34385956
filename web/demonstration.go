package web

// Demonstration is what the start page tells a newcomer of a demonstration,
// where everything is invented and everybody may know the password.
type Demonstration struct {
	Password string // of every account
	People   []DemoPerson
}

// DemoPerson is an account of a demonstration.
type DemoPerson struct {
	Name    string // sign-in name
	Display string // who it stands for
	Role    string // in words, with the department
	Try     []string
}
