package schematest

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	const good = `{"mediaType":"application/vnd.hallmark.version.v1+json","version":"v1","go":"go1.26","platform":"linux/amd64"}`
	Want(t, "version.v1", []byte(good))
	tests := map[string]struct{ schema, document string }{
		"no such schema":  {"nonsense.v1", good},
		"not JSON":        {"version.v1", good[1:]},
		"two documents":   {"version.v1", good + good},
		"member missing":  {"version.v1", strings.Replace(good, `"version":"v1",`, "", 1)},
		"member unknown":  {"version.v1", strings.Replace(good, "{", `{"x":1,`, 1)},
		"other mediaType": {"version.v1", strings.Replace(good, ".v1+", ".v2+", 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := Validate(test.schema, []byte(test.document)); err == nil {
				t.Error("accepted")
			}
		})
	}
}
