# Everything a person or a machine does with this repository. A fresh clone
# needs Go, Node with npm, git and make; each target fetches what else it needs
# the first time and is quick afterwards.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS   += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
TIME    ?= 60s

# Tools that are not part of the program, each at one version.
GOLANGCI_LINT := v2.15.0
VERSITYGW     := v1.8.0
TUSD          := v2.9.0

TOOLS := $(CURDIR)/.tools
LINT  := $(TOOLS)/bin/golangci-lint

# Where tests find what they start; each may be set from outside. The corpus of
# real footage lies beside the checkout or where JIKIM_FOOTAGE says.
export JIKIM_VERSITYGW ?= $(TOOLS)/bin/versitygw
export JIKIM_TUSD      ?= $(TOOLS)/bin/tusd
export JIKIM_BIN       ?= $(CURDIR)/bin/jikim
ifneq ($(wildcard ../shared/footage),)
export JIKIM_FOOTAGE   ?= $(abspath ../shared/footage)
endif

# Where many goroutines meet, tests run under the race detector. Elsewhere
# (pure rooms, parsers, stores of others, server with its two databases) it
# would cost minutes and find what these find.
RACED  := '^jikim/(footage/(review|retention|vault|vault/disk)|ingest(/tus|/media|/metadata/child)?|web(/.*)?)$$'
GOTEST := $(GO) test -timeout 15m $(if $(filter true 1,$(CI)),-v)

##@ 쓰기
.PHONY: help
help: ## 이 목록
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup-run build ## 필요한 것을 갖추어 시연 서버를 연다: http://127.0.0.1:8080
	@exec ./bin/jikim serve --data ./data --demo

.PHONY: build
build: assets ## 프로그램 하나를 만든다: ./bin/jikim
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/jikim ./server

##@ 확인
.PHONY: test
test: setup-test versitygw build ## 모든 시험 (브라우저 시험 포함)
	@$(MAKE) --keep-going test-vet test-raced test-joined test-browser

.PHONY: test-vet test-raced test-joined test-browser
test-vet:
	$(GO) vet ./...

test-raced:
	CGO_ENABLED=1 $(GOTEST) -race $$($(GO) list ./... | grep -E $(RACED))

test-joined:
	$(GOTEST) $$($(GO) list ./... | grep -vE $(RACED))

# The specs start servers of their own, on ports of their own; two at a time
# keep two cores busy.
test-browser:
	@specs=$$(compgen -G 'web/e2e/*.test.mjs' || true); \
	if [ -n "$$specs" ]; then node --test --test-reporter=spec --test-concurrency=2 --test-timeout=300000 $$specs; fi

.PHONY: lint
lint: golangci-lint ## 코드 검사 (.golangci.yml)
	$(LINT) run ./...

.PHONY: fmt
fmt: golangci-lint ## 코드를 정해진 모양으로
	$(LINT) fmt ./...

.PHONY: cover
cover: setup-test versitygw assets ## 시험이 지나간 곳: .tools/cover.html
	@mkdir -p $(TOOLS)
	$(GO) test -timeout 8m -coverpkg=./... -coverprofile=$(TOOLS)/cover.out ./...
	$(GO) tool cover -html=$(TOOLS)/cover.out -o $(TOOLS)/cover.html
	$(GO) tool cover -func=$(TOOLS)/cover.out | tail -n 1

.PHONY: fuzz
fuzz: ## 퍼즈 시험마다 TIME만큼 (make fuzz TIME=60s)
	@grep -rnoE '^func Fuzz\w+' --include='*_test.go' --exclude-dir=node_modules . | \
	while IFS=: read -r file _ func; do \
	  $(GO) test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(TIME) "$$(dirname "$$file")" </dev/null; \
	done

##@ 성능
.PHONY: bench
bench: setup-bench versitygw tusd build ## 성능표: 우리와 견줄 것을 번갈아 잰다
	$(GO) run ./server/bench

.PHONY: bench-records
bench-records: setup-bench build ## 천만 건의 기록에서 목록·파기·대장
	$(GO) run ./server/bench -records -postgres

##@ 준비
.PHONY: tools
tools: golangci-lint versitygw ## 개발 도구를 .tools/bin에

.PHONY: assets
assets: web/static/dist/.built ## 브라우저 스크립트와 스타일을 web/static/dist에

.PHONY: clean
clean: ## 만든 것을 지운다 (data와 .tools는 둔다)
	rm -rf bin web/static/dist web/e2e/screenshots

.PHONY: setup-run setup-test setup-bench
setup-run setup-test setup-bench:
	@deploy/setup.sh $(@:setup-%=%)

# A stamp carries the version: another version is another stamp.
.PHONY: golangci-lint versitygw tusd
golangci-lint: $(TOOLS)/golangci-lint-$(GOLANGCI_LINT)
versitygw:     $(TOOLS)/versitygw-$(VERSITYGW)
tusd:          $(TOOLS)/tusd-$(TUSD)

install_tool = @echo '$(1)'; mkdir -p $(TOOLS)/bin && GOBIN=$(TOOLS)/bin GOFLAGS= $(GO) install -ldflags='-s -w' $(1) && touch $@

$(TOOLS)/golangci-lint-$(GOLANGCI_LINT):
	$(call install_tool,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT))

$(TOOLS)/versitygw-$(VERSITYGW):
	$(call install_tool,github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW))

# tusd is built as the dependency of an empty module: to install it by name,
# go would ask for its newest version, which not every proxy tells.
$(TOOLS)/tusd-$(TUSD):
	@echo 'github.com/tus/tusd/v2/cmd/tusd@$(TUSD)'; mkdir -p $(TOOLS)/bin; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	printf 'module tool\n\nrequire github.com/tus/tusd/v2 $(TUSD)\n' >"$$scratch/go.mod"; cd "$$scratch"; \
	GOFLAGS=-mod=mod $(GO) build -ldflags='-s -w' -o $(TOOLS)/bin/tusd github.com/tus/tusd/v2/cmd/tusd && touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json web/.npmrc
	cd web && npm ci --loglevel=error
	@touch $@

# Each web/src/*.js is a page's own script; what lies deeper is shared by them.
# web/styles/app.css is the one stylesheet. The folders are prerequisites so
# that a removed file is noticed.
SCRIPTS := $(wildcard web/src/*.js) web/styles/app.css
SOURCES := $(shell find web/src web/styles 2>/dev/null)

# Made aside and then put in place: a script with a fault leaves what was there.
web/static/dist/.built: $(SOURCES) web/node_modules/.package-lock.json
	@rm -rf web/.dist
	@web/node_modules/.bin/esbuild $(SCRIPTS) --outdir=web/.dist --entry-names='[name]' --bundle --minify \
	  --format=esm --target=es2022 --charset=utf8 --log-level=warning
	@rm -rf web/static/dist && mv web/.dist web/static/dist
	@touch $@
