package devices

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"jikim/devices/instant"
)

// officerID allows slashes too: an id that was not given is made of
// department, tier and first day.
var officerID = regexp.MustCompile(`^[a-z0-9][a-z0-9/_-]*$`)

const longestOfficerID = 2*longestID + 32

func (c *checker) officer(i int, o Officer) {
	at, owner := fmt.Sprintf("officers[%d]", i), whose("담당자", o.Name)
	c.officerID(at+".id", o)
	if o.Department == "" {
		c.wrong(at+".department", "text-missing", "%s 부서가 비어 있습니다. 부서의 id를 적으십시오.", owner)
	} else {
		c.departmentExists(at+".department", owner+" 부서", o.Department)
	}
	oneOf(c, at+".tier", owner, "구분", o.Tier, tiers)
	c.text(at+".name", whose("담당자", ""), "이름", o.Name, longestName, required)
	c.text(at+".position", owner, "직위", o.Position, longestDetail, optional)
	c.text(at+".phone", owner, "전화번호", o.Phone, longestDetail, optional)
	c.text(at+".account", owner, "계정", o.Account, longestDetail, optional)
	c.term(at, owner, o)
}

func (c *checker) officerID(path string, o Officer) {
	first, taken := c.first("officer "+o.ID, path)
	switch {
	case taken && o.ID == defaultOfficerID(o):
		c.wrong(path, "id-repeated",
			"담당자 %s는 %s의 담당자와 부서, 구분, 시작일이 모두 같습니다. 두 사람을 구별할 수 있게 id를 하나씩 적으십시오.", o.Name, first)
	case taken:
		c.wrong(path, "id-repeated", "담당자 id(%s)가 %s에 이미 있습니다. 서로 다른 id를 적으십시오.", o.ID, first)
	case o.ID == defaultOfficerID(o): // its parts are checked as themselves
	case len(o.ID) > longestOfficerID || !officerID.MatchString(o.ID):
		c.wrong(path, "id-malformed",
			"담당자 id(%q)는 쓸 수 없습니다. 영문 소문자, 숫자, 붙임표(-), 빗금(/)으로 적거나 비워 두십시오.", o.ID)
	}
}

// defaultOfficerID is the id of an officer for whom none was given.
func defaultOfficerID(o Officer) string {
	return o.Department + "/" + string(o.Tier) + "/" + string(o.From)
}

func (c *checker) term(at, owner string, o Officer) {
	if o.From == "" {
		c.wrong(at+".from", "text-missing", "%s 시작일이 없습니다. 맡기 시작한 날을 from에 2026-10-03처럼 적으십시오.", owner)
		return
	}
	from := c.date(at+".from", owner, "시작일", o.From)
	until := c.date(at+".until", owner, "마지막 날", o.Until)
	if from && until && o.Until != "" && o.Until < o.From {
		c.wrong(at+".until", "term-reversed",
			"%s 마지막 날(%s)이 시작일(%s)보다 이릅니다. 두 날짜를 바로잡으십시오.", owner, o.Until, o.From)
	}
}

// terms finds days on which a department would have two responsible officers:
// the policy and the record of destruction name exactly one.
func (c *checker) terms() {
	byDepartment := make(map[string][]int)
	for i, o := range c.r.Officers {
		if o.Tier == TierResponsible && wellFormed(o) {
			byDepartment[o.Department] = append(byDepartment[o.Department], i)
		}
	}
	for _, d := range c.r.Departments {
		c.overlaps(byDepartment[d.ID])
		delete(byDepartment, d.ID) // a department listed twice is another problem
	}
}

// overlaps names each officer whose term begins before an earlier one's ended.
func (c *checker) overlaps(officers []int) {
	slices.SortStableFunc(officers, func(a, b int) int {
		return cmp.Compare(c.r.Officers[a].From, c.r.Officers[b].From)
	})
	var before Officer // of the earlier ones, who stays longest
	for n, i := range officers {
		o := c.r.Officers[i]
		if n > 0 && o.From <= lastDay(before) {
			c.wrong(fmt.Sprintf("officers[%d].from", i), "term-overlap",
				"부서 %s의 관리책임자 %s(%s부터)와 %s(%s부터)의 임기가 겹칩니다. 관리책임자는 한 날에 한 사람이어야 합니다. 앞사람의 until에 마지막 날을 적으십시오.",
				o.Department, before.Name, before.From, o.Name, o.From)
		}
		if n == 0 || lastDay(o) > lastDay(before) {
			before = o
		}
	}
}

func wellFormed(o Officer) bool {
	for _, d := range []instant.Date{o.From, o.Until} {
		if _, err := instant.ParseDate(string(d)); d != "" && err != nil {
			return false
		}
	}
	return o.From != "" && (o.Until == "" || o.From <= o.Until)
}

// lastDay is the last day in office, or a day after all others.
func lastDay(o Officer) instant.Date {
	if o.Until == "" {
		return "9999-12-31"
	}
	return o.Until
}
