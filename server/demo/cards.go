package demo

import "time"

// The cards of the story, by the names the acts upon them use.
const (
	Gone     = "gone"     // long destroyed, and confirmed
	Ended    = "ended"    // just destroyed, not yet confirmed
	DueSoon  = "due-soon" // goes tonight
	Loud     = "loud"     // a visitor shouted: held
	Looked   = "looked"   // watched for a complaint
	Reset    = "reset"    // its clock had been reset; a person knew better
	Doubtful = "doubtful" // the same again, and nobody has looked yet
)

// Cards gives what was brought back in the two months before now, oldest first.
// Every card was brought back before now.
func Cards(now time.Time, hevc bool) []Card {
	s := story{now}
	return []Card{
		s.gone(), s.survey(), s.festival(), s.rescue(), s.loud(), s.ended(), s.dueSoon(),
		s.wildfire(), s.reset(), s.ride(hevc), s.looked(), s.patrol(), s.doubtful(), s.latest(),
	}
}

// story counts its days back from now, in the zone of now.
type story struct{ now time.Time }

// day is so many days ago at a time of day.
func (s story) day(ago int, clock string) time.Time {
	t, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		panic(err) // written in this file
	}
	y, m, d := s.now.Date()
	return time.Date(y, m, d-ago, t.Hour(), t.Minute(), t.Second(), 0, s.now.Location())
}

// counterCard is a body camera handed in at the end of the day.
func counterCard(id, serial string, returned time.Time, files []File) Card {
	label := map[string]string{cam1: "민원-1", cam2: "민원-2", cam3: "민원-3", cam4: "민원-4", cam5: "민원-5"}[serial]
	return Card{ID: id, Returned: returned, Device: serial, Department: "minwon", Title: label + " 반납", Files: files}
}

func (s story) gone() Card {
	at := s.day(58, "10:21:40")
	return counterCard(Gone, cam1, s.day(58, "17:52:10"), worn(cam1, at, 6, newCounter(1, at)))
}

func (s story) survey() Card {
	d := &dji{serial: drone3, model: "M3E"}
	way := route{{-380, -330}, {-240, -330}, {-240, -300}, {-380, -300}, {-380, -270}, {-250, -268}}
	files := d.film(s.day(45, "10:40:05"), flight{way, 12, 60, 62}, false)
	for i, where := range []spot{{-330, -255}, {-260, -255}, {-190, -255}} {
		files = append(files, d.photo(s.day(45, "10:52:00").Add(time.Duration(i)*9*time.Second), where, 80))
	}
	return Card{
		ID: "survey", Returned: s.day(45, "16:10:00"), Device: drone3, Department: "land", Title: "한빛중학교 주변 토지 이용 조사", Files: files,
	}
}

func (s story) festival() Card {
	d := &dji{serial: drone1, model: "M3E"}
	way := route{{-140, 90}, {-60, 70}, {20, 110}, {110, 90}, {120, 20}, {60, -20}}
	files := d.film(s.day(33, "14:05:12"), flight{way, 12, 30, 55}, true)
	files = append(files, d.photo(s.day(33, "14:20:31"), spot{-100, 100}, 60), d.photo(s.day(33, "14:21:02"), spot{80, 110}, 60))
	return Card{ID: "festival", Returned: s.day(32, "09:14:30"), Device: drone1, Department: "pr", Title: "한빛 문화 축제", Files: files}
}

func (s story) rescue() Card {
	d := &dji{serial: drone2, model: "M30T"}
	way := route{{-330, 330}, {-400, 290}, {-400, 230}, {-330, 200}, {-300, 260}}
	files := d.pair(s.day(27, "18:32:48"), flight{way, 10, 70, 45}, spot{-452, 262}, spot{-446, 257})
	return Card{ID: "rescue", Returned: s.day(27, "20:05:00"), Device: drone2, Department: "park", Title: "뒷산 실종자 수색", Files: files}
}

func (s story) loud() Card {
	at := s.day(21, "15:12:09")
	room := newCounter(4, at)
	room.anger = 1
	return counterCard(Loud, cam2, s.day(21, "17:48:30"), worn(cam2, at, 10, room))
}

func (s story) ended() Card {
	at := s.day(17, "09:47:26")
	return counterCard(Ended, cam4, s.day(17, "18:02:00"), worn(cam4, at, 6, newCounter(5, at)))
}

func (s story) dueSoon() Card {
	at := s.day(15, "11:30:54")
	return counterCard(DueSoon, cam1, s.day(15, "17:55:40"), worn(cam1, at, 6, newCounter(7, at)))
}

func (s story) wildfire() Card {
	d := &dji{serial: drone2, model: "M30T", hevc: true}
	way := route{{-440, 360}, {-300, 350}, {-180, 300}, {-60, 260}, {60, 280}, {180, 330}}
	files := d.film(s.day(11, "13:20:00"), flight{way, 12, 90, 110}, false)
	return Card{ID: "wildfire", Returned: s.day(11, "15:31:00"), Device: drone2, Department: "park", Title: "산불 예방 순찰", Files: files}
}

// reset is of a camera whose battery had been empty: its clock began anew at
// the turn of the century when it was switched on.
func (s story) reset() Card {
	clock := time.Date(2000, 1, 1, 0, 3, 20, 0, s.now.Location())
	return counterCard(Reset, cam3, s.day(9, "17:40:15"), worn(cam3, clock, 6, newCounter(2, s.day(9, "14:10:00"))))
}

func (s story) ride(hevc bool) Card {
	way := street{seed: 4, speed: 5, country: true, light: rgb(0x8fc0e8)}
	return Card{
		ID: "ride", Returned: s.day(7, "09:30:00"), Device: ActionCamera, Department: "pr", Title: "한빛천 자전거길 개통",
		Files: chapters(s.day(8, "16:02:33"), 1, 2, 6, way, hevc),
	}
}

// looked is of a camera whose clock was minutes behind, which the dock found.
func (s story) looked() Card {
	const late = 3*time.Minute + 20*time.Second
	at := s.day(6, "10:05:31")
	room := newCounter(8, at)
	room.pair, room.anger = true, 0.5
	c := counterCard(Looked, cam2, s.day(6, "17:50:00"), worn(cam2, at.Add(-late), 10, room))
	c.ClockLate = late
	return c
}

func (s story) patrol() Card {
	at := s.day(4, "14:31:07")
	way := route{{-218, 100}, {-216, 70}, {-190, 42}, {-150, 42}}
	files := wornOutside(cam5, at, 10, way, street{seed: 3, speed: 1.6, light: rgb(0x9cc6e4)})
	return counterCard("patrol", cam5, s.day(4, "18:01:20"), files)
}

func (s story) doubtful() Card {
	clock := time.Date(1980, 1, 1, 0, 0, 12, 0, s.now.Location())
	return counterCard(Doubtful, cam3, s.day(3, "17:44:00"), worn(cam3, clock, 6, newCounter(3, s.day(3, "15:20:00"))))
}

// latest came in this very hour, whatever the hour is.
func (s story) latest() Card {
	at := s.now.Add(-2 * time.Hour).Truncate(time.Second)
	return counterCard("latest", cam4, s.now.Add(-20*time.Minute).Truncate(time.Second), worn(cam4, at, 8, newCounter(6, at)))
}
