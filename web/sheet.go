package web

import (
	"archive/zip"
	"encoding/csv"
	"encoding/xml"
	"io"
	"strings"
)

// sheet is a list that leaves as a file, written line by line.
type sheet interface {
	Line(cells []string) error
	Close() error
}

// csvSheet is comma-separated text as Excel reads it: UTF-8 with its mark.
type csvSheet struct{ *csv.Writer }

func newCSV(w io.Writer) (sheet, error) {
	_, err := io.WriteString(w, "\ufeff")
	return csvSheet{csv.NewWriter(w)}, err
}

// Line writes one line. A cell that a spreadsheet would take for a formula is
// made text (CWE-1236).
func (s csvSheet) Line(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
			cell = "'" + cell
		}
		safe[i] = cell
	}
	return s.Write(safe)
}

func (s csvSheet) Close() error {
	s.Flush()
	return s.Error()
}

// xlsxSheet is an Office Open XML workbook (ECMA-376) of one sheet. Every cell
// is text, which no program takes for a formula. It is written as it comes:
// nothing of the list lies on a disk in passing.
type xlsxSheet struct {
	whole *zip.Writer
	page  io.Writer
}

// xlsxParts is what a workbook has besides its sheet.
var xlsxParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="영상 목록" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

func newXLSX(w io.Writer) (sheet, error) {
	whole := zip.NewWriter(w)
	for _, part := range xlsxParts {
		p, err := whole.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(p, xml.Header+part[1]); err != nil {
			return nil, err
		}
	}
	page, err := whole.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(page, xml.Header+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`)
	return xlsxSheet{whole, page}, err
}

// Line writes one line.
func (s xlsxSheet) Line(cells []string) error {
	var b strings.Builder
	b.WriteString("<row>")
	for _, cell := range cells {
		b.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">`)
		if err := xml.EscapeText(&b, []byte(cell)); err != nil {
			return err
		}
		b.WriteString("</t></is></c>")
	}
	b.WriteString("</row>")
	_, err := io.WriteString(s.page, b.String())
	return err
}

func (s xlsxSheet) Close() error {
	if _, err := io.WriteString(s.page, "</sheetData></worksheet>"); err != nil {
		return err
	}
	return s.whole.Close()
}
