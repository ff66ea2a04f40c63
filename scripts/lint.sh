#!/bin/sh
# lint.sh MODULE...: format, vet, staticcheck and tidiness of the modules in
# these folders, and shellcheck of all scripts. Changes nothing.
set -eu
root=$(pwd)

git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck

for module; do
	cd "$root/$module"
	unformatted=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 gofmt -l)
	[ -z "$unformatted" ] || { echo "gofmt:" "$unformatted" >&2; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	go mod tidy -diff
done
