package devices

// basis is one ground of Article 25-2(1): where it stands and what it says,
// shortened.
type basis struct {
	value   LegalBasis
	article string
	text    string
}

var bases = []basis{
	{BasisConsent, "제15조제1항제1호", "정보주체의 동의를 받은 경우"},
	{BasisStatute, "제15조제1항제2호", "법률에 특별한 규정이 있거나 법령상 의무를 지키기 위하여 불가피한 경우"},
	{BasisPublicTask, "제15조제1항제3호", "공공기관이 법령 등에서 정하는 소관 업무를 수행하기 위하여 불가피한 경우"},
	{BasisContract, "제15조제1항제4호", "정보주체와 체결한 계약을 이행하거나 계약을 체결하기 위하여 필요한 경우"},
	{BasisVital, "제15조제1항제5호", "급박한 생명, 신체, 재산의 이익을 위하여 필요한 경우"},
	{BasisInterest, "제15조제1항제6호", "정당한 이익을 달성하기 위하여 필요하고 그 이익이 정보주체의 권리보다 명백히 우선하는 경우"},
	{BasisSafety, "제15조제1항제7호", "공중위생 등 공공의 안전과 안녕을 위하여 긴급히 필요한 경우"},
	{BasisNotRefused, "제25조의2제1항제2호", "촬영 사실을 명확히 표시하였는데도 촬영 거부 의사를 밝히지 아니한 경우"},
}

func basisOf(b LegalBasis) (basis, bool) {
	for _, known := range bases {
		if known.value == b {
			return known, true
		}
	}
	return basis{}, false
}

// LegalBases gives every ground of Article 25-2(1), in the order of the law.
func LegalBases() []LegalBasis {
	values := make([]LegalBasis, len(bases))
	for i, b := range bases {
		values[i] = b.value
	}
	return values
}

// Article says where the ground stands in the Personal Information Protection
// Act: "제15조제1항제3호"; the stored value when it is no known ground.
func (b LegalBasis) Article() string {
	if known, ok := basisOf(b); ok {
		return known.article
	}
	return string(b)
}

// Text says what the item asks, shortened; "" when it is no known ground.
func (b LegalBasis) Text() string {
	known, _ := basisOf(b)
	return known.text
}

// Korean gives article and text: "제15조제1항제1호(정보주체의 동의를 받은 경우)".
func (b LegalBasis) Korean() string {
	known, ok := basisOf(b)
	if !ok {
		return string(b)
	}
	return known.article + "(" + known.text + ")"
}
