package material

import (
	"path/filepath"
	"strings"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
)

func TestDetachedSignature(t *testing.T) {
	s := newSigner(t)
	signature := s.sign(t, []byte("artifact"))
	certificate := string(encodeCertificate(s.cert))
	key := "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		leaf  bool
		want  string
	}{
		{"base64 and PEM", map[string]string{"a.sig": encoded(signature), "a.pem": certificate}, true, ""},
		{"with a newline", map[string]string{"a.sig": encoded(signature) + "\n", "a.crt": certificate}, true, ""},
		{"raw, certificate in base64", map[string]string{"a.sig": string(signature), "a.cert": encoded([]byte(certificate))}, true, ""},
		{"no certificate", map[string]string{"a.sig": encoded(signature)}, false, ""},
		{"a key beside it", map[string]string{"a.sig": encoded(signature), "a.pem": key}, false, ""},
		{"a key and a certificate", map[string]string{"a.sig": encoded(signature), "a.pem": key, "a.crt": certificate}, true, ""},
		{"two certificates", map[string]string{"a.sig": encoded(signature), "a.pem": certificate + certificate}, false, "more than one PEM block"},
		{"a certificate of great size", map[string]string{"a.sig": encoded(signature), "a.pem": strings.Repeat("A", maxCertificate+1)}, false, "limit"},
		{"a tail behind the signature", map[string]string{"a.sig": encoded(signature) + "\nMEUC", "a.pem": certificate}, false, "no readable"},
		{"a signature of OpenPGP", map[string]string{"a.sig": "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"}, false, "no readable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := ReadFile(filepath.Join(mustFiles(t, tt.files), "a.sig"))
			if err != nil || len(found) != 1 {
				t.Fatal(found, err)
			}
			f := found[0]
			if tt.want != "" {
				if f.Err == nil || !strings.Contains(f.Err.Error(), tt.want) {
					t.Errorf("got error %v, want %q", f.Err, tt.want)
				}
				return
			}
			if f.Err != nil || f.Form != DetachedSignature || !f.NamesNoDigest() || !f.LacksEntry() {
				t.Fatalf("got %+v", f)
			}
			if leaf := f.Bundle.GetVerificationMaterial().GetX509CertificateChain() != nil; leaf != tt.leaf {
				t.Errorf("certificate: %t, want %t", leaf, tt.leaf)
			}
		})
	}
}

func TestSignaturesBeside(t *testing.T) {
	signature := encoded(newSigner(t).sign(t, []byte("artifact")))
	dir := mustFiles(t, map[string]string{"a": "artifact", "a.sig": signature, "b": "", "b.sig": "-----BEGIN PGP SIGNATURE-----\n", "c.sig": signature})
	path := func(name string) string { return filepath.Join(dir, name) }
	if got := Beside(path("a")); len(got) != 1 {
		t.Errorf("beside a: %q", got)
	}
	if got := Beside(path("b")); len(got) != 0 {
		t.Errorf("beside b: %q: another system's signature is no evidence against it", got)
	}
	found, err := ReadFile(path("a.sig"))
	if err != nil {
		t.Fatal(err)
	}
	x := NewIndex(found)
	if got := x.For(&intoto.ResourceDescriptor{Name: "dist/a"}); len(got) != 1 {
		t.Errorf("for a: %v", got)
	}
	if got := x.For(&intoto.ResourceDescriptor{Name: "b"}); len(got) != 0 {
		t.Errorf("for b: %v", got)
	}
	for _, tt := range []struct{ name, content, want string }{
		{"a.sig", signature, "detached signature"},
		{"c.sig", signature, ""}, // beside nothing
		{"b", signature, ""},     // by another name
	} {
		if got := Recognise(path(tt.name), []byte(tt.content)); got != tt.want {
			t.Errorf("%s: recognised as %q, want %q", tt.name, got, tt.want)
		}
	}
}
