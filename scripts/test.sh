#!/bin/sh
# test.sh MODULE...: runs all tests of the modules in these folders, the
# sandbox's among them. A test that skips itself fails the run: it would
# otherwise pass unseen where what it needs is missing.
set -eu
root=$(pwd)
export HALLMARK_SANDBOX=1 HALLMARK_SANDBOX_BIN="$root/bin/hallmark-sandbox"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for module; do
	cd "$root/$module"
	if ! go test -v ./... >"$log" 2>&1; then
		grep -Ev '^ *(=== (RUN|PAUSE|CONT|NAME)|--- PASS)|no test files' "$log"
		exit 1
	fi
	grep -E '^(ok|PASS|FAIL)[[:space:]]+[^[:space:]]+' "$log"
	if grep -E -A2 '^ *--- SKIP' "$log"; then
		echo "$module: tests were skipped" >&2
		exit 1
	fi
done
