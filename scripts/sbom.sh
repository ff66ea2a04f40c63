#!/bin/sh
# sbom.sh VERSION BINARY...: what the binaries are made of, as Go wrote into them,
# in CycloneDX 1.6. The same binaries give the same bytes.
set -eu
version=$1
shift
go version -m "$@" | awk -v version="$version" '
	function component(kind, name, v,   purl) {
		purl = v
		gsub(/\+/, "%2B", purl)
		return sprintf("{\"type\":\"%s\",\"name\":\"%s\",\"version\":\"%s\",\"purl\":\"pkg:golang/%s@%s\"}", kind, name, v, name, purl)
	}
	$1 ~ /:$/ { seen["stdlib\t" substr($2, 3)] }
	$1 == "dep" { last = $2 "\t" $3; seen[last] }
	$1 == "=>" { delete seen[last]; seen[$2 "\t" $3] }
	END {
		n = 0
		for (key in seen) lines[n++] = key
		for (i = 1; i < n; i++) # insertion sort: awk has none of its own
			for (j = i; j > 0 && lines[j-1] > lines[j]; j--) { t = lines[j]; lines[j] = lines[j-1]; lines[j-1] = t }
		printf "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\n\"metadata\":{\"component\":%s},\n\"components\":[\n", component("application", "github.com/hallmark-project/hallmark", version)
		for (i = 0; i < n; i++) {
			split(lines[i], m, "\t")
			printf "%s%s\n", component("library", m[1], m[2]), i < n-1 ? "," : ""
		}
		print "]}"
	}'
