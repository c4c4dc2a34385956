package devices

import "fmt"

func (c *checker) purpose(i int, p Purpose) {
	at, owner := fmt.Sprintf("purposes[%d]", i), whose("목적", p.ID)
	c.id(at, "목적", p.ID)
	c.text(at+".name", owner, "이름", p.Name, longestName, required)
	if p.Department != "" {
		c.departmentExists(at+".department", owner+" 부서", p.Department)
	}
	c.basis(at+".basis", owner, p.Basis)
	c.notice(at+".notice", owner, p.Notice)
	c.retention(at+".retention", owner, p.Retention)
}

func (c *checker) basis(at, owner string, grounds []LegalBasis) {
	if len(grounds) == 0 {
		c.wrong(at, "basis-missing",
			"%s 촬영 근거가 없습니다. 근거 없이는 공개된 장소에서 사람을 촬영할 수 없습니다(개인정보 보호법 제25조의2제1항). basis에 근거를 하나 이상 적으십시오: %s.",
			owner, choices(articles()))
	}
	each(c, at, owner, "촬영 근거", grounds, articles())
}

// articles gives the grounds as words, each with where it stands in the law.
func articles() []word[LegalBasis] {
	words := make([]word[LegalBasis], len(bases))
	for i, b := range bases {
		words[i] = word[LegalBasis]{b.value, b.article}
	}
	return words
}

func (c *checker) notice(at, owner string, methods []Notice) {
	if len(methods) == 0 {
		c.wrong(at, "notice-missing",
			"%s 촬영 사실을 알리는 방법이 없습니다. 불빛, 소리, 안내판 등으로 알려야 합니다(개인정보 보호법 제25조의2제3항). notice에 방법을 하나 이상 적으십시오: %s.",
			owner, choices(notices))
	}
	each(c, at, owner, "알리는 방법", methods, notices)
}

// each checks every value of a list, and that none stands twice.
func each[T ~string](c *checker, at, owner, label string, values []T, words []word[T]) {
	seen := make(map[T]bool, len(values))
	for i, v := range values {
		path := fmt.Sprintf("%s[%d]", at, i)
		oneOf(c, path, owner, label, v, words)
		if seen[v] {
			c.wrong(path, "value-repeated", "%s %s에 같은 값(%q)이 두 번 적혀 있습니다. 하나를 지우십시오.", owner, label, string(v))
		}
		seen[v] = true
	}
}

func (c *checker) retention(at, owner string, r Retention) {
	switch {
	case r.Permanent && r.Days != 0:
		c.wrong(at, "retention-both",
			"%s 보관기간에 days와 permanent가 함께 적혀 있습니다. 기간을 정하면 days만, 영구 보관이면 permanent만 남기십시오.", owner)
	case r.Permanent:
	case r.Days == 0:
		c.wrong(at, "retention-missing", "%s 보관기간이 없습니다. retention에 days(일수)나 permanent: true를 적으십시오.", owner)
	case r.Days < ShortestDays:
		c.wrong(at+".days", "retention-too-short",
			"%s 보관기간 %d일은 쓸 수 없습니다. 15일보다 짧은 보관기간은 법적 대응 여부를 정하고 정보주체의 열람 요구에 10일 안에 답할 시간(개인정보 보호법 시행령 제41조)을 남기지 못합니다. %d일 이상으로 적으십시오.",
			owner, r.Days, ShortestDays)
	case r.Days > LongestDays:
		c.wrong(at+".days", "retention-too-long",
			"%s 보관기간이 %d일로 100년을 넘습니다. 일수를 바로잡거나, 영구 보관이면 days를 지우고 permanent: true를 적으십시오.", owner, r.Days)
	}
	if (r.Permanent || r.Days > UnexplainedDays) && r.Reason == "" {
		c.wrong(at+".reason", "retention-unexplained",
			"%s 보관기간(%s)에 사유가 없습니다. %d일을 넘거나 영구로 보관하려면 그 기간이 필요한 까닭을 reason에 적으십시오.",
			owner, r.Korean(), UnexplainedDays)
	}
	c.text(at+".reason", owner, "보관 사유", r.Reason, longestReason, optional)
}
