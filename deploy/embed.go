// Package deploy carries the example institutions inside the program, so that
// a demonstration needs nothing but the binary.
package deploy

import "embed"

// Examples are the example institutions, as `jikim institution import` reads them.
//
//go:embed examples/*.yaml
var Examples embed.FS
