package provenance

import (
	"fmt"
	"strings"
)

// purl is a package URL: pkg:TYPE/NAMESPACE/NAME@VERSION, the namespace of any
// number of segments or none.
//
// package-url/purl-spec, "A purl is a URL".
func purl(kind, namespace, name, version string) string {
	var b strings.Builder
	b.WriteString("pkg:" + kind + "/")
	if namespace != "" {
		for segment := range strings.SplitSeq(namespace, "/") {
			b.WriteString(purlEscape(segment, "") + "/")
		}
	}
	b.WriteString(purlEscape(name, ""))
	if version != "" {
		b.WriteString("@" + purlEscape(version, ""))
	}
	return b.String()
}

// purlEscape percent-encodes everything but letters, digits, ".-_~:" and what
// else is to be kept.
func purlEscape(s, keep string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte(".-_~:", c) >= 0, strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
