// Command jikim keeps footage of mobile video devices under Article 25-2: the
// server and every command of an administrator. This package only joins the
// rooms; what they do is theirs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"jikim/devices/refuse"
	"jikim/footage/ledger"
	"jikim/ingest/metadata/child"
)

// version is set by the build.
var version = "unversioned"

// Exit statuses, as scripts rely on them.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitFound  = 3 // verify, inspect: something is wrong
)

// misuse is an argument that can be read but not understood; it ends a command
// with exitUsage.
type misuse struct{ error }

// errFound ends a command with exitFound; what was found has been printed.
var errFound = errors.New("found something wrong")

// cli is every command.
type cli struct {
	Serve       serveCmd       `cmd:"" help:"서버를 연다"`
	Migrate     migrateCmd     `cmd:"" help:"스키마: up, down, status"`
	Institution institutionCmd `cmd:"" help:"기관 등록부를 들여오거나 내보낸다 (YAML)"`
	Account     accountCmd     `cmd:"" help:"사용자 계정"`
	Token       tokenCmd       `cmd:"" help:"프로그램용 토큰"`
	Inspect     inspectCmd     `cmd:"" help:"파일의 촬영정보를 읽는다 (서버 없이)"`
	Checkin     checkinCmd     `cmd:"" help:"파일이나 카드 전체를 서버로 보낸다"`
	Sweep       sweepCmd       `cmd:"" help:"보관기간이 끝난 영상을 파기한다 (-n: 보기만)"`
	Verify      verifyCmd      `cmd:"" help:"관리대장과 보관소를 검증한다"`
	Keys        keysCmd        `cmd:"" help:"기관의 키"`
	Backup      backupCmd      `cmd:"" help:"쓰는 중에도 일관된 사본을 만든다"`
	Restore     restoreCmd     `cmd:"" help:"사본을 빈 데이터 폴더에 되돌린다"`
	Version     versionCmd     `cmd:"" help:"판 번호"`
	Child       childCmd       `cmd:"" name:"metadata-child" hidden:""`
}

// records is what every command that touches records is given.
type records struct {
	Data   string `help:"데이터 폴더" default:"./data" type:"path" placeholder:"DIR"`
	Config string `help:"설정 파일 (YAML)" type:"existingfile" placeholder:"FILE"`
}

func (r records) open(ctx context.Context) (*house, error) {
	return openHouse(ctx, r.Data, r.Config, time.Now)
}

// streams are the standard streams, so that tests can have their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := runCommand(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(status)
}

// runCommand runs one command line and gives the exit status.
func runCommand(ctx context.Context, args []string, std streams) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("jikim"), kong.Description("지킴: 드론·웨어러블 영상을 개인정보 보호법 제25조의2에 따라 지키는 프로그램"),
		kong.UsageOnError(), kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintln(std.err, err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintf(std.err, "명령을 이해하지 못했습니다(%v). jikim --help로 쓰는 법을 볼 수 있습니다.\n", err)
		return exitUsage
	}
	var wrongWord misuse
	switch err := command.Run(); {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, &wrongWord):
		fmt.Fprintln(std.err, sentence(err))
		return exitUsage
	default:
		fmt.Fprintln(std.err, sentence(err))
		return exitFailed
	}
}

// sentence is what a person at the command line is told of an error.
func sentence(err error) string {
	if no, ok := refuse.As(err); ok {
		if no.Cause != nil {
			return no.Sentence + " (" + no.Cause.Error() + ")"
		}
		return no.Sentence
	}
	return err.Error()
}

// operator is who gives commands here, for the ledger.
func operator() ledger.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return ledger.Actor{Account: "cli:" + name, Role: "admin"}
}

type versionCmd struct{}

func (versionCmd) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, version)
	return err
}

type childCmd struct{}

// Run is the child process in which hostile files are read.
func (childCmd) Run() error { return child.Serve(os.Stdin, os.Stdout) }
