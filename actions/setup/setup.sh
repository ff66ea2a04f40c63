#!/usr/bin/env bash
# setup.sh FOLDER: puts the hallmark of this checkout in FOLDER and prints its
# path. Where checksums.txt beside this file has a line for the platform,
#   SHA256  vX.Y.Z/hallmark_OS_ARCH
# that binary of that release is downloaded, and is nothing until its digest is
# that of the line; else hallmark is built from the source around this file. What
# is pinned comes with the commit that the Action was pinned to: no tag, branch,
# cache or "latest" is asked.
set -euo pipefail
folder=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  MINGW* | MSYS* | CYGWIN*) os=windows ;;
  *) os=unknown ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) arch=unknown ;;
esac
suffix=
[ "$os" != windows ] || suffix=.exe

# sha256 FILE: its digest, with whichever tool the platform has.
sha256() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

mkdir -p "$folder"
new=$(mktemp -d "$folder/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
binary=$new/hallmark$suffix

want='' name=''
while read -r digest path; do
  if [ "${path#v*/}" = "hallmark_${os}_$arch$suffix" ]; then want=$digest name=$path; fi
done <"$here/checksums.txt"

if [ -n "$want" ]; then
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 \
    --retry 5 --max-time 300 --max-filesize 40000000 --output "$binary" -- \
    "https://github.com/hallmark-project/hallmark/releases/download/$name"
  got=$(sha256 "$binary")
  if [ "$got" != "$want" ]; then
    echo "::error::hallmark $name has sha256 $got, this Action was made for $want: do not use it, and tell the project" >&2
    exit 1
  fi
  chmod +x "$binary"
else
  command -v go >/dev/null || {
    echo "::error::this commit of hallmark pins no binary for $os/$arch, and there is no Go to build it with: run actions/setup-go before" >&2
    exit 2
  }
  # The job's own settings for Go are not meant for this build. An older Go gets
  # the toolchain that go.mod asks for, which it verifies.
  (cd "$here/../.." && env -u GOOS -u GOARCH -u GOROOT GOFLAGS=-mod=readonly GOWORK=off GOENV=off GOTOOLCHAIN=auto CGO_ENABLED=0 \
    go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$binary" ./cmd/hallmark)
fi
mv -f "$binary" "$folder/hallmark$suffix"
printf '%s\n' "$folder/hallmark$suffix"
