package api

import (
	"context"
	"fmt"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/ledger"
	"jikim/web/access"
)

type uploadInput struct {
	ID string `path:"id" doc:"전송 번호"`
}

type uploadOutput struct {
	Body uploadForm
}

// uploadForm is how far a file is on its way in.
type uploadForm struct {
	State     string `json:"state" enum:"receiving,checking,checked-in,refused"`
	Clip      string `json:"clip,omitempty" doc:"등록된 영상의 번호; 이미 있던 파일이면 그 영상"`
	ClipState string `json:"clip_state,omitempty" enum:"registered,review,destroying,destroyed" doc:"등록된 영상의 상태; review이면 사람이 확인해야 함"`
	Receipt   string `json:"receipt,omitempty" doc:"접수증: 영상 번호, 원본 해시, 관리대장 항목 번호"`
	Code      string `json:"code,omitempty"`
	Detail    string `json:"detail,omitempty" doc:"거절한 까닭이나 확인할 것"`
	SHA256    string `json:"sha256,omitempty"`
	Bytes     int64  `json:"bytes,omitempty" doc:"안전하게 저장된 바이트"`
}

var errNoUpload = refuse.New(refuse.NotFound, "upload-not-found", "찾는 전송이 없습니다. 파일을 새로 보내세요.")

// getUpload answers who sends the file, and who may upload for the department
// it is sent for; for everybody else it is not there.
func (a *edge) getUpload(ctx context.Context, who access.Who, in *uploadInput) (*uploadOutput, error) {
	if !recordID.MatchString(in.ID) {
		return nil, errNoUpload
	}
	u, err := a.Records.Upload(ctx, in.ID)
	if r, ok := refuse.As(err); ok && r.Kind == refuse.NotFound {
		return nil, errNoUpload
	} else if err != nil {
		return nil, err
	}
	if u.Account != who.Account && !access.May(who, access.Upload, u.Department) {
		return nil, errNoUpload
	}
	form := uploadForm{State: string(u.State), Clip: u.Clip, Code: u.Code, Detail: u.Detail, Bytes: u.Offset}
	if u.State == footage.CheckedIn {
		if err := a.addReceipt(ctx, &form); err != nil {
			return nil, err
		}
	}
	return &uploadOutput{Body: form}, nil
}

// addReceipt says under which entry of the ledger the clip came in: with it,
// and a checkpoint, anyone can prove later that it did.
func (a *edge) addReceipt(ctx context.Context, form *uploadForm) error {
	c, err := a.Records.Clip(ctx, form.Clip)
	if err != nil {
		return err
	}
	rows, err := a.Records.History(ctx, c.RecordName())
	if err != nil {
		return err
	}
	form.SHA256, form.Bytes, form.ClipState = c.SHA256, c.Bytes, string(c.State)
	form.Receipt = fmt.Sprintf("%s sha256:%s", c.ID, c.SHA256)
	for _, row := range rows {
		if row.Act == ledger.ActCheckedIn {
			form.Receipt = fmt.Sprintf("%s ledger:%d", form.Receipt, row.Index)
			break
		}
	}
	return nil
}
