package devices

import (
	"fmt"

	"jikim/devices/instant"
)

// Responsible gives the responsible officer of the department on day d; false
// when the office is vacant.
func (r *Registry) Responsible(department string, d instant.Date) (Officer, bool) {
	for _, o := range r.Officers {
		if o.Tier == TierResponsible && o.Department == department && o.Serves(d) {
			return o, true
		}
	}
	return Officer{}, false
}

// Warnings gives Korean sentences about what may be registered so but should
// be settled soon: departments that film without a responsible officer on day
// today, and devices whose footage would arrive without a purpose.
func (r *Registry) Warnings(today instant.Date) []string {
	var warnings []string
	films := make(map[string]bool)
	defaults := make(map[string]string)
	for _, d := range r.Departments {
		defaults[d.ID] = d.DefaultPurpose
	}
	var aimless []string
	for _, d := range r.Devices {
		if d.Status == Retired {
			continue
		}
		films[d.Department] = true
		if d.Purpose == "" && defaults[d.Department] == "" {
			aimless = append(aimless, fmt.Sprintf(
				"기기 %s는 목적이 없고 부서 %s에도 기본 목적이 없습니다. 이 기기의 영상은 모두 확인 필요로 들어옵니다. 목적을 정하십시오.",
				d.ID, d.Department))
		}
	}
	for _, d := range r.Departments {
		if _, served := r.Responsible(d.ID, today); films[d.ID] && !served {
			warnings = append(warnings, fmt.Sprintf(
				"부서 %s(%s)에 %s 현재 관리책임자가 없습니다. 관리책임자를 적으십시오.", d.Name, d.ID, today.Korean()))
		}
	}
	return append(warnings, aimless...)
}
