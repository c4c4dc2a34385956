package devices

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"jikim/devices/refuse"
)

// LongestFile is the largest registry file that is read, in bytes: about
// forty thousand devices.
const LongestFile = 8 << 20

// listedProblems is how many problems one refusal spells out.
const listedProblems = 50

// Parse reads a registry file (YAML, UTF-8). It is strict: a field it does not
// know, a second document or anything Check finds refuses the whole file. The
// registry it returns is normalised and sound; Purpose.Version is 1, which
// Merge corrects against what is registered.
//
// Refusals have the code registry-too-large, registry-encoding,
// registry-syntax, registry-shape (fields and kinds of values) or
// registry-invalid (everything of Check). Their sentence has one line for each
// problem, with its line in the file.
func Parse(r io.Reader) (Registry, error) {
	text, err := readFile(r)
	if err != nil {
		return Registry{}, err
	}
	registry, err := decode(text)
	if err != nil {
		return Registry{}, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return Registry{}, explain(err)
	}
	if err := refuseEmptyItems(&document); err != nil {
		return Registry{}, err
	}
	registry.Normalise()
	if problems := registry.Check(); len(problems) > 0 {
		return Registry{}, refuseAll(problems, linesOf(&document))
	}
	return registry, nil
}

// Write writes r as Parse reads it. Writing what was parsed, and parsing what
// was written, changes nothing.
func Write(w io.Writer, r Registry) error {
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("devices: write registry: %w", err)
	}
	if err := e.Close(); err != nil {
		return fmt.Errorf("devices: write registry: %w", err)
	}
	return nil
}

func readFile(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, LongestFile+1))
	if err != nil {
		return nil, fmt.Errorf("devices: read registry: %w", err)
	}
	if len(text) > LongestFile {
		return nil, refuse.New(refuse.TooLarge, "registry-too-large", fmt.Sprintf(
			"명부 파일이 %d MiB를 넘어 가져오지 않았습니다. 명부 파일이 맞는지 확인하십시오.", LongestFile>>20))
	}
	if !utf8.Valid(text) {
		return nil, refuse.New(refuse.Invalid, "registry-encoding",
			"명부 파일의 문자 인코딩이 UTF-8이 아니어서 가져오지 않았습니다. 편집기에서 인코딩을 UTF-8로 골라 다시 저장하십시오.")
	}
	return text, nil
}

// decode turns the text into a registry, knowing only its shape.
func decode(text []byte) (Registry, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var r Registry
	if err := d.Decode(&r); err != nil {
		return Registry{}, explain(err)
	}
	var more yaml.Node
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return Registry{}, refuse.New(refuse.Invalid, "registry-syntax",
			"명부 파일에 문서가 둘 이상 있어 가져오지 않았습니다. 구분선(---) 아래를 다른 파일로 나누십시오.").Because(err)
	}
	return r, nil
}

// refuseAll joins problems into one refusal, each with its line in the file;
// lineOf may be nil when there is no file.
func refuseAll(problems []*refuse.Error, lineOf func(path string) int) *refuse.Error {
	var b strings.Builder
	fmt.Fprintf(&b, "명부에 고칠 곳이 %d군데 있어 아무것도 가져오지 않았습니다. 모두 고친 뒤 다시 가져오십시오.", len(problems))
	causes := make([]error, 0, len(problems))
	for i, p := range problems {
		causes = append(causes, p)
		if i == listedProblems {
			fmt.Fprintf(&b, "\n- 그 밖에 %d군데가 더 있습니다.", len(problems)-i)
		}
		if i >= listedProblems {
			continue
		}
		b.WriteString("\n- ")
		if lineOf != nil {
			fmt.Fprintf(&b, "%d행 ", lineOf(p.Field))
		}
		fmt.Fprintf(&b, "%s: %s", p.Field, p.Sentence)
	}
	return refuse.New(refuse.Invalid, "registry-invalid", b.String()).Because(errors.Join(causes...))
}
