package devices_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jikim/devices"
	"jikim/devices/profile"
	"jikim/devices/refuse"
)

// lines gives the kinds and sentences of changes, one a line.
func lines(changes []devices.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(string(c.Kind) + " " + c.Of + " " + c.ID + ": " + c.Sentence + "\n")
	}
	return b.String()
}

func TestMerge(t *testing.T) {
	type registry = *devices.Registry
	tests := map[string]struct {
		edit func(registry)
		want string
	}{
		"nothing":                    {func(registry) {}, ""},
		"another order of the lists": {func(r registry) { r.Devices[0], r.Devices[8] = r.Devices[8], r.Devices[0] }, ""},
		"retention": {
			func(r registry) { r.Purposes[1].Retention.Days = 20 },
			"changed purpose disaster: 목적 재난점검·관측(disaster)의 보관기간 변경: 촬영일부터 30일 → 촬영일부터 20일\n" +
				"changed purpose disaster: 목적 재난점검·관측(disaster)의 보관 규칙 변경: disaster@1 → disaster@2. 이미 보관하고 있는 영상의 파기 예정은 따로 승인하기 전에는 바뀌지 않습니다.\n",
		},
		"only the reason": {
			func(r registry) { r.Purposes[2].Retention.Reason = "이의 신청 기간." },
			"changed purpose support: 목적 행정업무지원(support)의 보관 사유 변경: 토지 현황 확인과 그에 대한 이의 신청을 처리하는 데 걸리는 기간입니다. → 이의 신청 기간.\n" +
				"changed purpose support: 목적 행정업무지원(support)의 보관 규칙 변경: support@1 → support@2. 이미 보관하고 있는 영상의 파기 예정은 따로 승인하기 전에는 바뀌지 않습니다.\n",
		},
		"name of a purpose, not its rule": {
			func(r registry) { r.Purposes[1].Name = "재난점검" },
			"changed purpose disaster: 목적 재난점검(disaster)의 이름 변경: 재난점검·관측 → 재난점검\n",
		},
		"basis and notice": {
			func(r registry) {
				r.Purposes[2].Basis = []devices.LegalBasis{devices.BasisConsent}
				r.Purposes[2].Notice = []devices.Notice{devices.NoticeSign, devices.NoticeOral}
			},
			"changed purpose support: 목적 행정업무지원(support)의 촬영 근거 변경: 제15조제1항제3호 → 제15조제1항제1호\n" +
				"changed purpose support: 목적 행정업무지원(support)의 알리는 방법 변경: 촬영 표시 조끼·의복, 개인정보 포털 공지 → 안내판, 구두 고지\n",
		},
		"a new device": {
			func(r registry) {
				r.Devices = add(r.Devices, devices.Device{ID: "park-cam-1", Class: devices.Handheld, Serial: "HB-HC-1", Department: "park"})
			},
			"added device park-cam-1: 기기 park-cam-1 등록: 종류 휴대형, 일련번호 HB-HC-1, 부서 park, 시계 모름, 상태 운용\n",
		},
		"a lost device": {
			func(r registry) { r.Devices[4].Status = devices.Lost },
			"changed device minwon-cam-1: 기기 민원-1(minwon-cam-1)의 상태 변경: 운용 → 분실\n",
		},
		"a clock looked at": {
			func(r registry) { clock(r, 95, "2026-09-20") },
			"changed device pr-drone-1: 기기 홍보 드론(pr-drone-1)의 시계 오차 변경: 없음 → 95초 빠름\n" +
				"changed device pr-drone-1: 기기 홍보 드론(pr-drone-1)의 시계 확인일 변경: 없음 → 2026. 9. 20.(일)\n",
		},
		"a device left out": {
			func(r registry) { r.Devices = r.Devices[:8] },
			"missing device minwon-cam-5: 기기 민원-5(minwon-cam-5): 파일에 없어 등록된 그대로 둡니다. 더 쓰지 않는 기기이면 status를 retired로 적어 가져오십시오.\n",
		},
		"an officer left out": {
			func(r registry) { r.Officers = r.Officers[:8] },
			"missing officer minwon-access-operation: 접근권한자 오○○(minwon-access-operation): 파일에 없어 등록된 그대로 둡니다. 자리를 옮겼으면 until에 마지막 날을 적어 가져오십시오.\n",
		},
		"a profile left out": {
			func(r registry) { r.Profiles = nil },
			"missing profile hanbit-cam: 기종 설정 한빛캠(hanbit-cam): 파일에 없어 등록된 그대로 둡니다. 잊고 뺀 것이면 파일에 다시 적어 두십시오.\n",
		},
		"a new profile": {
			func(r registry) {
				r.Profiles = add(r.Profiles, profile.Profile{ID: "big-cam", Title: "큰캠", Files: []profile.FileRule{
					{Name: `BC(?P<key>\d+)_(?P<lens>\d)`, Parts: map[string]profile.Part{"MP4": profile.Main}, Lenses: map[string]string{"1": "앞", "2": "뒤"}},
				}, Continues: &profile.Continues{GapS: 0.5, MinBytes: 1000}})
			},
			"added profile big-cam: 기종 설정 큰캠(big-cam) 등록: 이름 큰캠, 파일 이름 규칙 BC(?P<key>\\d+)_(?P<lens>\\d) → MP4 원본, 렌즈 1=앞, 렌즈 2=뒤, 이어 찍기 앞 파일의 끝에서 0.5초 안, 1000바이트부터\n",
		},
		"a rule of a profile": {
			func(r registry) {
				r.Profiles[0].Files[0].Parts["TXT"] = profile.Log
				r.Profiles[0].Continues = nil
			},
			"changed profile hanbit-cam: 기종 설정 한빛캠(hanbit-cam)의 파일 이름 규칙 변경: HB_(?P<key>[A-Z0-9\\-]+_\\d{14}) → GPS 위치·비행 기록, MP4 원본 → HB_(?P<key>[A-Z0-9\\-]+_\\d{14}) → GPS 위치·비행 기록, MP4 원본, TXT 그 밖의 기록\n" +
				"changed profile hanbit-cam: 기종 설정 한빛캠(hanbit-cam)의 이어 찍기 변경: 앞 파일의 끝에서 2초 안 → 없음\n",
		},
		"a change of office": {
			func(r registry) { succeed(r, "2026-07-01", "2026-06-30") },
			"changed officer pr/responsible/2026-01-01: 관리책임자 홍○○(pr/responsible/2026-01-01)의 마지막 날 변경: 없음 → 2026. 6. 30.(화)\n" +
				"added officer next-9: 관리책임자 최○○(next-9) 등록: 부서 pr, 구분 관리책임자, 이름 최○○, 직위 홍보담당관, 전화번호 000-0000-0001, 시작일 2026. 7. 1.(수)\n",
		},
		"a new name for the institution": {
			func(r registry) { r.Institution.Name = "큰빛구" },
			"changed institution hanbit: 기관 큰빛구(hanbit)의 이름 변경: 한빛구 → 큰빛구\n",
		},
		"a department below another": {
			func(r registry) { r.Departments[2].Parent = "park" },
			"changed department land: 부서 토지정보과(land)의 상위 부서 변경: 없음 → park\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			old, file := readExample(t), readExample(t)
			tt.edit(&file)
			before := write(t, old)
			merged, changes, err := devices.Merge(old, file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(changes)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if !bytes.Equal(before, write(t, old)) {
				t.Error("what was registered has been changed in place")
			}
			if len(merged.Devices) < len(old.Devices) || len(merged.Officers) < len(old.Officers) {
				t.Error("a device or an officer has vanished")
			}
			if again, more, err := devices.Merge(merged, merged); err != nil || len(more) != 0 || !cmp.Equal(merged, again) {
				t.Errorf("merged with itself: %v, %s", err, lines(more))
			}
		})
	}
}

func TestMergeFirstImport(t *testing.T) {
	file := readExample(t)
	merged, changes, err := devices.Merge(devices.Registry{}, file)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(file, merged) {
		t.Errorf("differs from the file:\n%s", cmp.Diff(file, merged))
	}
	if want := 1 + 4 + 9 + 4 + 9 + 1; len(changes) != want {
		t.Errorf("%d changes, want %d: everything is new", len(changes), want)
	}
}

// TestMergeCountsVersions: a rule that changes and changes back is a third
// rule, not the first; clips carry the version they were decided by.
func TestMergeCountsVersions(t *testing.T) {
	registered := readExample(t)
	for i, days := range []int{20, 30, 30, 25} {
		file := readExample(t)
		file.Purposes[1].Retention.Days = days
		var err error
		if registered, _, err = devices.Merge(registered, file); err != nil {
			t.Fatal(err)
		}
		if want := []int{2, 3, 3, 4}[i]; registered.Purposes[1].Version != want {
			t.Errorf("after import %d: version %d, want %d", i+1, registered.Purposes[1].Version, want)
		}
	}
	if v := registered.Purposes[0].Version; v != 1 {
		t.Errorf("a rule nobody touched is at version %d", v)
	}
}

// TestMergeKeepsHistoryQuietly: what has ended and is left out of the file
// is history; nobody needs to be told.
func TestMergeKeepsHistoryQuietly(t *testing.T) {
	old, file := readExample(t), readExample(t)
	old.Devices[8].Status = devices.Retired
	old.Officers[8].Until = "2026-06-30"
	file.Devices, file.Officers = file.Devices[:8], file.Officers[:8]
	merged, changes, err := devices.Merge(old, file)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != 0 || len(merged.Devices) != 9 || len(merged.Officers) != 9 {
		t.Errorf("%d devices, %d officers, changes:\n%s", len(merged.Devices), len(merged.Officers), lines(changes))
	}
}

func TestMergeRefuses(t *testing.T) {
	type registry = *devices.Registry
	tests := map[string]struct {
		edit func(registry)
		code string
		says []string
	}{
		"another institution": {func(r registry) { r.Institution.ID = "dalbit" }, "registry-institution", []string{"hanbit", "dalbit"}},
		"a department and its purpose left out": {func(r registry) {
			r.Departments, r.Purposes = r.Departments[:3], r.Purposes[:3]
			r.Officers, r.Devices = r.Officers[:6], r.Devices[:4]
		}, "registry-removal", []string{"2개", "부서 민원과(minwon)", "목적 악성민원 예방 및 증거자료 수집(complaint)"}},
		"a new camera with the serial of one left out": {func(r registry) {
			r.Devices = r.Devices[:8]
			r.Devices = add(r.Devices, devices.Device{ID: "minwon-cam-6", Class: devices.Worn, Serial: "HB-BC-0005", Department: "minwon"})
		}, "registry-invalid", []string{"minwon-cam-5", "HB-BC-0005"}},
		"a new head without the old one's last day": {func(r registry) {
			r.Officers[0].ID, r.Officers[0].Name, r.Officers[0].From = "", "최○○", "2026-07-01"
		}, "registry-invalid", []string{"홍○○", "최○○", "until"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file := readExample(t)
			tt.edit(&file)
			got, changes, err := devices.Merge(readExample(t), file)
			no, refused := refuse.As(err)
			if !refused || no.Code != tt.code {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
			for _, words := range tt.says {
				if !strings.Contains(no.Sentence, words) {
					t.Errorf("does not say %q:\n%s", words, no.Sentence)
				}
			}
			if len(changes) != 0 || !cmp.Equal(got, devices.Registry{}) {
				t.Error("something came back beside the refusal")
			}
		})
	}
}

func TestDiffFindsRemoval(t *testing.T) {
	old, now := readExample(t), readExample(t)
	now.Departments, now.Devices = now.Departments[1:], now.Devices[1:]
	want := "removed department pr: 부서 홍보담당관(pr) 삭제\nremoved device pr-drone-1: 기기 홍보 드론(pr-drone-1) 삭제\n"
	if diff := cmp.Diff(want, lines(devices.Diff(old, now))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMergeProperty: whatever subset of devices and whatever periods a file
// has, every version only grows, and grows exactly when the rule differs.
func TestMergeProperty(t *testing.T) {
	base := readExample(t)
	rapid.Check(t, func(t *rapid.T) {
		old, file := base, base
		old.Purposes, file.Purposes = vary(t, "old", base.Purposes), vary(t, "file", base.Purposes)
		for i := range old.Purposes {
			old.Purposes[i].Version = rapid.IntRange(1, 9).Draw(t, "version")
		}
		file.Devices = file.Devices[:rapid.IntRange(0, len(file.Devices)).Draw(t, "devices")]
		merged, _, err := devices.Merge(old, file)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range merged.Purposes {
			grew := p.Version - old.Purposes[i].Version
			if differs := p.Retention != old.Purposes[i].Retention; differs && grew != 1 || !differs && grew != 0 {
				t.Fatalf("%s went from version %d to %d, rule differs: %t", p.ID, old.Purposes[i].Version, p.Version, differs)
			}
			if p.Retention != file.Purposes[i].Retention {
				t.Fatalf("%s does not follow the file", p.ID)
			}
		}
		if len(merged.Devices) != len(base.Devices) {
			t.Fatalf("%d devices", len(merged.Devices))
		}
	})
}

// vary gives the purposes other periods.
func vary(t *rapid.T, name string, purposes []devices.Purpose) []devices.Purpose {
	varied := make([]devices.Purpose, len(purposes))
	for i, p := range purposes {
		p.Retention = devices.Retention{Days: rapid.IntRange(15, 18).Draw(t, name)}
		varied[i] = p
	}
	return varied
}
