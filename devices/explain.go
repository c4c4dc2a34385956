package devices

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"jikim/devices/profile"
	"jikim/devices/refuse"
)

// The YAML reader's own messages, as far as a person can act on them.
var (
	unknownField  = regexp.MustCompile(`^line (\d+): field (.*) not found in type (?:devices|profile)\.(\w+)$`)
	repeatedField = regexp.MustCompile(`^line (\d+): mapping key "(.*)" already defined at line (\d+)$`)
	wrongKind     = regexp.MustCompile(`^(?s)line (\d+): cannot unmarshal (.*) into (.*)$`)
	syntaxAt      = regexp.MustCompile(`^yaml: line (\d+):`)
)

// explain turns an error of the YAML reader into a refusal in Korean.
func explain(err error) error {
	if errors.Is(err, io.EOF) {
		return refuse.New(refuse.Invalid, "registry-syntax",
			"명부 파일이 비어 있어 가져오지 않았습니다. 예시 파일을 본떠 기관, 부서, 담당자, 목적, 기기를 적으십시오.")
	}
	var shape *yaml.TypeError
	if !errors.As(err, &shape) {
		where := ""
		if m := syntaxAt.FindStringSubmatch(err.Error()); m != nil {
			where = m[1] + "행 근처에서 "
		}
		return refuse.New(refuse.Invalid, "registry-syntax",
			"명부 파일의 "+where+"YAML 문법이 맞지 않아 가져오지 않았습니다. 들여쓰기, 콜론(:) 뒤의 빈칸, 따옴표의 짝을 살펴보십시오.").Because(err)
	}
	var b strings.Builder
	b.WriteString("명부 파일에 잘못 적힌 항목이 있어 아무것도 가져오지 않았습니다.")
	for i, message := range shape.Errors {
		if i == listedProblems {
			fmt.Fprintf(&b, "\n- 그 밖에 %d군데가 더 있습니다.", len(shape.Errors)-i)
			break
		}
		b.WriteString("\n- " + explainShape(message))
	}
	return refuse.New(refuse.Invalid, "registry-shape", b.String()).Because(err)
}

func explainShape(message string) string {
	if m := unknownField.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s행: %q라는 항목은 없습니다. 여기에는 %s 항목만 쓸 수 있습니다.", m[1], m[2], fieldsOf(m[3]))
	}
	if m := repeatedField.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s행: 항목 %q이 %s행에 이미 있습니다. 하나만 남기십시오.", m[1], m[2], m[3])
	}
	if m := wrongKind.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s행: %s", m[1], wanted(m[3]))
	}
	return message
}

// wanted says what belongs in a place of the Go type name.
func wanted(typeName string) string {
	_, record, _ := strings.Cut(typeName, ".")
	switch {
	case strings.HasPrefix(typeName, "[]"):
		return "여기에는 목록이 와야 합니다. 줄마다 붙임표(-)를 앞에 두어 적으십시오."
	case strings.HasPrefix(typeName, "map["):
		return "여기에는 이름과 값의 짝이 와야 합니다. {MP4: main, GPS: track}처럼 적으십시오."
	case typeName == "int" || typeName == "int64" || typeName == "float64":
		return "여기에는 숫자만 올 수 있습니다. 단위 없이 90처럼 적으십시오."
	case typeName == "bool":
		return "여기에는 true나 false만 올 수 있습니다."
	case fieldsOf(record) != "":
		return "여기에는 항목이 와야 합니다: " + fieldsOf(record) + "."
	default:
		return "여기에는 글자로 된 값 하나만 올 수 있습니다."
	}
}

// fieldsOf lists the fields of one of the registry's records as they are
// written in the file; "" when there is no such record.
func fieldsOf(record string) string {
	for _, v := range []any{Registry{}, Institution{}, Department{}, Officer{}, Purpose{}, Retention{}, Device{}, profile.Profile{}, profile.FileRule{}, profile.Continues{}} {
		t := reflect.TypeOf(v)
		if t.Name() != record {
			continue
		}
		var names []string
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "-" {
				names = append(names, name)
			}
		}
		return strings.Join(names, ", ")
	}
	return ""
}

// refuseEmptyItems refuses lists with an item that says nothing: the reader
// would drop it without a word.
func refuseEmptyItems(n *yaml.Node) error {
	for _, item := range n.Content {
		if n.Kind == yaml.SequenceNode && item.Tag == "!!null" {
			return refuse.New(refuse.Invalid, "registry-shape", fmt.Sprintf(
				"명부 파일 %d행의 목록에 빈 항목이 있어 아무것도 가져오지 않았습니다. 내용을 적거나 그 줄을 지우십시오.", item.Line))
		}
		if err := refuseEmptyItems(item); err != nil {
			return err
		}
	}
	return nil
}

// linesOf answers on which line of the document a path of Check stands; for
// what is not there, the line of the record it is missing in.
func linesOf(document *yaml.Node) func(path string) int {
	return func(path string) int {
		node := document.Content[0]
		for _, step := range steps(path) {
			next := child(node, step)
			if next == nil {
				break
			}
			node = next
		}
		return node.Line
	}
}

// steps splits "purposes[2].retention" into purposes, 2, retention.
func steps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// child goes one step down; nil when there is nothing.
func child(n *yaml.Node, step string) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}
