package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// hashedFile is a new file whose bytes are hashed on their way and durable
// when Close returns.
type hashedFile struct {
	f     *os.File
	hash  hash.Hash
	bytes int64
	done  func(File)
}

func createHashed(path string, done func(File)) (*hashedFile, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err
	}
	return &hashedFile{f: f, hash: sha256.New(), done: done}, nil
}

func (h *hashedFile) Write(p []byte) (int, error) {
	n, err := h.f.Write(p)
	h.hash.Write(p[:n])
	h.bytes += int64(n)
	return n, err
}

func (h *hashedFile) Close() error {
	err := errors.Join(h.f.Sync(), h.f.Close())
	if err == nil {
		h.done(File{Name: filepath.Base(h.f.Name()), Bytes: h.bytes, SHA256: hex.EncodeToString(h.hash.Sum(nil))})
	}
	return err
}

// checkFile holds a file against the manifest.
func checkFile(dir string, want File) error {
	f, err := os.Open(filepath.Join(dir, want.Name))
	if err != nil {
		return ErrDamaged.Because(err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	if sum := hex.EncodeToString(h.Sum(nil)); n != want.Bytes || sum != want.SHA256 {
		return ErrDamaged.Because(fmt.Errorf("%s: %d bytes with SHA-256 %s, the manifest says %d and %s", want.Name, n, sum, want.Bytes, want.SHA256))
	}
	return nil
}

// replaceFile writes a whole file so that there is always either the old or
// the new one.
func replaceFile(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return putFile(path, append(b, '\n'))
}

func putFile(path string, b []byte) error {
	f, err := os.OpenFile(path+".partial", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".partial", path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the entries of a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// eachLine decodes a file of JSON Lines.
func eachLine[T any](path string, visit func(T) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := json.NewDecoder(f)
	for {
		var v T
		if err := lines.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := visit(v); err != nil {
			return err
		}
	}
}
