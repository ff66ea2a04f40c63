#!/usr/bin/env bash
# The main job, end to end, on real build outputs: hallmark's own binaries are
# built, attested and signed as the release job of a tag would do it, inside a
# local Sigstore; then a stranger verifies them with nothing but the folder, the
# trusted root and the repository's name; then four things that must be refused
# are refused. Ends non-zero unless all went exactly so.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=v0.0.0-demo
repo=hallmark-project/hallmark
PATH=$PWD/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

# expect CODE WORDS -- COMMAND...: runs a command, shows what it says, and wants
# that exit code and those words in its output.
expect() {
  local want=$1 words=$2 code=0
  shift 3
  printf '\n$ %s\n' "${*//$work/…}"
  "$@" >"$work/out" 2>&1 || code=$?
  sed "s|$work|…|g" "$work/out"
  printf '(exit %s)\n' "$code"
  if [ "$code" -ne "$want" ] || ! grep -q -e "$words" "$work/out"; then
    printf 'demo: want exit %s and "%s"\n' "$want" "$words" >&2
    exit 1
  fi
}

say "build: this platform and a foreign one, with checksums"
case $(go env GOOS)/$(go env GOARCH) in
  linux/amd64) foreign=darwin/arm64 ;;
  *) foreign=linux/amd64 ;;
esac
commit=$(git rev-parse HEAD)
scripts/release-build.sh "-s -w -X main.version=$tag -X main.commit=$commit" "$(go env GOOS)/$(go env GOARCH)" "$foreign"

say "release: the job of tag $tag, in a local Sigstore"
bin/hallmark-sandbox --dir "$work/sigstore" --ref "refs/tags/$tag" --sha "$commit" -- \
  bash scripts/demo-release.sh dist
cp -r dist "$work/download"
cp "$work/sigstore/trusted_root.json" "$work/trusted_root.json"
ls -l dist

# From here on a stranger: no service, no login, no connection.
cd "$work"
flags=(--offline --trusted-root trusted_root.json)
file=hallmark_${foreign/\//_}

say "verify: a stranger with the folder, the root and the repository's name"
expect 0 '2 verified' -- hallmark verify "${flags[@]}" --repo "$repo" --tag "$tag" download
expect 0 'built from' -- hallmark verify "${flags[@]}" --repo "$repo" --tag "$tag" "download/$file"

say "refuse: one byte flipped"
mkdir flipped
cp "download/$file" "download/$file.sigstore.json" flipped/
printf '\x00' | dd of="flipped/$file" bs=1 seek=4096 conv=notrunc status=none
expect 1 'subject' -- hallmark verify "${flags[@]}" --repo "$repo" "flipped/$file"

say "refuse: another repository expected"
expect 1 'source' -- hallmark verify "${flags[@]}" --repo hallmark-project/other "download/$file"

say "refuse: a bundle moved from another file"
mkdir moved
cp "download/$file" moved/
cp download/SHA256SUMS.sigstore.json "moved/$file.sigstore.json"
expect 1 'subject' -- hallmark verify "${flags[@]}" --repo "$repo" "moved/$file"

say "refuse: no identity given"
expect 2 'no identity given' -- hallmark verify "${flags[@]}" "download/$file"

say "demo: all as it should be"
