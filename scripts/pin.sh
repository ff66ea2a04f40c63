#!/usr/bin/env bash
# pin.sh VERSION: writes the digests of the binaries in dist to
# actions/setup/checksums.txt, the last commit before the tag.
# pin.sh --check VERSION: wants what stands there to be that.
set -euo pipefail
cd "$(dirname "$0")/.."
check=
[ "$1" != --check ] || { check=true; shift; }
pins() { sed -n "s|^\([0-9a-f]\{64\}\)  \(hallmark_[a-z0-9_.]*\)$|\1  $1/\2|p" dist/SHA256SUMS; }

if [ -z "$check" ]; then
  pins "$1" >actions/setup/checksums.txt
elif [ ! -s actions/setup/checksums.txt ]; then
  echo "::notice title=hallmark::actions/setup of $1 pins no binary: whoever uses it builds from source"
elif ! diff <(pins "$1") actions/setup/checksums.txt; then
  echo "::error title=hallmark::actions/setup pins other binaries than these: build $1 on the commit before, run scripts/pin.sh $1, commit that and tag it"
  exit 1
fi
