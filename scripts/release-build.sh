#!/bin/sh
# release-build.sh LDFLAGS: dist/hallmark_OS_ARCH for every platform.
set -eu
for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
	GOOS=${platform%/*} GOARCH=${platform#*/}
	file=dist/hallmark_${GOOS}_${GOARCH}
	[ "$GOOS" != windows ] || file=$file.exe
	GOOS=$GOOS GOARCH=$GOARCH go build -trimpath -buildvcs=false -ldflags "$1" -o "$file" ./cmd/hallmark
done
