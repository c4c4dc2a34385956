package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jikim/footage/review"
)

// config is huma without what would reach out of a closed network (its
// documentation page) or into our answers ($schema links).
func config(version string) huma.Config {
	c := huma.DefaultConfig("지킴 API", version)
	c.Info.Description = "이동형 영상정보처리기기 영상 관리. 거절은 application/problem+json이며 detail은 사람을 위한 문장, code는 프로그램을 위한 고정된 낱말입니다."
	c.Servers = []*huma.Server{{URL: Base}}
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.RejectUnknownQueryParameters = true // a misspelt filter must not show everything
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "jikim token create로 만든 토큰"},
		"session": {Type: "apiKey", In: "cookie", Name: "jikim", Description: "화면에서 로그인한 사람(https에서는 __Host-jikim)"},
	}
	c.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	return c
}

// operationID names a call: "get-clips-id-holds".
func operationID(method, path string) string {
	name := strings.NewReplacer("{", "", "}", "", "/", "-").Replace(path)
	return strings.ToLower(method) + name
}

// describeOthers adds the calls that are not JSON: the content of a view, and
// the upload protocol beside us.
func describeOthers(o *huma.OpenAPI) {
	token := parameter("path", "token", "열람 주소의 토큰", true)
	what := parameter("query", "what", "original(기본), poster, proxy, strip, track, track.jsonl", false)
	span := parameter("header", "Range", "bytes=0-1048575", false)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		describe(o, method, "/views/{token}/content", "열람 중인 영상의 내용", []*huma.Param{token, what, span},
			"200", "전체 내용", "206", "요청한 범위", "404", "이 사람의 열람이 아님", "410", "열람 시간이 지났거나 파기됨", "416", "범위가 맞지 않음")
		for kind, summary := range map[string]string{
			review.Poster: "열람 중인 영상의 대표 화면(JPEG)", review.Proxy: "재생용 사본(MP4)", review.Strip: "미리보기 그림(JPEG)",
			review.Track: "이동 경로(GeoJSON, 500점 이하; properties.offset_s는 점마다 시작부터의 초)", review.TrackLines: "이동 경로 전체(JSON Lines)",
		} {
			describe(o, method, "/views/{token}/"+kind, summary, []*huma.Param{token, span},
				"200", "전체 내용", "206", "요청한 범위", "404", "이 사람의 열람이 아니거나 만들지 않은 사본", "410", "열람 시간이 지났거나 파기됨", "416", "범위가 맞지 않음")
		}
	}
	id := parameter("path", "id", "전송 번호", true)
	resumable := parameter("header", "Tus-Resumable", "1.0.0", true)
	describe(o, http.MethodPost, "/uploads", "새 전송(tus 1.0.0 creation, creation-with-upload)", []*huma.Param{
		resumable,
		parameter("header", "Upload-Length", "바이트", true),
		parameter("header", "Upload-Metadata", "filename, path, device, device_clock(기기 시계가 지금 가리키는 시각), mtime, sha256, purpose, batch", true),
	}, "201", "Location에 전송 주소", "413", "너무 큼", "507", "저장 공간 없음")
	describe(o, http.MethodHead, "/uploads/{id}", "이어 보낼 위치", []*huma.Param{id, resumable}, "200", "Upload-Offset까지 안전하게 저장됨")
	describe(o, http.MethodPatch, "/uploads/{id}", "이어 보내기", []*huma.Param{
		id, resumable, parameter("header", "Upload-Offset", "바이트", true),
	}, "204", "Upload-Offset까지 안전하게 저장됨", "409", "위치가 맞지 않음")
	describe(o, http.MethodDelete, "/uploads/{id}", "전송 취소(termination)", []*huma.Param{id, resumable}, "204", "받은 부분을 지움")
}

func parameter(in, name, description string, required bool) *huma.Param {
	return &huma.Param{In: in, Name: name, Description: description, Required: required, Schema: &huma.Schema{Type: huma.TypeString}}
}

// describe adds one call; responses are pairs of status and description.
func describe(o *huma.OpenAPI, method, path, summary string, params []*huma.Param, responses ...string) {
	op := &huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary,
		Parameters: params, Responses: map[string]*huma.Response{},
	}
	for i := 0; i+1 < len(responses); i += 2 {
		op.Responses[responses[i]] = &huma.Response{Description: responses[i+1]}
	}
	o.AddOperation(op)
}
