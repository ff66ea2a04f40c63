package material

import "testing"

// TestDigestOfDocument: a summary of what was verified names each document by
// the digest of its bytes, whatever form it has and whether it can be read.
func TestDigestOfDocument(t *testing.T) {
	const one, other = `{"a":1}`, `{"b":2}`
	sum := digestOf([]byte(one))
	tests := map[string]struct {
		found []Found
		want  []string
	}{
		"document":          {Read("x", []byte(one)), []string{sum}},
		"lines":             {Read("x", []byte(one+"\n"+other+"\n")), []string{sum, digestOf([]byte(other))}},
		"image attestation": {[]Found{ReadImageAttestation("x", []byte(one), nil)}, []string{sum}},
		"image signature":   {[]Found{ReadImageSignature("x", []byte(one), nil)}, []string{sum}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if len(test.found) != len(test.want) {
				t.Fatalf("%d documents", len(test.found))
			}
			for i, f := range test.found {
				if f.SHA256 != test.want[i] {
					t.Errorf("%s: %q, want %s", f.Name, f.SHA256, test.want[i])
				}
			}
		})
	}
}
