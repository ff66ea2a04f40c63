package report

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// clip escapes a text and cuts its middle out where nobody would read it whole.
// The size says that something is missing.
func clip(s string, most int) string {
	n := utf8.RuneCountInString(s)
	if n <= most {
		return Escape(s)
	}
	runes := []rune(s)
	keep := most / 2
	return fmt.Sprintf("%s… [%d characters] …%s", Escape(string(runes[:keep])), n, Escape(string(runes[n-keep:])))
}

// Lengths to which texts from outside are clipped, in characters.
const (
	longName = 200 // names, identities, URIs
	longText = 600 // error texts
)

func name(s string) string { return clip(s, longName) }

// host is where a service runs; what is no URL is shown as it is.
func host(uri string) string {
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		return name(u.Host)
	}
	return name(uri)
}

// fileName is a name as it stands among other words: quoted where spaces in it
// could be taken for what is around it.
func fileName(s string) string {
	if s == "" || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return `"` + name(s) + `"`
	}
	return name(s)
}

// names lists names in a sentence.
func names(all []string) string {
	const few = 16
	var shown []string
	for _, s := range all[:min(len(all), few)] {
		shown = append(shown, fileName(s))
	}
	if more := len(all) - few; more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}

// shortDigest shows the ends of a digest, enough for eyes to tell files apart.
func shortDigest(digest map[string]string) string {
	algorithms := slices.Sorted(maps.Keys(digest))
	if slices.Contains(algorithms, "sha256") {
		algorithms = []string{"sha256"}
	}
	if len(algorithms) == 0 || digest[algorithms[0]] == "" {
		return ""
	}
	value := digest[algorithms[0]]
	if len(value) > 16 {
		value = value[:4] + "…" + value[len(value)-4:]
	}
	return algorithms[0] + ":" + Escape(value)
}

func prefix(s string, n int) string { return s[:min(n, len(s))] }
