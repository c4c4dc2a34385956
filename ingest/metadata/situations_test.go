package metadata_test

import (
	"slices"
	"time"

	"jikim/devices"
	"jikim/devices/instant"
	"jikim/ingest/metadata"
)

func cand(value, source, zone, meaning string) metadata.Candidate {
	return metadata.Candidate{Value: value, Source: source, Zone: zone, Meaning: meaning}
}

func name(value string) metadata.Candidate { return cand(value, "name", "assumed", "start") }

func mvhd(value string) metadata.Candidate { return cand(value, "mp4:mvhd", "assumed", "unknown") }

func original(value string) metadata.Candidate {
	return cand(value, "exif:DateTimeOriginal", "assumed", "start")
}

func stated(value string) metadata.Candidate {
	return cand(value, "exif:DateTimeOriginal+OffsetTimeOriginal", "stated", "start")
}

func modified(value string) metadata.Candidate {
	return cand(value, "exif:ModifyDate", "assumed", "start")
}

func satellite(value, source string) metadata.Candidate { return cand(value, source, "gps", "start") }

func photoGPS(value string) metadata.Candidate {
	return cand(value, "exif:GPSDateTime", "gps", "unknown")
}

func srt(value string) metadata.Candidate { return cand(value, "srt", "assumed", "start") }

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// docked is what a dock measures that hears shown at the moment heard.
func docked(shown, heard string, policy devices.ClockPolicy) metadata.ClockCheck {
	return metadata.CheckAtDock(shown, at(heard), policy)
}

// looked is what the registry says of a clock that ran ahead on a day.
func looked(aheadS int, on instant.Date, policy devices.ClockPolicy) metadata.ClockCheck {
	check, _ := metadata.CheckByRegistry(devices.Device{ClockAheadS: &aheadS, ClockCheckedOn: on, Clock: policy})
	return check
}

// checked adds looks at the clock to a context.
func checked(ctx metadata.Context, checks ...metadata.ClockCheck) metadata.Context {
	ctx.Checks = checks
	return ctx
}

var (
	none   = metadata.Context{}
	kst    = metadata.Context{DeviceClock: devices.ClockKST}
	utc    = metadata.Context{DeviceClock: devices.ClockUTC}
	seoul  = &metadata.Position{Lat: 37.5665, Lon: 126.978}
	inKST  = metadata.Context{Position: seoul}
	zurich = metadata.Context{Position: &metadata.Position{Lat: 47.3541, Lon: 10.1913}}
)

// situation is what was found in a file and what is known beside it.
type situation struct {
	name string
	in   []metadata.Candidate
	ctx  metadata.Context
}

// lasting gives a context with a playing time.
func lasting(d time.Duration, ctx metadata.Context) metadata.Context {
	ctx.Duration = d
	return ctx
}

func those(c ...metadata.Candidate) []metadata.Candidate { return c }

// situations are the traps of real footage, one by one: those of the format, of
// each maker, of dead batteries, of time zones, of editing.
var situations = slices.Concat(
	photoSituations, movieSituations, actionCameraSituations, droneSituations, phoneSituations,
	dashcamSituations, camcorderSituations, doubtfulSituations, registrySituations, driftSituations, placeSituations,
)

var photoSituations = []situation{
	{"아무 시각도 없음", nil, none},
	{"사진의 촬영 일시만 있음: 시간대를 모름", those(original("2026-10-03T14:05:00")), none},
	{"촬영 일시와 함께 시간대가 적혀 있음", those(stated("2026-10-03T14:05:00+09:00")), none},
	{"적혀 있는 시간대는 등록된 시간대보다 앞섬", those(stated("2026-10-03T07:05:00+02:00")), kst},
	{"사진의 GPS 시각으로 시간대를 알아냄", those(original("2026-10-03T14:05:15"), photoGPS("2026-10-03T05:05:00Z")), none},
	{"사진의 GPS 시각이 몇 분 어긋나 시간대를 알아낼 수 없음", those(original("2026-10-03T14:05:15"), photoGPS("2026-10-03T05:12:40Z")), none},
	{"사진의 GPS 시각이 며칠 전의 것임", those(original("2026-10-03T14:05:15"), photoGPS("2026-09-28T02:10:00Z")), none},
	{"고친 일시에만 시간대가 적혀 있음: 촬영 일시의 것이 아님", those(cand("2023-02-23T19:35:15+08:00", "exif:ModifyDate+OffsetTime", "stated", "start")), none},
	{"편집한 사진: 고친 일시가 5년 뒤", those(original("2018-03-31T17:17:34"), cand("2023-02-23T19:35:15+08:00", "exif:ModifyDate+OffsetTime", "stated", "start")), none},
	{"고친 일시가 촬영 일시와 같음", those(original("2026-10-03T14:05:00"), modified("2026-10-03T14:05:00")), none},
	{"고친 일시가 촬영 일시보다 앞섬", those(original("2026-10-03T14:05:00"), modified("2026-10-01T09:00:00")), none},
	{"부가 정보(XMP)에 한 순간의 시간대가 두 가지", those(original("2007-08-15T10:13:13"), cand("2007-08-15T10:13:13", "xmp:CreateDate", "assumed", "unknown")), none},
	{"부가 정보의 일시가 1970년: 사진의 촬영 일시는 멀쩡함", those(original("2019-10-03T09:10:11"), cand("1970-01-01T00:00:00", "xmp:CreateDate", "assumed", "unknown")), none},
	{"날짜가 아닌 것이 적혀 있음", those(original("    :  :     :  :  ")), none},
}

var movieSituations = []situation{
	{"영상 머리말의 일시뿐: 규격으로는 UTC", those(mvhd("2026-10-03T05:05:00Z")), none},
	{"머리말의 일시가 이름과 같음: 현지 시각", those(mvhd("2026-10-03T14:05:01Z"), name("2026-10-03T14:05:00")), lasting(5*time.Minute, none)},
	{"머리말의 일시가 이름보다 9시간 앞섬: UTC이며 시간대를 알아냄", those(mvhd("2026-10-03T05:05:01Z"), name("2026-10-03T14:05:00")), lasting(5*time.Minute, none)},
	{"머리말의 일시가 녹화가 끝난 시각(UTC)", those(mvhd("2026-10-03T05:51:37Z"), name("2026-10-03T14:50:59")), lasting(36900*time.Millisecond, none)},
	{"머리말의 일시가 녹화가 끝난 시각(현지)", those(mvhd("2026-10-03T14:51:37Z"), name("2026-10-03T14:50:59")), lasting(36900*time.Millisecond, none)},
	{"머리말의 일시가 녹화가 끝난 시각, 등록된 한국 기기", those(mvhd("2026-10-03T14:51:37Z"), name("2026-10-03T14:50:59")), lasting(36900*time.Millisecond, kst)},
	{"머리말의 일시와 이름이 맞지 않음", those(mvhd("2026-10-03T05:20:11Z"), name("2026-10-03T14:05:00")), lasting(time.Minute, none)},
	{"트랙의 일시가 머리말과 다름: 잘라 낸 영상", those(mvhd("2026-10-05T01:00:00Z"), cand("2026-10-03T05:05:00Z", "mp4:mdhd", "assumed", "unknown")), lasting(time.Minute, none)},
	{"머리말의 일시가 32비트의 끝(2040-02-06)에 있음", those(mvhd("2040-02-06T06:28:15Z")), metadata.Context{Now: at("2026-10-04T00:00:00Z")}},
}

var actionCameraSituations = []situation{
	{"액션캠: 위성 시각과, 현지 시각인 머리말", those(satellite("2019-11-18T23:45:14Z", "gpmf:GPSU"), mvhd("2019-11-18T15:45:32")), none},
	{"드론에 단 액션캠: 머리말도 UTC", those(satellite("2019-11-18T23:45:14Z", "gpmf:GPSU"), mvhd("2019-11-18T23:45:20")), none},
	{"액션캠: 위성을 잡지 못함", those(cand("2019-11-18T23:42:08.645Z", "gpmf:no-lock", "gps", "start")), none},
	{"액션캠: 위성을 잡지 못하고 머리말은 현지 시각", those(mvhd("2019-11-18T15:42:20"), cand("2019-11-18T23:42:08.645Z", "gpmf:no-lock", "gps", "start")), none},
	{"액션캠: 다시 담은 파일이라 위성 시각만 남음", those(satellite("2018-01-24T19:27:58.674Z", "gpmf:GPSU")), none},
	{"액션캠: 이어진 둘째 장, 머리말은 첫 장의 시각", those(satellite("2026-10-03T05:17:47Z", "gpmf:GPSU"), mvhd("2026-10-03T14:05:02")), lasting(707*time.Second, none)},
	{"액션캠 사진: GPS가 15초 늦음", those(original("2017-10-03T10:58:29"), photoGPS("2017-10-03T14:58:14Z")), none},
}

var droneSituations = []situation{
	{"드론 사진: 현지 시각, 시간대 없음, GPS 시각도 없음", those(original("2016-06-23T16:31:59")), none},
	{"드론 비행 기록(SRT): 시간대 없음", those(srt("2026-05-31T16:15:29.797"), name("2026-05-31T16:15:29")), none},
	{"드론 비행 기록이 영상 이름과 어긋남", those(srt("2026-05-31T16:15:29.797"), name("2026-05-31T15:40:00")), none},
	{"드론 영상의 자막 트랙과, 끝난 시각인 머리말", those(cand("2026-10-03T14:05:00", "mp4:text", "assumed", "start"), mvhd("2026-10-03T05:10:00Z")), lasting(5*time.Minute, none)},
	{"드론 영상에 함께 기록된 위성 시각", those(satellite("2026-10-03T05:05:00Z", "djmd:GPSDateTime"), mvhd("2026-10-03T05:05:03Z"), name("2026-10-03T14:05:01")), none},
	{"열화상 카메라: 현지 시각에 +00:00이 잘못 붙음, 인도에서 촬영", those(stated("2018-07-27T14:51:54Z")), metadata.Context{Position: &metadata.Position{Lat: 9.9721, Lon: 76.3778}}},
	{"항공 표준(MISB) 기록: UTC", those(cand("2009-01-12T22:08:22Z", "klv:timestamp", "stated", "start")), none},
}

var phoneSituations = []situation{
	{"휴대전화: 촬영 일시에 시간대가 있고 머리말은 5년 뒤 편집한 때", those(cand("2019-02-12T15:27:12+08:00", "quicktime:creationdate", "stated", "start"), cand("2024-02-02T08:09:57Z", "mp4:mvhd", "profile", "unknown")), none},
	{"휴대전화: 머리말이 촬영보다 17초 뒤", those(cand("2019-07-24T11:25:40+03:00", "quicktime:creationdate", "stated", "start"), cand("2019-07-24T08:25:57Z", "mp4:mvhd", "profile", "unknown")), lasting(4*time.Second, none)},
	{"휴대전화: UTC로 적는 것으로 알려짐", those(cand("2024-02-09T20:23:48Z", "mp4:mvhd", "profile", "unknown")), none},
	{"휴대전화: UTC로 적는 것으로 알려졌으면 한국 기기로 등록되어도 그대로", those(cand("2024-02-09T20:23:48Z", "mp4:mvhd", "profile", "unknown")), kst},
	{"휴대전화: 머리말은 UTC, 이름은 현지 시각", those(cand("2026-10-03T05:05:01Z", "mp4:mvhd", "profile", "unknown"), name("2026-10-03T14:05:00")), lasting(5*time.Minute, none)},
	{"휴대전화: 이름도 머리말도 UTC", those(mvhd("2023-10-06T06:39:09Z"), cand("2023-10-06T06:39:09Z", "name", "profile", "start")), none},
	{"휴대전화 앱: 따로 적은 일시에 시간대, 머리말은 34초 뒤", those(cand("2020-11-20T15:04:02+01:00", "mp4:date", "stated", "start"), mvhd("2020-11-20T14:04:36Z")), lasting(3635*time.Millisecond, none)},
}

var dashcamSituations = []situation{
	{"블랙박스: 자막 트랙의 위성 시각, 현지 시각인 이름", those(satellite("2026-06-02T04:16:45.444Z", "nmea:RMC"), name("2026-06-01T21:16:47")), none},
	{"블랙박스: 한 영상 안에서 UTC가 현지 시각으로 바뀜", those(satellite("2026-04-06T14:22:05+03:00", "freegps")), none},
	{"블랙박스: 위성 행은 UTC, 나머지 행은 현지 시각", those(satellite("2026-05-20T21:45:27+03:00", "ssmd"), name("2026-05-20T21:45:27")), none},
	{"블랙박스: 위치 기록은 UTC, 이름은 현지 시각", those(satellite("2026-06-25T04:48:58Z", "nmea:RMC"), name("2026-06-25T14:48:59")), none},
	{"블랙박스: 영상 뒤에 붙은 표의 현지 시각", those(cand("2026-08-03T11:34:53", "ligogps", "assumed", "start")), none},
	{"블랙박스: 제조사 초깃값이 머리말에 있음", those(mvhd("2014-11-14T07:34:24Z")), none},
	{"블랙박스: 제조사 초깃값과, 멀쩡한 이름", those(mvhd("2014-11-14T07:34:24Z"), name("2019-11-30T12:12:56")), none},
	{"바디캠: 위치 기록의 위성 시각", those(satellite("2022-08-23T11:47:06Z", "axis:gpstrail")), none},
	{"이름의 시각뿐", those(name("2026-01-01T12:00:00")), none},
	{"이름의 시각뿐, 등록된 한국 기기", those(name("2026-01-01T12:00:00")), kst},
	{"UTC로 적힌 이름의 시각뿐", those(cand("2023-10-06T06:39:09Z", "name", "profile", "start")), none},
}

var camcorderSituations = []situation{
	{"캠코더: 머리말이 같은 때 찍은 사진의 현지 시각과 같음", those(mvhd("2023-10-21T10:20:01")), none},
	{"캠코더: AVI의 현지 시각", those(cand("2021-03-26T21:19:07", "riff:IDIT", "assumed", "start")), none},
	{"캠코더: 영상 안의 일시에 시간대가 있음(AVCHD)", those(cand("2019-04-24T22:24:00+02:00", "h264:MDPM", "stated", "start")), none},
	{"캠코더: 영상 안의 일시에 시간대가 없음(AVCHD)", those(cand("2019-04-24T22:24:00", "h264:MDPM", "assumed", "start")), kst},
}

var doubtfulSituations = []situation{
	{"시계가 1970년으로 돌아감", those(mvhd("1970-01-01T00:03:12Z")), none},
	{"시계가 1904년으로 돌아감, 이름은 남음", those(mvhd("1904-01-01T00:00:05Z"), name("2026-10-03T14:05:00")), none},
	{"시계가 1980년으로 돌아감", those(original("1980-01-01T00:01:40")), kst},
	{"시계가 2000년으로 돌아감", those(original("2000-01-01T00:03:12")), kst},
	{"시계가 2015년으로 돌아감", those(mvhd("2015-01-01T00:02:00Z")), kst},
	{"시계가 2019년으로 돌아감", those(mvhd("2019-01-01T00:00:41Z")), kst},
	{"기기를 들여오기 전의 시각", those(original("2019-05-01T10:00:00")), metadata.Context{DeviceClock: devices.ClockKST, BoughtOn: "2024-03-02"}},
	{"기기를 들여온 바로 그날", those(original("2024-03-02T00:10:00")), metadata.Context{DeviceClock: devices.ClockKST, BoughtOn: "2024-03-02"}},
	{"아직 오지 않은 시각", those(original("2026-10-03T18:00:00")), metadata.Context{DeviceClock: devices.ClockKST, Now: at("2026-10-03T17:00:00+09:00")}},
	{"몇 분 앞선 것은 시계의 오차", those(original("2026-10-03T17:05:00")), metadata.Context{DeviceClock: devices.ClockKST, Now: at("2026-10-03T17:00:00+09:00")}},
	{"시간대를 모르면 앞선 듯해도 지난 때일 수 있음", those(original("2026-10-03T18:00:00")), metadata.Context{Now: at("2026-10-03T17:00:00+09:00")}},
	{"머리말을 UTC로 보면 아직 오지 않은 때: 현지 시각으로 봄", those(mvhd("2026-10-03T14:05:00Z")), metadata.Context{Now: at("2026-10-03T15:00:00+09:00")}},
	{"머리말이 어떻게 보아도 아직 오지 않은 때", those(mvhd("2026-10-05T14:05:00Z")), metadata.Context{Now: at("2026-10-03T15:00:00+09:00")}},
	{"시계가 2019년으로 돌아갔는데 기기가 UTC로 고쳐 적음", those(mvhd("2018-12-31T15:00:41Z")), kst},
	{"시계가 해마다의 1월 1일 0시를 가리킴", those(original("2021-01-01T00:02:10")), kst},
	{"1월 1일 0시, 위성 시각", those(satellite("2026-12-31T15:00:05Z", "gpmf:GPSU")), inKST},
	{"시작은 지났으나 재생 시간을 더하면 아직 오지 않은 때에 끝남", those(original("2026-10-03T16:50:00")), lasting(40*time.Minute, metadata.Context{DeviceClock: devices.ClockKST, Now: at("2026-10-03T17:00:00+09:00")})},
	{"위성의 주 번호가 다시 시작됨: 1,024주 앞선 위성 시각", those(satellite("2007-02-17T05:05:03Z", "nmea:RMC"), name("2026-10-03T14:05:00")), metadata.Context{Now: at("2026-10-04T00:00:00Z"), DeviceClock: devices.ClockKST}},
	{"두 세기 앞선 시각", those(original("2216-11-15T11:46:51")), none},
	{"위성 시각은 믿을 수 없고 기기 시계는 멀쩡함", those(satellite("2046-10-03T05:05:00Z", "gpmf:GPSU"), original("2026-10-03T14:05:00")), metadata.Context{Now: at("2026-10-04T00:00:00Z"), DeviceClock: devices.ClockKST}},
}

var registrySituations = []situation{
	{"등록된 한국 기기의 시계", those(original("2026-10-03T14:05:00")), kst},
	{"UTC를 쓰는 것으로 등록된 기기의 시계", those(original("2026-10-03T05:05:00")), utc},
	{"등록된 한국 바디캠: 머리말의 일시는 한국 시각(자정 뒤의 날짜)", those(mvhd("2026-10-03T00:30:00Z")), kst},
	{"등록된 한국 기기인데 머리말이 이름보다 9시간 앞섬: 실은 UTC", those(mvhd("2026-10-02T23:30:01Z"), name("2026-10-03T08:30:00")), lasting(5*time.Minute, kst)},
	{"1988년 한국의 서머타임", those(original("1988-07-01T12:00:00")), kst},
}

var (
	dock17     = "2026-10-03T17:00:00+09:00" // when the dock asked
	slow       = docked("2026-10-03T16:56:48", dock17, devices.ClockKST)
	fast       = docked("2026-10-03T17:03:12", dock17, devices.ClockKST)
	slowUnsure = docked("2026-10-03T16:56:48", dock17, devices.ClockUnknown)
	beijing    = docked("2026-10-03T15:59:48", dock17, devices.ClockUnknown)
	atUTC      = docked("2026-10-03T08:00:20", dock17, devices.ClockUnknown)
	now17      = metadata.Context{Now: at("2026-10-03T17:00:05+09:00")}
	nowKST     = metadata.Context{DeviceClock: devices.ClockKST, Now: now17.Now}
)

var driftSituations = []situation{
	{"도크에서 잰 오차: 기기 시계가 늦음", those(original("2026-10-03T14:05:00")), checked(nowKST, slow)},
	{"도크에서 잰 오차: 기기 시계가 빠름", those(original("2026-10-03T14:05:00")), checked(nowKST, fast)},
	{"도크에서 잰 오차가 없음", those(original("2026-10-03T14:05:00")), checked(nowKST, docked("2026-10-03T16:59:59", dock17, devices.ClockKST))},
	{"도크에서 잰 오차: 같은 시계로 적은 이름은 어긋난 것이 아님", those(original("2026-10-03T14:05:00"), name("2026-10-03T14:05:00")), checked(nowKST, slow)},
	{"도크에서 잰 오차: 위성 시각에는 더하지 않음", those(satellite("2026-10-03T05:05:00Z", "nmea:RMC")), checked(now17, slow)},
	{"도크에서 잰 오차: 위성 시각과 카메라 시계의 차이가 그 오차와 같음", those(satellite("2026-10-03T05:08:12Z", "gpmf:GPSU"), original("2026-10-03T14:05:00")), checked(nowKST, slow)},
	{"도크에서 잰 오차: 시간대가 적힌 시각도 같은 시계로 적은 것", those(stated("2026-10-03T14:05:00+09:00")), checked(now17, slow)},
	{"도크에서 잰 오차: 이름만 있는 파일", those(name("2026-10-03T14:05:00")), checked(nowKST, slow)},
	{"도크에서 잰 오차: 한국 시각과 견주었으므로 시간대도 앎", those(original("2026-10-03T14:05:00")), checked(now17, slowUnsure)},
	{"도크에서 잰 오차: 머리말이 현지 시각인지 UTC인지는 그래도 모름", those(mvhd("2026-10-03T05:05:00Z")), checked(now17, slowUnsure)},
	{"도크에서 잰 오차: 머리말이 녹화가 끝난 시각(UTC)이고 이름은 현지 시각", those(mvhd("2026-10-03T05:51:37Z"), name("2026-10-03T14:50:59")), checked(lasting(36900*time.Millisecond, now17), slowUnsure)},
	{"도크의 기기 시계가 중국 시각: 한국 시각으로 고침", those(original("2026-10-03T13:05:00")), checked(now17, beijing)},
	{"도크의 기기 시계가 중국 시각: 머리말은 UTC, 이름은 중국 시각", those(mvhd("2026-10-03T05:05:01Z"), name("2026-10-03T13:05:00")), checked(lasting(5*time.Minute, now17), beijing)},
	{"도크의 기기 시계가 중국 시각: 머리말도 중국 시각", those(mvhd("2026-10-03T13:05:01Z"), name("2026-10-03T13:05:00")), checked(lasting(5*time.Minute, now17), beijing)},
	{"도크의 기기 시계가 세계 표준시: 머리말은 어느 쪽이든 UTC", those(mvhd("2026-10-03T05:05:00Z")), checked(now17, atUTC)},
	{"도크의 기기 시계가 세계 표준시: 시간대 없는 촬영 일시", those(original("2026-10-03T05:05:00")), checked(now17, atUTC)},
	{"UTC를 쓰는 것으로 등록된 기기: 도크의 기기 시계도 UTC로 읽음", those(original("2026-10-03T05:05:00")), checked(utc, docked("2026-10-03T07:56:48", dock17, devices.ClockUTC))},
	{"도크가 시간대까지 보냄", those(original("2026-10-03T13:05:00")), checked(now17, docked("2026-10-03T15:56:48+08:00", dock17, devices.ClockUnknown))},
	{"기기 시계가 40분 빠름: 아직 오지 않은 때로 보이나 오차를 빼면 멀쩡함", those(original("2026-10-03T17:35:00")), checked(nowKST, docked("2026-10-03T17:40:00", dock17, devices.ClockKST))},
	{"기기 시계가 하루 넘게 틀림: 바로잡지 않음", those(original("2026-09-30T14:05:00")), checked(nowKST, docked("2026-09-30T17:00:00", dock17, devices.ClockKST))},
	{"기기 시계가 하루 넘게 틀림: 위성 시각은 멀쩡함", those(satellite("2026-10-03T05:05:00Z", "gpmf:GPSU"), mvhd("2026-09-30T14:05:00Z")), checked(nowKST, docked("2026-09-30T17:00:00", dock17, devices.ClockKST))},
	{"반납할 때 기기 시계가 초기화되어 있음: 그전에 찍은 것은 멀쩡함", those(original("2026-09-30T14:05:00")), checked(nowKST, docked("2000-01-01T02:58:12", dock17, devices.ClockKST))},
	{"반납할 때 기기 시계가 초기화되어 있음", those(original("2000-01-01T00:03:12")), checked(nowKST, docked("2000-01-01T02:58:12", dock17, devices.ClockKST))},
	{"시계가 초기화된 뒤 사흘째에 찍은 것: 도크의 기기 시계로 드러남", those(original("2000-01-03T09:10:11")), checked(nowKST, docked("2000-01-04T02:58:12", dock17, devices.ClockKST))},
	{"반년 전에 찍은 것: 오늘 잰 오차로 바로잡지 않음", those(original("2026-03-01T14:05:00")), checked(nowKST, slow)},
	{"도크가 보낸 기기 시계가 시각이 아님", those(original("2026-10-03T14:05:00")), checked(nowKST, docked("배터리 없음", dock17, devices.ClockKST))},
	{"명부에 적힌 오차: 두 주 전에 확인", those(original("2026-10-03T14:05:00")), checked(nowKST, looked(95, "2026-09-20", devices.ClockKST))},
	{"명부에 적힌 오차: 촬영한 뒤에 확인", those(original("2026-10-03T14:05:00")), checked(metadata.Context{DeviceClock: devices.ClockKST}, looked(-95, "2026-11-02", devices.ClockKST))},
	{"명부에 적힌 오차: 1년 전에 확인하여 쓰지 않음", those(original("2026-10-03T14:05:00")), checked(nowKST, looked(95, "2025-09-20", devices.ClockKST))},
	{"명부에 적힌 오차: 확인한 것으로 시간대도 앎", those(original("2026-10-03T14:05:00")), checked(now17, looked(0, "2026-09-20", devices.ClockUnknown))},
	{"도크에서 잰 오차가 명부에 적힌 것보다 앞섬", those(original("2026-10-03T14:05:00")), checked(nowKST, slow, looked(95, "2026-09-20", devices.ClockKST))},
	{"도크가 보낸 것을 읽을 수 없으면 명부에 적힌 오차", those(original("2026-10-03T14:05:00")), checked(nowKST, docked("--:--", dock17, devices.ClockKST), looked(95, "2026-09-20", devices.ClockKST))},
	{"시각이 없는 파일에는 오차를 더할 것도 없음", nil, checked(nowKST, slow)},
}

var placeSituations = []situation{
	{"촬영 위치가 한국: 시간대 없는 촬영 일시는 한국 시각", those(original("2026-10-03T14:05:00")), inKST},
	{"촬영 위치가 한국: 새벽에 찍은 것은 전날이 아님", those(srt("2026-10-03T00:30:00")), inKST},
	{"촬영 위치가 한국: 위성 시각을 한국 시각으로 나타냄", those(satellite("2026-10-02T15:30:00Z", "gpmf:GPSU")), inKST},
	{"촬영 위치가 한국: 머리말이 이름과 같으면 현지 시각, 곧 한국 시각", those(mvhd("2026-10-03T14:05:01Z"), name("2026-10-03T14:05:00")), inKST},
	{"촬영 위치가 한국이라도 UTC로 등록된 기기는 UTC", those(original("2026-10-03T05:05:00")), metadata.Context{DeviceClock: devices.ClockUTC, Position: seoul}},
	{"촬영 위치가 한국인데 +02:00이 적혀 있음", those(stated("2026-10-03T07:05:00+02:00")), inKST},
	{"촬영 위치가 외국: 시간대를 알 수 없음", those(original("2019-10-03T09:10:11")), zurich},
	{"촬영 위치가 한국: 1988년의 서머타임", those(original("1988-07-01T12:00:00")), inKST},
}
