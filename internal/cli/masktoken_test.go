package cli

import "testing"

func TestMaskTokens(t *testing.T) {
	const header, body = "eyJhbGciOiJSUzI1NiJ9", "eyJpc3MiOiJhIiwic3ViIjoiYiJ9"
	for name, test := range map[string]struct{ text, want string }{
		"none":       {"401 Unauthorized", "401 Unauthorized"},
		"whole":      {"got Bearer " + header + "." + body + ".c2ln-_x, sorry", "got Bearer ***, sorry"},
		"cut short":  {`{"token":"` + header + "." + body[:9], `{"token":"***`},
		"first part": {header, "***"},
		"two":        {header + "." + body + ".a " + header + "." + body + ".b", "*** ***"},
		"a name":     {"eyJ.txt", "eyJ.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := maskTokens(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
