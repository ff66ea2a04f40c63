#!/bin/sh
# size.sh FILE BYTES: fails where FILE is larger than BYTES.
set -eu
size=$(wc -c <"$1")
[ "$size" -le "$2" ] || { echo "$1 is $size bytes, $2 are allowed" >&2; exit 1; }
