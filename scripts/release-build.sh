#!/bin/sh
# release-build.sh LDFLAGS [OS/ARCH...]: dist/hallmark_OS_ARCH for the platforms
# named, or all six, and dist/SHA256SUMS. The same source and Go give the same
# bytes, wherever they stand.
set -eu
ldflags=$1
shift
[ $# -gt 0 ] || set -- linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
rm -rf dist
mkdir dist
for platform; do
	os=${platform%/*}
	arch=${platform#*/}
	file=dist/hallmark_${os}_${arch}
	[ "$os" != windows ] || file=$file.exe
	GOOS=$os GOARCH=$arch CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$ldflags" -o "$file" ./cmd/hallmark
	echo "built $file"
done
cd dist && sha256sum hallmark_* >SHA256SUMS
