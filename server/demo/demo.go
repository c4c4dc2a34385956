// Package demo makes the footage of the demonstration: what the cameras of an
// invented institution brought back over two months, drawn and written on the
// spot. Pictures are drawn here and encoded by ffmpeg; side-cars and photos
// need nothing. The same moment gives the same cards.
//
// It knows cameras and their cards and nothing of the program that takes them in.
package demo

import (
	"context"
	"time"
)

// Card is what one camera's card holds when it is brought back.
type Card struct {
	ID         string    // by which the story names it
	Returned   time.Time // when
	Device     string    // serial number
	Department string
	Title      string        // of the whole card
	ClockLate  time.Duration // how far the camera's clock is behind, as a dock finds when it asks; 0 = nobody asks
	Files      []File        // in the order in which they lie on it
}

// File is one file on a card.
type File struct {
	Path string // on the card
	Film bool   // a film, or something that is nothing without its film
	make func(ctx context.Context, s Studio) ([]byte, error)
}

// Make gives the file's bytes.
func (f File) Make(ctx context.Context, s Studio) ([]byte, error) { return f.make(ctx, s) }

// Result is a file that was made.
type Result struct {
	Bytes []byte
	Err   error
}

// Make makes all files of all cards at once, so many at a time, and gives each
// where it can be waited for, in the order of the cards. Films are left out
// (nil) when the studio makes none. It stops when ctx ends.
func (s Studio) Make(ctx context.Context, cards []Card, workers int) [][]<-chan Result {
	made := make([][]<-chan Result, len(cards))
	type order struct {
		file File
		to   chan<- Result
	}
	var orders []order
	for i, card := range cards {
		made[i] = make([]<-chan Result, len(card.Files))
		for j, file := range card.Files {
			if file.Film && !s.Films() {
				continue
			}
			to := make(chan Result, 1)
			made[i][j] = to
			orders = append(orders, order{file, to})
		}
	}
	queue := make(chan order)
	go func() {
		defer close(queue)
		for _, o := range orders {
			queue <- o
		}
	}()
	for range workers {
		go func() {
			for o := range queue {
				r := Result{Err: ctx.Err()}
				if r.Err == nil {
					r.Bytes, r.Err = o.file.Make(ctx, s)
				}
				o.to <- r
			}
		}()
	}
	return made
}
