package web

import (
	"fmt"
	"time"

	"jikim/devices/instant"
)

// monthSheet is a calendar sheet, Sunday first.
type monthSheet struct {
	Title      string // "2026년 10월"
	Prev, Next string // addresses of the months beside; "" = not offered
	Weeks      [][7]monthDay
}

// monthDay is one cell. Days of the months beside it fill the first and last
// week and hold nothing.
type monthDay struct {
	Date   instant.Date
	Number int
	Inside bool
	Today  bool
	monthCell
}

// monthCell is what a caller has to say of a day. The zero cell is a day on
// which nothing is.
type monthCell struct {
	Count   int
	Note    string // "보류 1건"
	Tone    string // "" or bad
	Address string // of the day's list
}

// monthOf is the sheet that day lies on; cell is asked for each of its days.
func monthOf(day, today instant.Date, cell func(instant.Date) monthCell) monthSheet {
	start := day.Start()
	first := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, instant.KST)
	m := monthSheet{Title: fmt.Sprintf("%d년 %d월", first.Year(), int(first.Month()))}
	at := instant.DateOf(first).AddDays(-int(first.Weekday()))
	for inside := true; inside; {
		var week [7]monthDay
		for i := range week {
			d := at.Start()
			week[i] = monthDay{Date: at, Number: d.Day(), Inside: d.Month() == first.Month(), Today: at == today}
			if week[i].Inside {
				week[i].monthCell = cell(at)
			}
			at = at.AddDays(1)
		}
		m.Weeks = append(m.Weeks, week)
		inside = at.Start().Month() == first.Month()
	}
	return m
}

// Class is how the cell looks.
func (d monthDay) Class(weekday int) string {
	class := d.Tone
	for _, c := range []struct {
		is   bool
		name string
	}{{weekday == 0, "sunday"}, {!d.Inside, "outside"}, {d.Today, "today"}} {
		if c.is {
			class += " " + c.name
		}
	}
	return class
}
