package demo

import "strings"

// The letters cameras burn into their pictures, five dots wide and seven high.
// They are drawn here because ffmpeg has no font of its own.
var glyphs = map[rune][7]string{
	'0': {" ### ", "#   #", "#  ##", "# # #", "##  #", "#   #", " ### "},
	'1': {"  #  ", " ##  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### "},
	'2': {" ### ", "#   #", "    #", "   # ", "  #  ", " #   ", "#####"},
	'3': {"#####", "   # ", "  #  ", "   # ", "    #", "#   #", " ### "},
	'4': {"   # ", "  ## ", " # # ", "#  # ", "#####", "   # ", "   # "},
	'5': {"#####", "#    ", "#### ", "    #", "    #", "#   #", " ### "},
	'6': {"  ## ", " #   ", "#    ", "#### ", "#   #", "#   #", " ### "},
	'7': {"#####", "    #", "   # ", "  #  ", " #   ", " #   ", " #   "},
	'8': {" ### ", "#   #", "#   #", " ### ", "#   #", "#   #", " ### "},
	'9': {" ### ", "#   #", "#   #", " ####", "    #", "   # ", " ##  "},
	'A': {" ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"},
	'B': {"#### ", "#   #", "#   #", "#### ", "#   #", "#   #", "#### "},
	'C': {" ### ", "#   #", "#    ", "#    ", "#    ", "#   #", " ### "},
	'D': {"#### ", "#   #", "#   #", "#   #", "#   #", "#   #", "#### "},
	'E': {"#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"},
	'H': {"#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"},
	'I': {" ### ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### "},
	'R': {"#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"},
	'-': {"     ", "     ", "     ", "#####", "     ", "     ", "     "},
	':': {"     ", "  #  ", "  #  ", "     ", "  #  ", "  #  ", "     "},
	' ': {},
}

// write burns a text in, in dots of so many pixels, white on a dark edge so
// that it is read on any picture.
func (c canvas) write(x, y, size float64, text string) {
	c.dots(x+1, y+1, size, text, 0x101418)
	c.dots(x, y, size, text, 0xf4f6f2)
}

func textWidth(text string, size float64) float64 { return 6 * size * float64(len(text)) }

func (c canvas) dots(x, y, size float64, text string, hex uint32) {
	for _, letter := range strings.ToUpper(text) {
		for row, line := range glyphs[letter] {
			for column, mark := range line {
				if mark == '#' {
					at := spot{x + float64(column)*size, y + float64(row)*size}
					c.rect(at.x, at.y, at.x+size, at.y+size, rgb(hex))
				}
			}
		}
		x += 6 * size
	}
}
