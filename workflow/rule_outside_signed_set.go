package workflow

import (
	"path"
	"strings"
)

var outsideSignedSet = Rule{
	ID: "outside-signed-set", Name: "a file is uploaded that nothing signs", Severity: Warning,
	Help:  "Some files of the release are signed and this one is not, so that nobody can ask for a signature on each.",
	check: checkOutsideSignedSet,
}

// checkOutsideSignedSet compares names alone: files move between folders and
// jobs. Where it cannot know what is signed, it says nothing.
func checkOutsideSignedSet(in *inspection) {
	signed, ok := in.signedNames()
	if !ok {
		return
	}
	for _, p := range in.publications {
		if p.Kind != GitHubRelease || p.Signs {
			continue
		}
		for _, file := range p.Files {
			if name := lastPart(file); sampled(name) != "" && !material(name) && !covers(signed, name) {
				in.find(p.Pos, "add it to what is signed, or to a checksum file that is",
					"%s uploads %s; signed are %s", p.Tool, file, strings.Join(signed, ", "))
			}
		}
	}
}

// signedNames are the last parts of the patterns that are signed. A checksum file
// may stand for anything.
func (in *inspection) signedNames() (names []string, known bool) {
	for _, g := range in.signings {
		if g.Image {
			continue
		}
		if len(g.Files) == 0 {
			return nil, false
		}
		for _, file := range g.Files {
			name := lastPart(file)
			if sampled(name) == "" || checksums(name) {
				return nil, false
			}
			names = append(names, name)
		}
	}
	return names, len(names) > 0
}

func lastPart(file string) string {
	file = strings.TrimSpace(file)
	if strings.HasSuffix(file, "/") {
		return ""
	}
	return path.Base(file)
}

// sampled is a name as the pattern could match; "" where what it means is not
// to be seen here: an expansion, a folder, a negation.
func sampled(pattern string) string {
	if pattern == "" || strings.ContainsAny(pattern, "${}[]!~") || !strings.ContainsAny(pattern, ".*") {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(pattern, "*", "x"), "?", "x")
}

func covers(signed []string, name string) bool {
	for _, pattern := range signed {
		if pattern == name {
			return true
		}
		if ok, err := path.Match(strings.ReplaceAll(pattern, "**", "*"), sampled(name)); ok && err == nil {
			return true
		}
	}
	return false
}

// material tells what is made to verify others by, by the names that tools give.
func material(name string) bool {
	for _, end := range []string{".sigstore.json", ".sigstore", ".bundle", ".intoto.jsonl", ".sig", ".pem", ".crt", ".cert", ".asc", ".att"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

func checksums(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "checksum") || strings.Contains(name, "sha256") || strings.Contains(name, "sha512")
}
