package devices

// mostAhead is how wrong a device's clock may be registered to be, in seconds. A
// clock that is a day wrong was never set; it is to be set and looked at again.
const mostAhead = 24 * 60 * 60

// clock checks what somebody found who looked at a device's clock: how wrong it
// was and on which day go together.
func (c *checker) clock(at, owner string, d Device) {
	c.date(at+".clock_checked_on", owner, "시계 확인일", d.ClockCheckedOn)
	switch {
	case d.ClockAheadS != nil && d.ClockCheckedOn == "":
		c.wrong(at+".clock_checked_on", "clock-undated",
			"%s 시계 오차를 언제 확인했는지 없습니다. 확인한 날을 clock_checked_on에 적거나 clock_ahead_s를 지우십시오.", owner)
	case d.ClockAheadS == nil && d.ClockCheckedOn != "":
		c.wrong(at+".clock_ahead_s", "clock-unmeasured",
			"%s 시계를 확인한 날만 있고 오차가 없습니다. 빨랐던 초를 clock_ahead_s에 적으십시오. 맞았으면 0, 늦었으면 -12처럼 적습니다.", owner)
	case d.ClockAheadS != nil && (*d.ClockAheadS > mostAhead || *d.ClockAheadS < -mostAhead):
		c.wrong(at+".clock_ahead_s", "clock-too-wrong",
			"%s 시계 오차(%d초)가 하루를 넘습니다. 기기 시계를 맞춘 뒤 다시 확인하여 적으십시오.", owner, *d.ClockAheadS)
	case d.ClockCheckedOn != "" && d.BoughtOn != "" && d.ClockCheckedOn < d.BoughtOn:
		c.wrong(at+".clock_checked_on", "clock-before-purchase",
			"%s 시계 확인일이 도입일보다 앞섭니다. 둘 가운데 틀린 날을 바로잡으십시오.", owner)
	}
}
