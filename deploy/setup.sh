#!/usr/bin/env bash
# Installs the Debian packages that a make target needs, only those that are
# missing:
#
#   deploy/setup.sh run     what the server calls while it runs
#   deploy/setup.sh test    what the tests need besides
#   deploy/setup.sh bench   what the benchmarks compare us with besides
#
# Without the right to install it prints the one line to run, and fails.
set -euo pipefail

missing=()

# need PACKAGE PROBE…: notes the package unless the probe succeeds.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

program() { command -v "$1"; }

postgres() {
  [ -x "${JIKIM_POSTGRES_BIN:-}/postgres" ] || compgen -G '/usr/lib/postgresql/*/bin/postgres' ||
    [ -x "$(pg_config --bindir)/postgres" ]
}

chromium() { [ -x "${CHROMIUM:-}" ] || program chromium; }

korean_font() { compgen -G '/usr/share/fonts/truetype/nanum/NanumGothic*.ttf'; }

libc_headers() { [ -e /usr/include/stdlib.h ]; }

# tools says in one line which of the four things we do not install is missing.
tools() {
  local tool absent=()
  for tool in go node npm git; do
    program "$tool" >/dev/null || absent+=("$tool")
  done
  [ ${#absent[@]} -eq 0 ] || {
    echo "먼저 설치해 주십시오: ${absent[*]} (Go 1.26 이상, Node 20 이상과 npm, git)" >&2
    exit 1
  }
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || {
    echo "Node 20 이상이 필요합니다: 지금은 $(node --version)입니다." >&2
    exit 1
  }
}

install() {
  local as=()
  if [ "$(id -u)" -ne 0 ]; then
    as=(sudo)
    [ -t 0 ] || as=(sudo -n)
  fi
  if ! program apt-get >/dev/null || { [ ${#as[@]} -gt 0 ] && ! "${as[@]}" true 2>/dev/null; }; then
    echo "먼저 설치해 주십시오: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "설치합니다: ${missing[*]}"
  local apt=("${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update || echo "패키지 목록을 새로 받지 못해 있는 목록으로 계속합니다." >&2
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null
}

case ${1:-} in
  run | test | bench) ;;
  *)
    echo "사용법: deploy/setup.sh run|test|bench" >&2
    exit 2
    ;;
esac

tools
need ffmpeg program ffmpeg
if [ "$1" = test ]; then
  need chromium chromium
  need fonts-nanum korean_font
  need postgresql postgres
  need gcc program gcc # the race detector links with C
  need libc6-dev libc_headers
fi
if [ "$1" = bench ]; then
  need postgresql postgres
  need libimage-exiftool-perl program exiftool
  need mediainfo program mediainfo
fi
[ ${#missing[@]} -eq 0 ] || install
