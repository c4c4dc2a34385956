package seed

import (
	"context"
	"fmt"
	"strings"
)

// batch is how many rows one statement makes.
const batch = 250_000

const dayMs = 24 * 60 * 60 * 1000

// drawn gives each clip number its chances: h is spread evenly over 0 … 2³¹-1
// and the same on both databases.
const drawn = `SELECT n, (n * 1103515245 + 12345) % 2147483648 AS h FROM SERIES`

// placed adds department, purpose and moment. The square makes the first
// departments large: of 200, the first has 7 % of all, the last 0.3 %.
const placed = `SELECT n, h,
	(h %% 100003) * (h %% 100003) * %d / 10000600009 AS dep,
	CASE WHEN (h / 7) %% 10 < 6 THEN '%s' WHEN (h / 7) %% 10 < 8 THEN '%s' WHEN (h / 7) %% 10 < 9 THEN '%s' ELSE '%s' END AS purpose,
	%d + n * %d + h %% 60000 AS at
	FROM (%s) AS drawn`

// insert is every column of a clip, of the size that real ones have.
const insert = `INSERT INTO clips (id, state, file_name, department, purpose, more_purposes, device, batch,
	bytes, sha256, kind, mime, duration_s, width, height, lat, lon, metadata,
	captured_at, time_confidence, checked_in_at, checked_in_by, sort_at,
	rule, filed_on, expires_on, due_at, reasons, doubts, manifest, media_todo, twin)
SELECT '01930000-0000-7000-8000-' || PAD(n),
	CASE WHEN (h / 13) %% 100 < 1 THEN 'destroyed' WHEN (h / 13) %% 100 < 3 THEN 'review' ELSE 'registered' END,
	'DJI_' || PAD(n) || '.MP4', 'dep-' || dep, purpose, 'null', 'cam-' || dep || '-' || ((h / 11) %% %d), 'card-' || (n / 40),
	h, PAD(h) || PAD(n) || PAD(h) || PAD(n) || PAD(h) || '0000',
	CASE WHEN (h / 17) %% 100 < 70 THEN 'video' WHEN (h / 17) %% 100 < 95 THEN 'photo' ELSE 'telemetry' END, 'video/mp4',
	h %% 900, 1920, 1080, 37.5, 126.7,
	'{"file":"DJI_' || PAD(n) || '.MP4","kind":"video","container":"mp4","mime":"video/mp4","duration_s":60,"width":1920,"height":1080,"video_codec":"h264","make":"DJI","model":"FC6310","captured_at":"2026-10-03T14:05:00+09:00","time":{"confidence":"B","source":"mp4:mvhd","zone":"profile","meaning":"start","why":"기기의 시계로 정했습니다.","candidates":[{"value":"2026-10-03T05:05:00Z","source":"mp4:mvhd","zone":"assumed","meaning":"start"}]}}',
	at, 'B', at + 3600000, 'dock-' || dep, at,
	purpose || '@1', '2026-10-03', CASE WHEN (h / 19) %% 10 < 3 THEN '' ELSE '2026-11-02' END,
	CASE WHEN n %% %d = 0 THEN %d - (h %% 86400000) WHEN (h / 19) %% 10 < 3 THEN NULL ELSE %d + 60000 + h %% %d END,
	'["촬영일 다음 날부터 30일 동안 보관합니다."]', 'null',
	'{"alg":"dare2-aes256gcm-v1","segments":[{"n":1,"len":67108864,"salt":"AAECAwQFBgcICQoLDA0ODw"}]}',
	false, PAD(h) || PAD(n) || PAD(h) || PAD(n) || PAD(h) || '0001'
FROM (%s) AS placed`

// clips makes the clips with the indexes set aside, then brings those back.
func (f *filler) clips(ctx context.Context, p Plan) error {
	indexes, err := f.setIndexesAside(ctx)
	if err != nil {
		return err
	}
	if !f.lite {
		const pad = `CREATE OR REPLACE FUNCTION to_char_12(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lpad($1::text, 12, '0') $$`
		if _, err := f.pool.ExecContext(ctx, pad); err != nil {
			return err
		}
	}
	span := int64(years * 365 * dayMs)
	each := span / int64(p.Clips)
	rows := fmt.Sprintf(placed, Departments(p.Clips), Purposes[0], Purposes[1], Purposes[2], Purposes[3], p.NowMs-span, each, drawn)
	statement := f.dialect(fmt.Sprintf(insert, Devices, dueEvery, p.NowMs, p.NowMs, span, rows))
	for from := 0; from < p.Clips; from += batch {
		if _, err := f.pool.ExecContext(ctx, statement, from, min(from+batch, p.Clips)-1); err != nil {
			return err
		}
	}
	for _, index := range indexes {
		if _, err := f.pool.ExecContext(ctx, index.definition); err != nil {
			return err
		}
	}
	return nil
}

type index struct{ name, definition string }

// setIndexesAside drops the indexes of clips and tells how to make them again.
func (f *filler) setIndexesAside(ctx context.Context) (indexes []index, err error) {
	find := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'clips' AND sql IS NOT NULL`
	if !f.lite {
		find = `SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'clips' AND indexname NOT LIKE '%pkey'`
	}
	rows, err := f.pool.QueryContext(ctx, find)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i index
		if err := rows.Scan(&i.name, &i.definition); err != nil {
			return nil, err
		}
		indexes = append(indexes, i)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, i := range indexes {
		if _, err := f.pool.ExecContext(ctx, "DROP INDEX "+strings.ReplaceAll(i.name, `"`, ``)); err != nil {
			return nil, err
		}
	}
	return indexes, nil
}
