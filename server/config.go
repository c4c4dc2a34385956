package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"jikim/web/access"
)

// Config is everything that can be configured, from one YAML file
// (deploy/jikim.yaml is the commented sample). An absent field has the default
// named here. Secrets are never in it: they are paths of files that only the
// server's user can read. Relative paths are below the data directory.
type Config struct {
	// Addr is where the server listens. Default 127.0.0.1:8080. An address
	// others can reach needs TLS here or in a proxy in front.
	Addr string `yaml:"addr"`
	// OpsAddr is where /healthz, /readyz and /metrics are answered. Default:
	// none of its own; then they are answered on Addr, but only to this
	// machine itself.
	OpsAddr string `yaml:"ops_addr"`
	// TLSCert and TLSKey are PEM files. Both or none.
	TLSCert string `yaml:"tls_cert"`
	TLSKey  string `yaml:"tls_key"`
	// Secure says that people reach the server by https although it serves
	// plain http itself: a proxy in front ends TLS. Cookies are then marked so.
	Secure bool `yaml:"secure"`
	// TrustedProxies are addresses (CIDR) whose X-Forwarded-For is believed.
	// Default none. Whoever is listed here can write any address into the ledger.
	TrustedProxies []string `yaml:"trusted_proxies"`

	Database DatabaseConfig `yaml:"database"`
	Vault    VaultConfig    `yaml:"vault"`
	Keys     KeysConfig     `yaml:"keys"`
	Limits   LimitsConfig   `yaml:"limits"`
	Access   AccessConfig   `yaml:"access"`
	Sweep    SweepConfig    `yaml:"sweep"`
	Media    MediaConfig    `yaml:"media"`

	// Map is a PMTiles file (version 3; PNG, JPEG, WebP or MVT) that maps are
	// drawn on. Default none: then they are drawn on empty ground. A new file
	// is seen after a restart.
	Map string `yaml:"map"`
}

// DatabaseConfig: SQLite in the data directory by default, PostgreSQL when
// PostgresDSNFile is set.
type DatabaseConfig struct {
	// SQLite is the database file. Default jikim.db.
	SQLite string `yaml:"sqlite"`
	// PostgresDSNFile is a file with the connection string, password included.
	PostgresDSNFile string `yaml:"postgres_dsn_file"`
}

// VaultConfig: a directory by default, an S3 store when S3.Bucket is set.
type VaultConfig struct {
	// Dir is the directory of sealed bytes. Default vault.
	Dir string   `yaml:"dir"`
	S3  S3Config `yaml:"s3"`
}

// S3Config is any S3 store. Versioning may be on: destruction removes every
// version.
type S3Config struct {
	Endpoint string `yaml:"endpoint"`
	Region   string `yaml:"region"`
	Bucket   string `yaml:"bucket"`
	// Prefix stands before every object's name. Default none.
	Prefix string `yaml:"prefix"`
	// PathStyle puts the bucket into the path instead of the host name; most
	// stores other than Amazon's want it.
	PathStyle bool `yaml:"path_style"`
	// AccessKeyFile and SecretKeyFile hold one line each.
	AccessKeyFile string `yaml:"access_key_file"`
	SecretKeyFile string `yaml:"secret_key_file"`
}

// KeysConfig: the two secrets of the institution. Losing the first loses all
// footage; losing the second ends the ledger's signature. Several servers of
// one institution need the same files.
type KeysConfig struct {
	// Institution wraps every clip's key. Default keys/institution.key.
	Institution string `yaml:"institution"`
	// Ledger signs the checkpoints. Default keys/ledger.key.
	Ledger string `yaml:"ledger"`
}

// LimitsConfig bounds what comes in.
type LimitsConfig struct {
	// MaxUploadGiB is the largest file taken. Default 64.
	MaxUploadGiB int64 `yaml:"max_upload_gib"`
	// MinimumStay is how long a clip stays after check-in whatever its date
	// says, so that a wrong clock destroys nothing on arrival. Default 72h.
	MinimumStay time.Duration `yaml:"minimum_stay"`
	// AbandonAfter is when an upload nobody continued is given up. Default 168h.
	AbandonAfter time.Duration `yaml:"abandon_after"`
	// IdleSignOut ends a session nobody uses. Default 30m.
	IdleSignOut time.Duration `yaml:"idle_sign_out"`
	// MetadataWorkers is how many children read metadata. Default 2.
	MetadataWorkers int `yaml:"metadata_workers"`
}

// AccessConfig is how people come in and how long they stay. Of a session's
// idle time limits.idle_sign_out speaks.
type AccessConfig struct {
	// Site is where people reach the server, "https://jikim.example.go.kr".
	// Passkeys are bound to its host name: with another they are all lost.
	// Default none; then passkeys work on localhost only.
	Site string `yaml:"site"`
	// SecondFactor says of whom a second step is asked besides the password:
	// off, admin (system administrators) or all. Default off. Tokens have none.
	SecondFactor string `yaml:"second_factor"`
	// IdleDock is limits.idle_sign_out for the role dock, whose machine stands
	// open all shift. Default 8h.
	IdleDock time.Duration `yaml:"idle_dock"`
	// IdleWarning is how long before the end of an idle session a page says so
	// and offers to go on. Default 2m, at most half the idle time.
	IdleWarning time.Duration `yaml:"idle_warning"`
	// Failures in a row after which an account is locked for LockFor. Default
	// 5 and 10m.
	Failures int           `yaml:"failures"`
	LockFor  time.Duration `yaml:"lock_for"`
	// PasswordLength is the fewest characters of a password. Default 10, at
	// least 8. Passwords there are stay as they are.
	PasswordLength int `yaml:"password_length"`
	// KeepSignIns is how long the record of sign-ins is kept. Default 17520h
	// (two years); at least 8760h (one year).
	KeepSignIns time.Duration `yaml:"keep_sign_ins"`
}

// check refuses what would lock people out or break the law; only values that
// were set are asked.
func (c *AccessConfig) check() error {
	site, err := url.Parse(c.Site)
	host := site != nil && site.Host != "" && site.Path == "" && site.RawQuery == "" && site.User == nil
	switch {
	case c.Site != "" && (err != nil || !host || site.Scheme != "https" && !(site.Scheme == "http" && site.Hostname() == "localhost")):
		return errors.New("설정의 access.site는 https://로 시작하고 호스트 이름으로 끝나야 합니다. 예: https://jikim.example.go.kr")
	case c.Site != "" && net.ParseIP(site.Hostname()) != nil:
		return errors.New("설정의 access.site에는 IP 주소 대신 호스트 이름을 적어 주세요. 패스키는 이름에만 묶을 수 있습니다")
	case !slices.Contains([]access.SecondFactor{access.SecondOff, access.SecondAdmin, access.SecondAll}, access.SecondFactor(c.SecondFactor)):
		return errors.New("설정의 access.second_factor는 off, admin, all 가운데 하나여야 합니다")
	case c.IdleDock < shortestIdle || c.IdleWarning < time.Second:
		return errors.New("설정의 access.idle_dock은 10s부터, idle_warning은 1s부터 적어 주세요")
	case c.Failures < 1 || c.LockFor < time.Minute:
		return errors.New("설정의 access.failures는 1부터, lock_for는 1m부터 적어 주세요")
	case c.PasswordLength < 8 || c.PasswordLength > 64:
		return errors.New("설정의 access.password_length는 8부터 64까지 적어 주세요")
	case c.KeepSignIns < access.AtLeastKept:
		return errors.New("설정의 access.keep_sign_ins가 너무 짧습니다. 접속기록은 1년(8760h) 이상, 5만 명 이상의 정보를 다루면 2년(17520h) 이상 보관해야 합니다")
	}
	return nil
}

// shortestIdle keeps a typing error from signing people out between two presses.
const shortestIdle = 10 * time.Second

// SweepConfig is the cycle of automatic destruction, stated in the policy.
type SweepConfig struct {
	// Off turns it off; then only `jikim sweep` destroys. Default false.
	Off bool `yaml:"off"`
	// Hour of the day in Korea from which the day's sweep runs, 0 to 23. Default 3.
	Hour *int `yaml:"hour"`
}

// MediaConfig is for posters, playable copies and strips of pictures.
type MediaConfig struct {
	// FFmpeg is the program. Default "ffmpeg" on the PATH; where there is
	// none, none of them is made and everything else works.
	FFmpeg string `yaml:"ffmpeg"`
}

// readConfig reads a config file ("" = all defaults) for a data directory.
func readConfig(path, data string) (Config, error) {
	var c Config
	if path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("설정 파일을 읽지 못했습니다: %w", err)
		}
		dec := yaml.NewDecoder(strings.NewReader(string(b)))
		dec.KnownFields(true)
		if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
			return c, fmt.Errorf("설정 파일 %s에 잘못된 곳이 있습니다. 고친 뒤 다시 시작해 주세요: %w", path, err)
		}
	}
	c.fillDefaults()
	for _, p := range []*string{
		&c.Database.SQLite, &c.Database.PostgresDSNFile, &c.Vault.Dir, &c.Vault.S3.AccessKeyFile, &c.Vault.S3.SecretKeyFile,
		&c.Keys.Institution, &c.Keys.Ledger, &c.TLSCert, &c.TLSKey, &c.Map,
	} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(data, *p)
		}
	}
	return c, c.check()
}

func (c *Config) fillDefaults() {
	orElse(&c.Addr, "127.0.0.1:8080")
	orElse(&c.Database.SQLite, "jikim.db")
	orElse(&c.Vault.Dir, "vault")
	orElse(&c.Vault.S3.Region, "us-east-1")
	orElse(&c.Keys.Institution, filepath.Join("keys", "institution.key"))
	orElse(&c.Keys.Ledger, filepath.Join("keys", "ledger.key"))
	orElse(&c.Limits.MaxUploadGiB, 64)
	orElse(&c.Limits.MinimumStay, 72*time.Hour)
	orElse(&c.Limits.AbandonAfter, 7*24*time.Hour)
	orElse(&c.Limits.IdleSignOut, 30*time.Minute)
	orElse(&c.Access.SecondFactor, string(access.SecondOff))
	orElse(&c.Access.IdleDock, 8*time.Hour)
	orElse(&c.Access.IdleWarning, 2*time.Minute)
	orElse(&c.Access.Failures, 5)
	orElse(&c.Access.LockFor, 10*time.Minute)
	orElse(&c.Access.PasswordLength, 10)
	orElse(&c.Access.KeepSignIns, 2*access.AtLeastKept)
	orElse(&c.Limits.MetadataWorkers, 2)
	orElse(&c.Media.FFmpeg, "ffmpeg")
	if c.Sweep.Hour == nil {
		c.Sweep.Hour = new(int)
		*c.Sweep.Hour = 3
	}
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// maxUploadGiB is more than one file will ever have: 1 PiB.
const maxUploadGiB = 1 << 20

func (c *Config) check() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("설정의 tls_cert와 tls_key는 둘 다 적거나 둘 다 비워 주세요")
	case *c.Sweep.Hour < 0 || *c.Sweep.Hour > 23:
		return errors.New("설정의 sweep.hour는 0부터 23 사이여야 합니다")
	case c.Limits.MinimumStay < 0 || c.Limits.AbandonAfter < time.Hour || c.Limits.IdleSignOut < shortestIdle:
		return errors.New("설정의 limits에 너무 짧은 기간이 있습니다: minimum_stay는 0보다 길게, abandon_after는 1h부터, idle_sign_out은 10s부터 적어 주세요")
	case c.Limits.MaxUploadGiB < 1 || c.Limits.MaxUploadGiB > maxUploadGiB:
		return fmt.Errorf("설정의 limits.max_upload_gib는 1부터 %d 사이여야 합니다", maxUploadGiB)
	case c.Limits.MetadataWorkers < 1:
		return errors.New("설정의 limits.metadata_workers는 1 이상이어야 합니다")
	case c.Vault.S3.Bucket != "" && c.Vault.S3.Endpoint == "":
		return errors.New("설정의 vault.s3.endpoint가 비어 있습니다")
	}
	return c.Access.check()
}

// shared reports whether several servers may use the same stores: then keys
// are made once by hand, never by whichever server starts first.
func (c *Config) shared() bool {
	return c.Database.PostgresDSNFile != "" || c.Vault.S3.Bucket != ""
}

// secretFile reads a one-line secret; files others can read are refused.
func secretFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("비밀 파일을 읽지 못했습니다: %w", err)
	}
	if info.Mode().Perm()&(fs.ModePerm&0o077) != 0 {
		return "", fmt.Errorf("%s 파일을 다른 사용자가 읽을 수 있습니다. chmod 600으로 바꾼 뒤 다시 시작해 주세요", path)
	}
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}
