// Package verify decides whether a Sigstore bundle binds an artifact to a
// signer and, where asked, to a build.
//
// Most callers need one call: fill a [Policy], hand [Verifier.Verify] a bundle
// and the artifact's digest, and look at the error. There is no result to
// misread: a [Verdict] exists only when every check passed, anything else is
// an error. A [*Rejection] is the evidence saying no and names the check with
// what was wanted and got; an error that wraps [ErrPolicy] is a policy that
// cannot be meant.
//
//	v := verify.Verifier{Root: trustedRoot}
//	verdict, err := v.Verify(bundle, &intoto.ResourceDescriptor{
//		Name:   "widget.tar.gz",
//		Digest: map[string]string{"sha256": digest},
//	}, &verify.Policy{Repository: "octo/widget", Ref: "refs/tags/v1.4.0"})
//
// # What is trusted
//
// The trusted root, and nothing from the bundle: its certificate counts if an
// authority of the root issued it, a certificate log of the root saw it, a
// clock of the root (a log's signed time or a timestamp authority) says that
// the signature was made while it was valid, and a transparency log of the
// root holds an entry of this signature by this certificate over these bytes.
// Then the certificate is believed. The statement that it signed was written
// by the workflow: it may agree with the certificate, and what it alone says
// is marked [SelfAsserted].
//
// # Questions
//
// A policy that names only a signer asks the signature question: did they sign
// these bytes? Whatever else it says makes it the provenance question: how
// were they built? Or it names a verifier and what they must speak of: did they
// say that it passed? Then the word of whoever signs for that verifier is all
// there is. See [Question].
//
// The package opens no connection, reads no clock, file or environment, and
// prints nothing.
package verify
