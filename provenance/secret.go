package provenance

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// SecretError refuses a value that looks like a secret, or is named like one, or
// that the platform has masked as one. It holds where the value stands, never the
// value.
type SecretError struct {
	Kind  string // input, parameter, variable
	Name  string
	Looks string // like what
}

func (e *SecretError) Error() string {
	return fmt.Sprintf("%s %q looks like %s, and what is signed is public", e.Kind, e.Name, e.Looks)
}

// form is a pattern that is compiled when it is first used: counted repetitions
// are costly to compile, and most runs of the program need none of them.
type form func() *regexp.Regexp

func compileLater(pattern string) form {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// secretForms are the forms in which credentials of the usual services are
// issued, recognisable wherever in a value they stand.
var secretForms = []struct {
	looks string
	form  form
}{
	{"a token of GitHub's", compileLater(`(?:gh[opsur]_[A-Za-z0-9]{16}|github_pat_[A-Za-z0-9_]{20})`)},
	{"a token of GitLab's", compileLater(`\bgl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_.-]{16}`)},
	{"an access key of AWS", compileLater(`\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`)},
	{"a private key", compileLater(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`)},
	{"a JSON Web Token", compileLater(`\beyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}\.`)},
	{"a token of npm's", compileLater(`\bnpm_[A-Za-z0-9]{36}`)},
	{"a token of PyPI's", compileLater(`\bpypi-AgE[A-Za-z0-9_-]{16}`)},
	{"a token of Slack's", compileLater(`\bxox[abeprs]-[A-Za-z0-9-]{10}`)},
	{"a key of Google's", compileLater(`\bAIza[A-Za-z0-9_-]{35}`)},
	{"a URL with a password", compileLater(`://[^/?#\s:@]*:[^/?#\s@]+@`)},
}

// masked is what GitHub's runner and GitLab write in place of a secret.
var masked = compileLater(`\A(?:\*{3,}|\[MASKED\])\z`)

// secretKind says what kind of secret a value looks like, or "".
func secretKind(value string) string {
	if masked().MatchString(strings.TrimSpace(value)) {
		return "a secret that was masked"
	}
	for _, s := range secretForms {
		if s.form().MatchString(value) {
			return s.looks
		}
	}
	if isRandom(strings.TrimSpace(value)) {
		return "a random key"
	}
	return ""
}

// credentialWords end the names of credentials, as people give them to the inputs
// of workflows.
var credentialWords = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "secret": true, "token": true, "pat": true, "credential": true, "credentials": true,
	"apikey": true, "privatekey": true, "secretkey": true, "accesskey": true,
	"api key": true, "private key": true, "secret key": true, "access key": true,
}

// camelHump is where a word of a name like deployToken or NPMToken begins.
var camelHump = compileLater(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)

// namedLikeCredential tells a name that a credential would have: a password may be
// any word, and then there is nothing else to know it by.
func namedLikeCredential(name string) bool {
	apart := strings.ToLower(camelHump().ReplaceAllString(name, "$1$3 $2$4"))
	words := strings.FieldsFunc(apart, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	n := len(words)
	return n > 0 && credentialWords[words[n-1]] || n > 1 && credentialWords[words[n-2]+" "+words[n-1]]
}

// holdsNothing tells the values that no credential has.
func holdsNothing(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "true", "false":
		return true
	}
	return false
}

// randomForm is one unbroken word of an encoded key. Digests in hex and names
// of versions, files and images are made of other characters or are shorter.
var randomForm = compileLater(`\A[A-Za-z0-9+/_-]{40,512}={0,2}\z`)

// isRandom tells a random key from what people and tools name things. It errs
// towards no: upper case, lower case and digits must all be there in plenty,
// and be mixed as a random generator mixes them, with little of what separates
// words.
func isRandom(value string) bool {
	if !randomForm().MatchString(value) || strings.HasPrefix(value, "sha") {
		return false
	}
	var upper, lower, digit, other, changes int
	var last byte
	counts := make(map[byte]int)
	for i := range len(value) {
		c := value[i]
		counts[c]++
		class := byte('-')
		switch {
		case 'A' <= c && c <= 'Z':
			class = 'A'
			upper++
		case 'a' <= c && c <= 'z':
			class = 'a'
			lower++
		case '0' <= c && c <= '9':
			class = '0'
			digit++
		default:
			other++
		}
		if class != last {
			changes++
		}
		last = class
	}
	n := float64(len(value))
	entropy := 0.0
	for _, count := range counts {
		p := float64(count) / n
		entropy -= p * math.Log2(p)
	}
	return entropy >= 4.3 && upper >= 5 && lower >= 5 && digit >= 2 && float64(other) <= n/8 && float64(changes) >= n/2
}
