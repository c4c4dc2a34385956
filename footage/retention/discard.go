package retention

import (
	"context"
	"fmt"
	"strings"
)

// Discard removes bytes that are not a clip and will not become one: what an
// upload left that was refused, cancelled, given up or a duplicate. name is
// "<id>" or "<id>.<derivative>". Whether it may go is asked of the records, not
// of the caller: what is on its way in or kept is refused as a fault, because
// no caller may ever ask for it. It can be repeated.
func (g *Gate) Discard(ctx context.Context, name string) error {
	id, _, _ := strings.Cut(name, ".")
	claimed, err := g.Records.Claimed(ctx, []string{id})
	if err != nil {
		return err
	}
	if claimed[id] {
		return fmt.Errorf("retention: %s is kept or on its way in; its bytes stay", name)
	}
	return g.Vault.Destroy(ctx, name)
}
