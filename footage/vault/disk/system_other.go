//go:build !linux

package disk

import "os"

func syncData(f *os.File) error { return f.Sync() }

func startWriteBack(*os.File, int64, int64) error { return nil }

func unlinked(os.FileInfo) bool { return false }
