package verify

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
)

// holder is what a certificate says of whom it was issued to.
type holder struct {
	certificate.Extensions
	name      string // the subject alternative name
	kind      nameKind
	notBefore time.Time
}

// runnersKnownSince is when Fulcio began to name runner, source and builder in
// the extensions from .1.8 on; before, certificates carry .1.1 to .1.6 alone.
var runnersKnownSince = time.Date(2023, time.March, 1, 0, 0, 0, 0, time.UTC)

// readCertificate reads name and extensions, and refuses a certificate that
// leaves room for two readings: several names, an extension twice, old and new
// extensions that disagree.
//
// Fulcio, docs/oid-info.md.
func readCertificate(leaf *x509.Certificate) (*holder, error) {
	name, kind, err := alternativeName(leaf)
	if err != nil {
		return nil, &Rejection{Check: CheckCertificate, Want: "exactly one name in the certificate", Err: err}
	}
	raw, err := fulcioExtensions(leaf)
	if err != nil {
		return nil, &Rejection{Check: CheckCertificate, Why: "unreadable Fulcio extension", Err: err}
	}
	ext, err := certificate.ParseExtensions(leaf.Extensions)
	if err != nil {
		return nil, &Rejection{Check: CheckCertificate, Why: "unreadable Fulcio extension", Err: err}
	}
	h := &holder{Extensions: ext, name: name, kind: kind, notBefore: leaf.NotBefore}
	for _, pair := range h.doublets(raw) {
		if pair.old != "" && pair.new != "" && pair.old != pair.new {
			return nil, &Rejection{Check: CheckCertificate, Want: "one " + pair.what + " in the certificate",
				Got: fmt.Sprintf("%s and %s", pair.old, pair.new)}
		}
	}
	return h, nil
}

type doublet struct{ what, old, new string }

// doublets are the facts that a certificate states twice.
func (h *holder) doublets(raw map[int]string) []doublet {
	oldRepository := ""
	if h.GithubWorkflowRepository != "" {
		oldRepository = githubURL + h.GithubWorkflowRepository
	}
	pairs := []doublet{
		{"issuer", raw[1], raw[8]},
		{"event", h.GithubWorkflowTrigger, h.BuildTrigger},
		{"commit", h.GithubWorkflowSHA, h.SourceRepositoryDigest},
		{"repository", oldRepository, h.SourceRepositoryURI},
		{"ref", h.GithubWorkflowRef, h.SourceRepositoryRef},
	}
	if h.kind == uriName && (h.Issuer == GitHubIssuer || strings.HasPrefix(h.Issuer, GitHubIssuer+"/")) {
		pairs = append(pairs, doublet{"build signer", h.name, h.BuildSignerURI})
	}
	if owner := ownerOf(h.SourceRepositoryURI); owner != "" && h.SourceRepositoryOwnerURI != "" {
		pairs = append(pairs, doublet{"repository owner", githubURL + owner, h.SourceRepositoryOwnerURI})
	}
	return pairs
}

// old tells whether the certificate carries the old extensions alone, as all
// did before runnersKnownSince.
func (h *holder) old() bool {
	return h.notBefore.Before(runnersKnownSince) && h.SourceRepositoryURI == "" && h.BuildSignerURI == ""
}

var fulcioArc = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1}

// fulcioExtensions returns the values of Fulcio's extensions by their last
// number. Those up to .6 hold plain text, those from .8 on a DER UTF8String.
func fulcioExtensions(leaf *x509.Certificate) (map[int]string, error) {
	values := make(map[int]string)
	for _, ext := range leaf.Extensions {
		if len(ext.Id) != len(fulcioArc)+1 || !slices.Equal(ext.Id[:len(fulcioArc)], fulcioArc) {
			continue
		}
		number := ext.Id[len(fulcioArc)]
		if _, twice := values[number]; twice {
			return nil, fmt.Errorf("extension %s twice", ext.Id)
		}
		if number < 7 {
			values[number] = string(ext.Value)
			continue
		}
		var text asn1.RawValue
		rest, err := asn1.Unmarshal(ext.Value, &text)
		if err != nil || len(rest) > 0 || text.Class != asn1.ClassUniversal || text.Tag != asn1.TagUTF8String {
			return nil, fmt.Errorf("extension %s is not a UTF8String alone", ext.Id)
		}
		values[number] = string(text.Bytes)
	}
	return values, nil
}
