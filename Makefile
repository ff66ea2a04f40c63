VERSION ?= $(shell git describe --tags --always --dirty)
COMMIT  ?= $(shell git rev-parse HEAD)
LDFLAGS  = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

export CGO_ENABLED = 0

.PHONY: build test lint demo review-demo generate release-build sandbox action-test

build: # bin/hallmark, which may be 32 MB at most
	go build -trimpath -ldflags "$(LDFLAGS)" -o bin/hallmark ./cmd/hallmark
	scripts/size.sh bin/hallmark 32000000

sandbox: # bin/hallmark-sandbox, a local Sigstore to test against
	cd cmd/hallmark-sandbox && go build -trimpath -o ../../bin/hallmark-sandbox .
	go build -trimpath -o bin/hallmark-sandbox-github ./internal/forge/fakegithub/serve

test: build sandbox # everything there is; a skipped test fails it
	scripts/test.sh . cmd/hallmark-sandbox

lint:
	scripts/lint.sh . cmd/hallmark-sandbox

demo: build sandbox
	scripts/demo.sh

review-demo: build sandbox # a project that adopts signing, reviewed; its page is bin/review-demo/widget.html
	scripts/review-demo.sh

action-test: build sandbox # releases a sample project with the Action, by act
	scripts/action-test.sh

generate:
	go generate ./...

release-build: # dist/hallmark_OS_ARCH for all six, the same bytes for the same commit
	scripts/release-build.sh "$(LDFLAGS)"
