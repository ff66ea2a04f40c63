package verify

import (
	"crypto/x509"
	"slices"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// checkCertificate validates the leaf's path to the root at every trusted
// time and its certificate transparency proof.
//
// Sigstore client specification, "Certificate"; RFC 5280 section 6; RFC 6962
// section 3.3 for the embedded timestamp.
func checkCertificate(e *entity, tm root.TrustedMaterial, times []Time) error {
	leaf := e.leaf
	if err := checkLeaf(leaf); err != nil {
		return err
	}
	// An OtherName alternative name is critical and unknown to crypto/x509; it
	// is read by readCertificate, so it does not count as unhandled.
	leaf.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(leaf.UnhandledCriticalExtensions), cryptoutils.SANOID.Equal)
	var chains [][]*x509.Certificate
	for _, t := range times {
		if !validAt(e, t.Time) {
			return outsideValidity(e, t.Time, "signed")
		}
		var err error
		if chains, err = sgverify.VerifyLeafCertificate(t.Time, leaf, tm); err != nil {
			return &Rejection{Check: CheckCertificate, Want: "a certificate by an authority of the trusted root",
				Got: "issued by " + leaf.Issuer.String(), Err: err,
				Hint: "if this was signed with another Sigstore, give its root with --trusted-root FILE"}
		}
	}
	if len(tm.CTLogs()) == 0 {
		return nil // a trust domain without certificate logs, chosen with the root
	}
	if err := checkLogged(leaf, chains, tm); err != nil {
		return &Rejection{Check: CheckCertificate, Want: "a certificate that a certificate log of the trusted root has seen", Err: err}
	}
	return nil
}

// checkLogged verifies the certificate log's timestamp in the leaf, once for
// each certificate: it does not depend on the time of the signature.
func checkLogged(leaf *x509.Certificate, chains [][]*x509.Certificate, tm root.TrustedMaterial) error {
	verify := func() ([][]*x509.Certificate, error) {
		return chains, sgverify.VerifySignedCertificateTimestamp(chains, 1, tm)
	}
	r, ok := tm.(*remembering)
	if !ok {
		_, err := verify()
		return err
	}
	_, err := r.logged.chains(leaf, time.Time{}, verify)
	return err
}

// checkLeaf refuses a certificate that is not for signing code.
func checkLeaf(leaf *x509.Certificate) error {
	if err := checkKey(leaf.PublicKey); err != nil {
		return &Rejection{Check: CheckCertificate, Why: "a key that is not believed", Err: err}
	}
	switch {
	case leaf.IsCA:
		return &Rejection{Check: CheckCertificate, Want: "a signer's certificate", Got: "an authority's"}
	case leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return &Rejection{Check: CheckCertificate, Want: "key usage digital signature", Got: "another"}
	case !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageCodeSigning):
		return &Rejection{Check: CheckCertificate, Want: "extended key usage code signing", Got: "another"}
	}
	return nil
}

func validAt(e *entity, t time.Time) bool { return e.material.ValidAtTime(t, nil) }

func outsideValidity(e *entity, t time.Time, what string) *Rejection {
	return &Rejection{Check: CheckCertificate, Want: "a certificate that was valid when it was used",
		Got: what + " at " + stamp(t) + ", certificate valid " + period(e.leaf.NotBefore, e.leaf.NotAfter)}
}
