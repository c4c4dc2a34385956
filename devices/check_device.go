package devices

import (
	"fmt"
	"strings"
)

func (c *checker) device(i int, d Device) {
	at, owner := fmt.Sprintf("devices[%d]", i), whose("기기", d.ID)
	c.id(at, "기기", d.ID)
	oneOf(c, at+".class", owner, "종류", d.Class, classes)
	c.text(at+".maker", owner, "제조사", d.Maker, longestDetail, optional)
	c.text(at+".model", owner, "모델", d.Model, longestDetail, optional)
	c.text(at+".label", owner, "표시", d.Label, longestDetail, optional)
	c.serial(at+".serial", owner, d)
	if d.Department == "" {
		c.wrong(at+".department", "text-missing", "%s 부서가 비어 있습니다. 부서의 id를 적으십시오.", owner)
	} else {
		c.departmentExists(at+".department", owner+" 부서", d.Department)
	}
	if d.Purpose != "" {
		c.usable(at+".purpose", owner+" 목적", d.Purpose, d.Department)
	}
	oneOf(c, at+".clock", owner, "시계", d.Clock, clocks)
	oneOf(c, at+".status", owner, "상태", d.Status, statuses)
	c.date(at+".bought_on", owner, "도입일", d.BoughtOn)
	c.clock(at, owner, d)
}

// serial is how a recording finds its device, so no two may share one. Makers
// and staff write the same serial in both cases.
func (c *checker) serial(path, owner string, d Device) {
	c.text(path, owner, "일련번호", d.Serial, longestDetail, required)
	if d.Serial == "" {
		return
	}
	if first, taken := c.first("serial "+strings.ToUpper(d.Serial), path); taken {
		c.wrong(path, "serial-repeated",
			"%s 일련번호(%s)가 %s에 이미 있습니다. 기기에 적힌 일련번호를 다시 확인하십시오.", owner, d.Serial, first)
	}
}
