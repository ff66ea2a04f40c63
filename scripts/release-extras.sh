#!/usr/bin/env bash
# release-extras.sh VERSION: adds to dist what goes with the binaries: install.sh
# with their digests in it, an SBOM, and a Homebrew formula.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
sums=$(cat dist/SHA256SUMS)

VERSION=$version SUMS=$sums awk -v q="'" '
	$0 == "version=" q q { $0 = "version=" q ENVIRON["VERSION"] q }
	$0 == "sums=" q q { $0 = "sums=" q ENVIRON["SUMS"] q }
	{ print }' install.sh >dist/install.sh
scripts/sbom.sh "$version" dist/hallmark_*_* >dist/hallmark.cdx.json

sum() { sed -n "s/^\([0-9a-f]\{64\}\)  hallmark_$1\$/\1/p" dist/SHA256SUMS; }
binary() {
	printf '    on_%s do\n      url "https://github.com/hallmark-project/hallmark/releases/download/%s/hallmark_%s"\n      sha256 "%s"\n    end\n' \
		"$1" "$version" "$2" "$(sum "$2")"
}
{
	printf 'class Hallmark < Formula\n  desc "Make, sign and verify the provenance of software releases"\n'
	printf '  homepage "https://github.com/hallmark-project/hallmark"\n  version "%s"\n  license "Apache-2.0"\n\n' "${version#v}"
	printf '  on_macos do\n%s\n%s\n  end\n\n' "$(binary arm darwin_arm64)" "$(binary intel darwin_amd64)"
	printf '  on_linux do\n%s\n%s\n  end\n\n' "$(binary arm linux_arm64)" "$(binary intel linux_amd64)"
	printf '  def install\n    bin.install Dir["hallmark_*"].first => "hallmark"\n  end\n\n'
	printf '  test do\n    assert_match version.to_s, shell_output("#{bin}/hallmark version")\n  end\nend\n'
} >dist/hallmark.rb
(cd dist && sha256sum install.sh hallmark.cdx.json hallmark.rb >>SHA256SUMS)
