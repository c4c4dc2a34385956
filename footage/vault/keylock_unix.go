//go:build unix

package vault

import (
	"errors"
	"os"
	"syscall"
)

// lockDir keeps other processes from changing the key file in dir until unlock
// is called. The lock ends with the process.
func lockDir(dir string) (unlock func(), err error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return func() { _ = d.Close() }, nil // nothing was written through it
}
