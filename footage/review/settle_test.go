package review_test

import (
	"strings"
	"testing"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
)

// doubted is a clip that waits in 확인 필요.
func doubted(grade string, doubts ...string) footage.Clip {
	c := clip("c1")
	c.State, c.Doubts, c.TimeConfidence = footage.Review, doubts, grade
	return c
}

func TestATimeIsConfirmedAsItIs(t *testing.T) {
	d := newDesk(t)
	c := doubted("D", "촬영 시각의 근거가 파일 이름이나 파일 시스템뿐입니다(신뢰도 D). 촬영일을 확인하십시오.")
	d.book.Put(&c)
	same := c.CapturedAt.String()
	k, err := d.Correct(t.Context(), hong, "c1", review.FieldCapturedAt, same, "민원 접수부와 같음")
	if err != nil || k.Was != same || k.Now != same {
		t.Fatalf("%+v, %v", k, err)
	}
	after := d.clip(t, "c1")
	if after.State != footage.Registered || after.TimeConfidence != "B" || len(after.Doubts) > 0 || after.CapturedAt != c.CapturedAt {
		t.Errorf("%+v", after)
	}
	_, err = d.Correct(t.Context(), hong, "c1", review.FieldCapturedAt, same, "다시")
	expect(t, err, refuse.Invalid, "now-same")
}

func TestWhatIsDoubtedBesidesIsSettledByLooking(t *testing.T) {
	d := newDesk(t)
	const cut = "파일에서 이상을 찾았습니다: 끝이 잘렸습니다."
	c := doubted("C", cut)
	d.book.Put(&c)
	before, after, err := d.Preview(t.Context(), hong, "c1", review.FieldDoubts, "")
	if err != nil || before.State != footage.Review || after.State != footage.Registered {
		t.Errorf("%v: %v, %v", before.State, after.State, err)
	}
	k, err := d.Correct(t.Context(), hong, "c1", review.FieldDoubts, "", "열어 보니 끝까지 보임")
	if err != nil || k.Was != cut || k.Now != "" {
		t.Fatalf("%+v, %v", k, err)
	}
	if got := d.clip(t, "c1"); got.State != footage.Registered || got.CapturedAt != c.CapturedAt {
		t.Errorf("%+v", got)
	}
	if e := d.last(t); e.Facts["field"] != "doubts" || e.Why != "열어 보니 끝까지 보임" {
		t.Errorf("%+v", e)
	}
	c.Device = ""
	c.Doubts = []string{cut, "어느 기기로 촬영했는지 알 수 없습니다. 기기를 고르거나 새로 등록하십시오."}
	d.book.Put(&c)
	if k, err = d.Correct(t.Context(), hong, "c1", review.FieldDoubts, "", "열어 봄"); err != nil || !strings.HasPrefix(k.Now, "어느 기기로") {
		t.Errorf("%+v, %v", k, err)
	}
	_, err = d.Correct(t.Context(), hong, "c1", review.FieldDoubts, "", "또 봄")
	expect(t, err, refuse.Invalid, "doubts-stay")
}
