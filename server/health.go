package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"jikim/web"
)

// troubles remembers which jobs of this server failed when they last ran. The
// zero troubles has none.
type troubles struct {
	mu   sync.Mutex
	jobs map[string]bool
}

func (t *troubles) note(job string, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !failed {
		delete(t.jobs, job)
		return
	}
	if t.jobs == nil {
		t.jobs = map[string]bool{}
	}
	t.jobs[job] = true
}

func (t *troubles) list() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.jobs))
}

// jobEnded keeps how a job ended for those who watch.
func (s *service) jobEnded(name string, err error) {
	failed := err != nil && !errors.Is(err, context.Canceled)
	if failed {
		s.metrics.jobFailed(name)
	}
	s.troubles.note(name, failed)
}

// jobNames are the jobs as people call them.
var jobNames = map[string]string{
	"finish-uploads": "전송이 끝난 파일 등록", "abandoned-uploads": "그만둔 전송 정리", "orphans": "주인 없는 파일 정리",
	"resume-destruction": "끝나지 않은 파기 잇기", "checkpoint": "체크포인트 보관", "sessions": "지난 로그인 정리",
	"sign-ins": "지난 접속기록 정리", "desk": "열람 기록", "media": "재생용 사본 만들기", "sweep": "날마다 하는 파기",
}

// lowDisk is the share of the disk below which somebody must act.
const lowDisk = 0.1

// health tells on the board how the parts of the system are.
func (s *service) health(ctx context.Context) []web.HealthLine {
	lines := []web.HealthLine{s.databaseHealth(ctx), s.vaultHealth(ctx), s.ledgerHealth(ctx)}
	if free, size, ok := diskSpace(s.data); ok {
		line := web.HealthLine{
			Name: "디스크", Good: float64(free) >= lowDisk*float64(size), State: "여유 있음",
			Note: fmt.Sprintf("%.1fGB 가운데 %.1fGB 남음", gib(size), gib(free)),
		}
		if !line.Good {
			line.State, line.Note = "부족", line.Note+". 저장 공간을 늘려 주세요. 다 차면 새 영상을 받지 못합니다."
		}
		lines = append(lines, line)
	}
	work := web.HealthLine{Name: "뒤에서 하는 일", Good: true, State: "정상", Note: "마지막으로 돈 작업이 모두 잘 끝났습니다."}
	if failing := s.troubles.list(); len(failing) > 0 {
		for i, name := range failing {
			failing[i] = jobNames[name]
		}
		work.Good, work.State = false, "실패"
		work.Note = strings.Join(failing, ", ") + " 작업이 실패하여 다시 시도하고 있습니다. 서버의 기록(로그)을 확인해 주세요."
	}
	return append(lines, work)
}

func (s *service) databaseHealth(ctx context.Context) web.HealthLine {
	if err := s.db.Ping(ctx); err != nil {
		return web.HealthLine{Name: "데이터베이스", State: "닿지 않음", Note: "데이터베이스가 돌고 있는지 확인해 주세요."}
	}
	return web.HealthLine{Name: "데이터베이스", Good: true, State: "정상"}
}

func (s *service) vaultHealth(ctx context.Context) web.HealthLine {
	if ready, ok := s.vault.(interface{ Ready(context.Context) error }); ok {
		if err := ready.Ready(ctx); err != nil {
			return web.HealthLine{Name: "보관소", State: "닿지 않음", Note: "영상을 두는 곳에 닿지 않습니다. 디스크 연결이나 저장 서버를 확인해 주세요."}
		}
	}
	return web.HealthLine{Name: "보관소", Good: true, State: "정상"}
}

func (s *service) ledgerHealth(ctx context.Context) web.HealthLine {
	head, err := s.db.Ledger(ctx).Head()
	if err != nil {
		return web.HealthLine{Name: "관리대장", State: "읽지 못함", Note: "서버에서 jikim verify를 실행해 주세요."}
	}
	note := "기록이 아직 없습니다."
	if head.Size > 0 {
		note = fmt.Sprintf("기록 %d건, 마지막 기록 %s. 온전한지는 jikim verify로 확인합니다.", head.Size, head.At.Korean())
	}
	return web.HealthLine{Name: "관리대장", Good: true, State: "서명됨", Note: note}
}

func gib(n uint64) float64 { return float64(n) / (1 << 30) }
