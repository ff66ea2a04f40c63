package report

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// holder is a certificate as it looks once parsed.
func holder(issuer string) *x509.Certificate {
	return &x509.Certificate{
		Issuer:             pkix.Name{CommonName: issuer},
		NotBefore:          signedAt,
		NotAfter:           signedAt.Add(10 * time.Minute),
		PublicKeyAlgorithm: x509.Ed25519,
		PublicKey:          ed25519.PublicKey(bytes.Repeat([]byte{1}, ed25519.PublicKeySize)),
	}
}

// attested describes a bundle of every part, whose statement is of another tag.
func attested() *verify.Description {
	d := built("widget.tar.gz")
	return &verify.Description{
		Version: "v0.3", Signer: d.Signer, Certificate: holder("intermediate of widget"), Facts: d.Facts[:8],
		PayloadType: "application/vnd.in-toto+json",
		Subjects: []*intoto.ResourceDescriptor{{Name: "widget.tar.gz", Digest: digest},
			{Name: "widget.zip", Uri: "", Digest: map[string]string{"sha256": strings.Repeat("b2", 32), "sha512": strings.Repeat("c3", 64)}}},
		Statement: &verify.StatementDescription{Type: "https://in-toto.io/Statement/v1", PredicateType: "https://slsa.dev/provenance/v1",
			Claims:     []verify.Fact{{Name: verify.FactRef, Value: "refs/tags/v1.5.0", By: verify.SelfAsserted}, d.Facts[8]},
			Parameters: []string{"inputs", "workflow"}, Inputs: []string{"channel"}, Dependencies: 2,
			Contradicts: []verify.Disagreement{{Name: verify.FactRef, Certificate: "refs/tags/v1.4.0", Statement: "refs/tags/v1.5.0"}}},
		Entries: []verify.EntryDescription{
			{Origin: "rekor.example - 1", LogID: strings.Repeat("ab", 32), Index: 7, Kind: "dsse/0.0.1", Time: signedAt, Promise: true, Proof: true},
			{LogID: strings.Repeat("cd", 32), Index: 8, Kind: "hashedrekord/0.0.2", Proof: true},
			{LogID: strings.Repeat("ef", 32), Kind: "/"},
		},
		Stamps: []verify.StampDescription{{Time: signedAt, Authority: "CN=tsa.example"}, {Time: signedAt}},
	}
}

func TestInspection(t *testing.T) {
	unreadable := &verify.Rejection{Check: verify.CheckBundle, Why: "no readable JSON document", Err: errors.New("unexpected EOF")}
	many := make([]*intoto.ResourceDescriptor, 20)
	for i := range many {
		many[i] = &intoto.ResourceDescriptor{Name: fmt.Sprintf("file-%02d", i), Digest: digest}
	}
	tests := map[string]*Inspection{
		"attestation": {Documents: []Document{{Name: "multiple.intoto.jsonl:1", Kind: Bundle, Format: "v0.3", Says: attested()}}},
		"key": {Documents: []Document{{Name: "a.sigstore.json", Kind: Bundle, Format: "v0.3", Says: &verify.Description{
			KeyHint: "release key", Subjects: []*intoto.ResourceDescriptor{{Digest: digest}}}}}},
		"many": {Documents: []Document{{Name: "standard input", Kind: Statement, Says: &verify.Description{
			PayloadType: "application/vnd.in-toto+json", Subjects: many,
			Statement: &verify.StatementDescription{Type: "https://in-toto.io/Statement/v1", PredicateType: "https://spdx.dev/Document"}}}}},
		"trust": {Documents: []Document{
			{Name: "root.json", Kind: TrustedRoot, Format: "application/vnd.dev.sigstore.trustedroot+json;version=0.1", Services: []Service{
				{Kind: "certificate authority", URL: "https://fulcio.example", Name: "CN=widget", From: signedAt, To: signedAt.AddDate(1, 0, 0)},
				{Kind: "transparency log", URL: "https://one.example", ID: strings.Repeat("ab", 32), From: signedAt},
				{Kind: "transparency log", URL: "https://two.example", ID: strings.Repeat("cd", 32), To: signedAt},
			}},
			{Name: "config.json", Kind: SigningConfig, Services: []Service{
				{Kind: "identity provider", URL: "https://login.example", Version: 1, Operator: "widget.example", Use: "any"}}},
		}},
		"unreadable": {Documents: []Document{
			{Name: "x", Kind: Unknown, Problems: []error{unreadable}},
			{Name: "y", Kind: Bundle, Says: &verify.Description{Version: "v0.3", Problems: []error{unreadable, unreadable}}},
		}},
	}
	for name, i := range tests {
		t.Run(name, func(t *testing.T) {
			wantGolden(t, "inspection-"+name, "inspection.v1", i)
			var text, doc bytes.Buffer
			if err := errors.Join(i.Text(&text, TextOptions{}), i.JSON(&doc)); err != nil {
				t.Fatal(err)
			}
			// Nobody may take it for an answer, not even at a glance.
			for _, output := range []string{text.String(), doc.String()} {
				if strings.Contains(strings.ToLower(output), "verified") {
					t.Errorf("speaks of verified in\n%s", output)
				}
			}
		})
	}
}

func TestHostileInspection(t *testing.T) {
	for i, evil := range hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			problem := &verify.Rejection{Check: verify.CheckBundle, Want: evil, Got: evil, Why: evil, Err: errors.New(evil)}
			d := attested()
			d.Version, d.KeyHint, d.PayloadType, d.Certificate = evil, evil, evil, holder(evil)
			d.Signer = verify.Signer{Identity: evil, Issuer: evil}
			for i := range d.Facts {
				d.Facts[i].Value = evil
			}
			d.Subjects[0] = &intoto.ResourceDescriptor{Name: evil, Uri: evil, Digest: map[string]string{evil: evil}}
			d.Statement = &verify.StatementDescription{Type: evil, PredicateType: evil, Claims: d.Facts, Parameters: []string{evil},
				Inputs: []string{evil}, Contradicts: []verify.Disagreement{{Name: verify.FactRef, Certificate: evil, Statement: evil}}}
			d.Entries[0].Origin, d.Entries[0].Kind, d.Stamps[0].Authority, d.Problems = evil, evil, evil, []error{problem}
			inspection := Inspection{Documents: []Document{{Name: evil, Kind: Bundle, Format: evil, Says: d, Problems: []error{errors.New(evil)},
				Services: []Service{{Kind: "transparency log", URL: evil, Operator: evil, ID: evil, Name: evil, Use: evil}}},
				{Name: evil, Says: &verify.Description{KeyHint: evil}}}}
			var text, doc bytes.Buffer
			if err := errors.Join(inspection.Text(&text, TextOptions{}), inspection.JSON(&doc)); err != nil {
				t.Fatal(err)
			}
			wantHarmless(t, text.String())
			wantHarmless(t, doc.String())
			if text.Len() > 64<<10 {
				t.Errorf("%d bytes of text", text.Len())
			}
		})
	}
}

func TestInspectionFailed(t *testing.T) {
	problem := &verify.Rejection{Check: verify.CheckBundle, Why: "x"}
	tests := map[string]struct {
		document Document
		want     bool
	}{
		"read":             {Document{Says: &verify.Description{}}, false},
		"document":         {Document{Problems: []error{problem}}, true},
		"part of a bundle": {Document{Says: &verify.Description{Problems: []error{problem}}}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := (&Inspection{Documents: []Document{{}, test.document}}).Failed()
			if errors.Is(err, problem) != test.want {
				t.Errorf("got %v", err)
			}
		})
	}
}
