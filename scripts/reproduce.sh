#!/usr/bin/env bash
# reproduce.sh [VERSION [OS/ARCH...]]: builds the release twice, the second time in
# another folder and with nothing cached, and wants the same bytes. They stand in
# dist afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-$(git describe --tags --always)}
ldflags=$(scripts/ldflags.sh "$version")
elsewhere=$(mktemp -d)
trap 'chmod -R u+w "$elsewhere"; rm -rf "$elsewhere"' EXIT

scripts/release-build.sh "$ldflags" "${@:2}"
mkdir -p "$elsewhere/another/folder"
git archive HEAD | tar -x -C "$elsewhere/another/folder"
(cd "$elsewhere/another/folder" && GOCACHE=$elsewhere/cache scripts/release-build.sh "$ldflags" "${@:2}")
diff dist/SHA256SUMS "$elsewhere/another/folder/dist/SHA256SUMS"
echo "reproduced: $(wc -l <dist/SHA256SUMS) binaries of $version"
