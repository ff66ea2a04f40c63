#!/bin/sh
# test.sh MODULE...: runs all tests of the modules in these folders, those that
# need the sandbox among them. A test that skips itself fails the run: it would
# otherwise pass unseen where what it needs is missing. Three kinds may, and are
# named: the conformance cases are no part of the project (internal/corpustest),
# and not every machine has a browser, or npm with Node 20 for sigstore-js, for
# GitHub's description of its API and for axe. CI has all of them. A line counts what each
# other implementation agreed on (internal/interop).
set -eu
root=$(pwd)
export HALLMARK_SANDBOX=1 HALLMARK_SANDBOX_BIN="$root/bin/hallmark-sandbox"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=
spared=none
if [ -z "${HALLMARK_CORPUS:-}" ] && [ ! -e "$root/../shared/corpus" ]; then
	spared="$spared|TestConformanceCorpus|TestCorpusRoots"
fi
command -v chromium >/dev/null || spared="$spared|TestSandboxScripts/keys_chromium|TestReviewInBrowser"
if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
	spared="$spared|TestSigstoreJS|TestOpenAPI|TestReviewInBrowser"
else
	for packages in internal/interop/sigstore-js internal/forge/openapi internal/report/axe; do
		if [ -z "$(find "$packages/node_modules/.package-lock.json" -newer "$packages/package-lock.json" 2>/dev/null)" ]; then
			(cd "$packages" && npm ci --loglevel=error)
		fi
	done
fi

for module; do
	cd "$root/$module"
	go test -v ./... >"$log" 2>&1 || failed=1
	# One line a package, what some of them count, and all that was said by those
	# that failed.
	awk '/^=== |^ *--- PASS|no test files/ { next }
		/^interop / { print; next }
		/attacks, of which|rows ran, in/ { sub(/^ *[a-z_]+_test\.go:[0-9]+: /, ""); print; next }
		/^ok[ \t]/ { print; n = 0; next }
		/^FAIL[ \t]/ { for (i = 0; i < n; i++) print said[i]; print; n = 0; next }
		{ said[n++] = $0 }
		END { for (i = 0; i < n; i++) print said[i] }' "$log"
	grep -E "^ *--- SKIP: ($spared) " "$log" || true
	if grep -B1 '^ *--- SKIP' "$log" | grep -Ev "^ *--- SKIP: ($spared) " | grep -B1 '^ *--- SKIP'; then
		echo "make test lets no test be skipped" >&2
		failed=1
	fi
done
[ -z "$failed" ]
