package cli

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"google.golang.org/protobuf/encoding/protojson"
)

// domain is a Sigstore as GitHub's own is: an authority for certificates and one
// for timestamps, and no log of either kind.
type domain struct{ *ca.VirtualSigstore }

func newDomain(t *testing.T) domain {
	t.Helper()
	s, err := ca.NewVirtualSigstore()
	if err != nil {
		t.Fatal(err)
	}
	return domain{s}
}

// trustedRoot is its root as JSON, on one line.
func (d domain) trustedRoot(t *testing.T) string {
	t.Helper()
	r, err := root.NewTrustedRoot(root.TrustedRootMediaType01, d.FulcioCertificateAuthorities(), nil, d.TimestampingAuthorities(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sign makes a bundle of a message signature, with or without a timestamp.
func (d domain) sign(t *testing.T, content string, timestamped bool) string {
	t.Helper()
	leaf, key, err := d.GenerateLeafCert("dev@example.com", "https://accounts.example")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(content))
	signature, err := key.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	b := &protobundle.Bundle{
		MediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
		VerificationMaterial: &protobundle.VerificationMaterial{
			Content: &protobundle.VerificationMaterial_Certificate{Certificate: &common.X509Certificate{RawBytes: leaf.Raw}},
		},
		Content: &protobundle.Bundle_MessageSignature{MessageSignature: &common.MessageSignature{
			MessageDigest: &common.HashOutput{Algorithm: common.HashAlgorithm_SHA2_256, Digest: digest[:]}, Signature: signature}},
	}
	if timestamped {
		token, err := d.TimestampResponse(signature)
		if err != nil {
			t.Fatal(err)
		}
		b.VerificationMaterial.TimestampVerificationData = &protobundle.TimestampVerificationData{
			Rfc3161Timestamps: []*common.RFC3161SignedTimestamp{{SignedTimestamp: token}}}
	}
	text, err := protojson.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDomainWithoutLogs: what GitHub signs for private repositories stands in no
// log. It is believed where its root is named, alone or beside the public one,
// and nowhere else; the domains do not vouch for each other.
func TestDomainWithoutLogs(t *testing.T) {
	mine, other := newDomain(t), newDomain(t)
	public, err := os.ReadFile("../trust/embedded/trusted_root.json")
	if err != nil {
		t.Fatal(err)
	}
	const content = "widget"
	good := mine.sign(t, content, true)
	tests := map[string]struct {
		bundle string
		root   string // "" is none
		code   int
		text   string
	}{
		"its own root":                     {good, mine.trustedRoot(t), exitDone, "verified  widget"},
		"its own root, as a second line":   {good, string(public) + "\n" + mine.trustedRoot(t) + "\n", exitDone, "verified  widget"},
		"its own root, as the first":       {good, mine.trustedRoot(t) + "\n" + string(public), exitDone, "verified  widget"},
		"no root named":                    {good, "", exitRefused, "rejected  widget"},
		"the public root":                  {good, string(public), exitRefused, "rejected  widget"},
		"another's root":                   {good, other.trustedRoot(t), exitRefused, "timestamp"},
		"without a timestamp":              {mine.sign(t, content, false), mine.trustedRoot(t), exitRefused, "timestamp"},
		"other bytes":                      {mine.sign(t, content+"x", true), mine.trustedRoot(t), exitRefused, "subject"},
		"authority here, clock over there": {good, mixed(t, mine, other), exitRefused, "rejected  widget"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, filepath.Join(dir, "widget"), content)
			mustWrite(t, filepath.Join(dir, "bundle"), test.bundle)
			args := []string{"verify", "--offline", "--identity", "dev@example.com", "--issuer", "https://accounts.example",
				"--bundle", filepath.Join(dir, "bundle"), filepath.Join(dir, "widget")}
			if test.root != "" {
				mustWrite(t, filepath.Join(dir, "root.json"), test.root)
				args = append(args, "--trusted-root", filepath.Join(dir, "root.json"))
			}
			var stdout, stderr bytes.Buffer
			code := Main(t.Context(), Env{Args: args, Stdout: &stdout, Stderr: &stderr, Now: time.Now})
			if code != test.code || !strings.Contains(stdout.String(), test.text) {
				t.Errorf("exit %d, want %d and %q\n%s%s", code, test.code, test.text, stdout.String(), stderr.String())
			}
		})
	}
}

// mixed are two roots, of one Sigstore's certificates with another's clock and
// the other way about.
func mixed(t *testing.T, a, b domain) string {
	t.Helper()
	var lines []string
	for _, pair := range [][2]domain{{a, b}, {b, a}} {
		r, err := root.NewTrustedRoot(root.TrustedRootMediaType01, pair[0].FulcioCertificateAuthorities(), nil, pair[1].TimestampingAuthorities(), nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(text))
	}
	return strings.Join(lines, "\n")
}
