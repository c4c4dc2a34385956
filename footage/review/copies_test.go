package review_test

import (
	"testing"

	"jikim/devices/refuse"
	"jikim/footage"
	"jikim/footage/review"
)

// A copy that is made while somebody looks is there for them.
func TestACopyMadeMeanwhileIsFound(t *testing.T) {
	d := newDesk(t)
	d.keep(t, "c1", bytesOf(100))
	token := d.open(t, "c1")
	_, err := d.read(t.Context(), token, review.Proxy, 0, 1)
	expect(t, err, refuse.NotFound, "content-not-made")
	d.vault.Derive(t, d.book, footage.Derivative{Clip: "c1", Kind: review.Proxy, MIME: "video/mp4"}, []byte("사본"))
	if got, err := d.read(t.Context(), token, review.Proxy, 0, 100); err != nil || string(got) != "사본" {
		t.Errorf("%q, %v", got, err)
	}
}
