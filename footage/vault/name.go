package vault

import "fmt"

// maxName leaves room for what a store adds to a name within the 255 bytes
// that file systems allow.
const maxName = 200

// CheckName says whether name may name a blob: 1 to 200 characters of
// [a-z0-9._-], the first not a dot. Stores call it before they touch anything.
func CheckName(name string) error {
	if name == "" || len(name) > maxName || name[0] == '.' {
		return fmt.Errorf("vault: %q cannot name a blob", name)
	}
	for i := range len(name) {
		c := name[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-') {
			return fmt.Errorf("vault: %q cannot name a blob", name)
		}
	}
	return nil
}
