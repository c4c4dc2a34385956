package web

import "embed"

//go:embed templates static
var embedded embed.FS
