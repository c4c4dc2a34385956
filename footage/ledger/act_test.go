package ledger_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
	"unicode"

	"jikim/footage/ledger"
)

// Every act of act.go has a Korean label and can be written.
func TestEveryActHasALabel(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "act.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Type != nil {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil || acts[word] {
				t.Errorf("%s: %q stands twice, %v", spec.Names[0], word, err)
			}
			acts[word] = true
		}
		return true
	})
	if len(acts) < 25 {
		t.Errorf("found %d acts, want all", len(acts))
	}
	for word := range acts {
		e := anEntry()
		e.Act = ledger.Act(word)
		if _, err := ledger.Encode(e); err != nil {
			t.Error(err)
		}
		if label := ledger.Label(e.Act); !unicode.Is(unicode.Hangul, []rune(label)[0]) {
			t.Errorf("the label of %s is %q, want Korean", word, label)
		}
	}
	if got := ledger.Label("act.of-tomorrow"); got != "act.of-tomorrow" {
		t.Errorf("an unknown act is shown as %q", got)
	}
}
