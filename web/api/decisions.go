package api

import (
	"context"

	"jikim/devices/instant"
	"jikim/footage"
	"jikim/footage/review"
	"jikim/web/access"
)

type viewInput struct {
	ID   string `path:"id" doc:"영상 번호"`
	Body struct {
		Reason string `json:"reason" doc:"왜 보는지, 두 글자 이상"`
		Case   string `json:"case,omitempty" doc:"사건 번호"`
	}
}

type viewOutput struct {
	Body struct {
		Content   string `json:"content" doc:"원본의 주소; GET(Range)과 HEAD, 열람을 연 사람만"`
		Proxy     string `json:"proxy,omitempty" doc:"재생용 사본의 주소"`
		Poster    string `json:"poster,omitempty" doc:"대표 그림의 주소"`
		Strip     string `json:"strip,omitempty" doc:"미리보기 그림의 주소; 칸의 배치는 영상의 derivatives에"`
		Track     string `json:"track,omitempty" doc:"지도에 그릴 이동 경로(GeoJSON, 500점 이하)의 주소"`
		TrackFull string `json:"track_full,omitempty" doc:"이동 경로 전체(한 줄에 한 점)의 주소"`
		ExpiresAt string `json:"expires_at" format:"date-time"`
	}
}

func (a *edge) openView(ctx context.Context, who access.Who, in *viewInput) (*viewOutput, error) {
	if _, err := a.clip(ctx, who, access.ViewContent, in.ID); err != nil {
		return nil, err
	}
	token, v, err := a.Desk.OpenView(ctx, who.Actor(), in.ID, in.Body.Reason, in.Body.Case)
	if err != nil {
		return nil, err
	}
	dossier, err := a.Records.Dossier(ctx, in.ID)
	if err != nil {
		return nil, orNoClip(err)
	}
	out := &viewOutput{}
	out.Body.Content = addressOf(token, "content")
	out.Body.ExpiresAt = moment(v.ExpiresAt)
	for _, d := range dossier.Derivatives {
		address := out.Body.Content + "?what=" + d.Kind
		switch {
		case d.State != footage.Made:
		case d.Kind == review.Proxy:
			out.Body.Proxy = address
		case d.Kind == review.Poster:
			out.Body.Poster = address
		case d.Kind == review.Strip:
			out.Body.Strip = addressOf(token, review.Strip)
		case d.Kind == review.Track:
			out.Body.Track, out.Body.TrackFull = addressOf(token, review.Track), addressOf(token, review.TrackLines)
		}
	}
	return out, nil
}

type holdInput struct {
	ID   string `path:"id" doc:"영상 번호"`
	Body struct {
		Basis  string `json:"basis" doc:"request(열람등 청구), evidence(증거자료), preservation(보존 요청), other(그 밖의 사유)"`
		Reason string `json:"reason" doc:"왜 보류하는지, 두 글자 이상"`
		Until  string `json:"until,omitempty" doc:"다시 볼 날, 2026-10-03; 저절로 풀리지 않음"`
	}
}

type holdOutput struct{ Body holdForm }

func (a *edge) placeHold(ctx context.Context, who access.Who, in *holdInput) (*holdOutput, error) {
	if _, err := a.clip(ctx, who, access.PlaceHold, in.ID); err != nil {
		return nil, err
	}
	h, err := a.Desk.PlaceHold(ctx, who.Actor(), in.ID, in.Body.Basis, in.Body.Reason, instant.Date(in.Body.Until))
	if err != nil {
		return nil, err
	}
	return &holdOutput{Body: holdOf(h)}, nil
}

type releaseInput struct {
	ID     string `path:"id" doc:"영상 번호"`
	Hold   string `path:"hold"`
	Reason string `query:"reason" doc:"왜 푸는지; 본문에 적어도 됨"`
	Body   *struct {
		Reason string `json:"reason" doc:"왜 푸는지, 두 글자 이상"`
	} `required:"false"`
}

func (a *edge) releaseHold(ctx context.Context, who access.Who, in *releaseInput) (*struct{}, error) {
	if _, err := a.clip(ctx, who, access.ReleaseHold, in.ID); err != nil {
		return nil, err
	}
	reason := in.Reason
	if in.Body != nil {
		reason = in.Body.Reason
	}
	hold := in.Hold
	if !recordID.MatchString(hold) {
		hold = "-" // no hold has this name
	}
	return nil, a.Desk.ReleaseHold(ctx, who.Actor(), in.ID, hold, reason)
}

type correctInput struct {
	ID   string `path:"id" doc:"영상 번호"`
	Body struct {
		Field string `json:"field" doc:"captured_at, device, purpose"`
		Now   string `json:"now" doc:"새 값: 시각은 2026-10-03T14:05(한국 시각)나 RFC 3339, 기기는 ID나 일련번호, 목적은 ID"`
		Why   string `json:"why" doc:"어떻게 알았는지, 두 글자 이상"`
	}
}

type correctOutput struct{ Body correction }

func (a *edge) correct(ctx context.Context, who access.Who, in *correctInput) (*correctOutput, error) {
	if _, err := a.clip(ctx, who, access.Correct, in.ID); err != nil {
		return nil, err
	}
	k, err := a.Desk.Correct(ctx, who.Actor(), in.ID, in.Body.Field, in.Body.Now, in.Body.Why)
	if err != nil {
		return nil, err
	}
	return &correctOutput{Body: correctionOf(k)}, nil
}
