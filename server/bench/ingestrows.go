package main

import (
	"context"
	"fmt"
)

// MinIO cannot be had any more under a licence that lets us start it here. What
// it did beside tusd and the floor on one machine in one run stands in for it:
// encrypted and hashed by SHA-256, which is our job.
const (
	minioOne, minioEight           = 959.0, 1268.0 // MB/s
	floorThenOne, floorThenEight   = 1398.0, 1632.0
	minioRange, floorThenRange     = 760.0, 2048.0
	minioPhotos, floorThenPhotos   = 198.0, 315.0 // a second
	floorWord, tusdWord, minioWord = "바닥", "tusd", "MinIO 환산"
)

func (b *bench) ingestRows(ctx context.Context, t *table) error {
	got, err := b.ingest(ctx)
	if err != nil {
		return err
	}
	t.add(speedRow("1", "올리기 "+oneBig+" (봉인+해시+내구)", got, oneBig, float64(b.scaled(2*gib))/1e6, "MB/s", minioOne/floorThenOne, true))
	t.add(speedRow("2", "올리기 "+eight, got, eight, float64(8*b.scaled(gib/2))/1e6, "MB/s", minioEight/floorThenEight, false))
	t.add(speedRow("2", photos+" (기록+대장)", got, photos, float64(b.scaled(300)), "장/s", minioPhotos/floorThenPhotos, false))
	t.add(cpuRow(got, oneBig, float64(b.scaled(2*gib))))
	t.add(cpuRow(got, eight, float64(8*b.scaled(gib/2))))
	t.add(cpuRow(got, photos, float64(b.scaled(300)*4*mib)))
	for _, m := range []struct {
		load  string
		limit float64
	}{{oneBig, 64}, {eight, 64}, {photos, 64}, {sixty, 128}} {
		t.add(memoryRow(got, m.load, m.limit))
	}
	for _, name := range []string{oneBig, cutOnce} {
		tail, _ := got.middle(name, ours, func(s sample) float64 { return s.tail * 1e3 })
		t.add(row{
			number: "5", what: "마지막 바이트 → 등록 완료, " + name, ours: fmt.Sprintf("%.0f ms", tail),
			anchors: fmt.Sprintf("최악 %.0f ms", got.worst(name, ours, func(s sample) float64 { return s.tail * 1e3 })),
			target:  "≤ 100 ms", met: verdictOf(tail <= 100),
		})
	}
	children := got.worst(eight, ours, func(s sample) float64 { return s.children })
	t.note("메모리는 서버 프로세스의 VmHWM. 촬영정보를 읽는 자식 프로세스 %.0f MiB는 따로. CPU에는 자식도 들어 있음.", children/float64(mib))
	t.note("바닥: 몸통을 읽어 해시하고 봉인하고(DARE 2.0) 써서 sync_file_range, fdatasync만 하는 Go HTTP 서버. tusd: 자기 프로그램과 파일 저장소, 해시·봉인·동기화 없음.")
	t.note("MinIO는 쓸 수 있는 라이선스로 구할 수 없어 직접 재지 않음. %s은 같은 자리에서 잰 옛 표의 바닥 대비 비율(%.0f/%.0f, %.0f/%.0f, 사진 %.0f/%.0f)을 이번 바닥에 곱한 것.",
		minioWord, minioOne, floorThenOne, minioEight, floorThenEight, minioPhotos, floorThenPhotos)
	t.note("올린 영상은 색인(moov)이 끝에 있는 MP4, 사진은 EXIF가 있는 JPEG. 대표 그림과 재생용 사본 만들기(ffmpeg)는 껐음.")
	return nil
}

// speedRow compares how much is taken in a second. of is the amount of one run.
func speedRow(number, what string, got samples, load string, of float64, unit string, minioToFloor float64, againstMinio bool) row {
	speed := func(side string) float64 {
		seconds, ok := got.middle(load, side, func(s sample) float64 { return s.seconds })
		if !ok {
			return 0
		}
		return of / seconds
	}
	mine, bottom, plain := speed(ours), speed(floor), speed(tusd)
	minio := bottom * minioToFloor
	target := []string{"≥ 0.9 × 바닥", "≥ 0.45 × tusd"}
	conditions := []bool{mine >= 0.9*bottom, mine >= 0.45*plain}
	if againstMinio {
		target = append([]string{"≥ 1.4 × MinIO"}, target...)
		conditions = append(conditions, mine >= 1.4*minio)
	}
	return row{
		number: number, what: what, ours: fmt.Sprintf("%.0f %s", mine, unit),
		anchors: list(fmt.Sprintf("%s %.0f", floorWord, bottom), optional(tusdWord, plain), fmt.Sprintf("%s %.0f", minioWord, minio)),
		ratio:   list(ratio(mine, bottom, floorWord), ratio(mine, plain, tusdWord), ratio(mine, minio, "MinIO")),
		target:  list(target...), met: verdictOf(conditions...),
	}
}

func optional(name string, value float64) string {
	if value == 0 {
		return ""
	}
	return fmt.Sprintf("%s %.0f", name, value)
}

func cpuRow(got samples, load string, bytes float64) row {
	cost := func(side string) float64 {
		cpu, _ := got.middle(load, side, func(s sample) float64 { return s.cpu })
		return cpu / (bytes / float64(gib))
	}
	mine, bottom, plain := cost(ours), cost(floor), cost(tusd)
	anchors := fmt.Sprintf("%s %.2f", floorWord, bottom)
	if plain > 0 {
		anchors += fmt.Sprintf(", %s %.2f", tusdWord, plain)
	}
	return row{
		number: "3", what: "서버 CPU, " + load, ours: fmt.Sprintf("%.2f s/GiB", mine), anchors: anchors,
		ratio: ratio(mine, bottom, floorWord), target: "≤ 1.15 × 바닥", met: verdictOf(mine <= 1.15*bottom),
	}
}

func memoryRow(got samples, load string, limit float64) row {
	peak := func(side string) float64 {
		return got.worst(load, side, func(s sample) float64 { return s.peak }) / float64(mib)
	}
	return row{
		number: "4", what: "서버 최대 메모리, " + load, ours: fmt.Sprintf("%.0f MiB", peak(ours)),
		anchors: list(optional(floorWord, peak(floor)), optional(tusdWord, peak(tusd))),
		target:  fmt.Sprintf("≤ %.0f MiB", limit), met: verdictOf(peak(ours) <= limit),
	}
}
