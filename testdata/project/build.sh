#!/bin/sh
# build.sh: three files to release, and their digests.
set -eu
rm -rf dist
mkdir dist
for os in darwin linux windows; do
	printf 'widget for %s\n' "$os" >"dist/widget_$os"
done
(cd dist && sha256sum widget_* >SHA256SUMS)
