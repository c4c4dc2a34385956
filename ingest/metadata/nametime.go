package metadata

import "time"

// NameTime is the time that a file's name says it was filmed at; a name that
// does not tell its zone means zone. It is for showing what is about to be
// sent: Read decides by all that the file says.
func NameTime(name string, zone *time.Location) (time.Time, bool) {
	c, ok := fromName(name)
	if !ok {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.RFC3339, c.Value); err == nil {
		return t.In(zone), true
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", c.Value, zone)
	return t, err == nil
}
