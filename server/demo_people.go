package main

import (
	"jikim/web"
	"jikim/web/access"
)

const demoPassword = "hanbit-demo-2026"

// demoPerson is an account of the demonstration, one of each role, and what to
// try with it. Those who are officers have their names in the registry.
type demoPerson struct {
	account access.Account
	where   string // department, as it stands beside the role
	try     []string
}

var demoPeople = []demoPerson{
	{access.Account{Name: "dock", Display: "홍○○ 주무관", Role: access.Dock, Department: "minwon"}, " · 민원과", []string{
		"아무 동영상이나 끌어다 놓고 반납해 보세요. 적거나 고를 것이 없습니다.",
		"보내는 중에 창을 닫았다 다시 열어 보세요. 멈춘 곳에서 이어집니다.",
	}},
	{access.Account{Name: "pr", Display: "강○○ 주무관", Role: access.Uploader, Department: "pr"}, " · 홍보담당관", []string{
		"'한빛 문화 축제'를 열어 드론이 난 길과 영상이 함께 움직이는 것을 보세요.",
		"'한빛천 자전거길 개통'에서 둘로 나뉜 파일이 한 촬영으로 이어지는 것을 보세요.",
		"카드의 폴더를 통째로 끌어다 놓아 보세요.",
	}},
	{access.Account{Name: "reviewer", Display: "오○○ 주무관", Role: access.Reviewer, Department: "minwon"}, " · 민원과", []string{
		"확인 필요에 있는 1980년 영상의 촬영 시각을 바로잡고 만료일이 바뀌는 것을 보세요.",
		"영상 하나를 사유를 적고 열어 본 뒤, 처리이력에 남은 것을 확인하세요.",
		"파기를 앞둔 영상에 보류를 걸어 보세요.",
	}},
	{access.Account{Name: "responsible", Display: "박○○ 민원과장", Role: access.Responsible, Department: "minwon"}, " · 민원과", []string{
		"파기 예정에서 곧 파기될 영상과, 보류 때문에 남은 영상을 찾아보세요.",
		"자동으로 파기된 영상의 파기 결과를 확인하세요.",
		"걸려 있는 보류를 사유를 적고 풀어 보세요.",
	}},
	{access.Account{Name: "auditor", Display: "최○○ 감사담당", Role: access.Auditor}, "", []string{
		"관리대장에서 두 달 동안의 등록, 열람, 보류, 파기를 살펴보세요.",
		"모든 부서의 영상 기록을 보되 영상은 열 수 없다는 것을 확인하세요.",
	}},
	{access.Account{Name: "admin", Display: "정○○ 주무관", Role: access.Admin}, "", []string{
		"사용자를 더하거나 역할을 바꾸고, 누가 언제 주었는지 남는 것을 보세요.",
		"등록부에서 부서마다 다른 목적과 보관기간, 기기를 살펴보세요.",
		"영상에는 닿지 못한다는 것을 확인하세요.",
	}},
}

// demonstration is what the start page says of it; nil when this is none.
func (s *service) demonstration() *web.Demonstration {
	if s.demo == nil {
		return nil
	}
	d := &web.Demonstration{Password: demoPassword}
	for _, p := range demoPeople {
		d.People = append(d.People, web.DemoPerson{
			Name: p.account.Name, Display: p.account.Display, Role: p.account.Role.Korean() + p.where, Try: p.try,
		})
	}
	return d
}
