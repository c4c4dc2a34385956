//go:build !linux

package db

import "syscall"

// boundSilence is for Linux; elsewhere keep-alive has to do.
func boundSilence(_, _ string, _ syscall.RawConn) error { return nil }

// noRoom is for Linux; elsewhere SQLite itself tells a full disk.
func noRoom(string) bool { return false }
