package verify

import (
	"crypto"
	"errors"
	"slices"
	"sync"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
)

// A Verifier holds what is trusted. It is safe for concurrent use, and one for
// many bundles checks what they share once. It must not be copied after use.
type Verifier struct {
	// Root is the trusted root. A root.TrustedMaterialCollection stands for
	// several trust domains: a bundle must hold in one of them alone.
	Root root.TrustedMaterial

	prepare sync.Once
	domains []root.TrustedMaterial
	proven  provenMemo
}

// Verify establishes that the bundle binds the artifact to a signer whom the
// policy accepts. The artifact is known by its name and digests, in lower-case
// hexadecimal; Algorithms says which are needed. The error is a *Rejection
// where the evidence says no, and wraps ErrPolicy where the policy cannot be
// meant.
func (v *Verifier) Verify(b *bundle.Bundle, artifact *intoto.ResourceDescriptor, p *Policy) (*Verdict, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if artifact.GetDigest()[ImageID] != "" && !p.asksSummary() {
		return nil, policyError("artifact %q: nothing but a verification summary is about an image by its number", artifact.GetName())
	}
	if v.Root == nil {
		return nil, errNoRoot
	}
	proven, err := v.prove(b, artifact, p)
	if err != nil {
		return nil, err
	}
	verdict := proven.fresh()
	verdict.Artifact, verdict.Question = artifact, p.Question()
	if err := checkStatement(proven.statement, artifact, p, verdict); err != nil {
		return nil, err
	}
	if err := checkPolicy(proven.entity, proven.statement, p, verdict); err != nil {
		return nil, err
	}
	return verdict, nil
}

// checkSignature verifies the signature by the key that the bundle names, over
// the envelope or the artifact's digest. Whether that key is anybody's is
// established afterwards, on the same certificate object.
func checkSignature(e *entity, given crypto.PublicKey, artifact *intoto.ResourceDescriptor) error {
	key := e.signingKey(given)
	if err := checkKey(key); err != nil {
		return &Rejection{Check: CheckCertificate, Why: "a key that is not believed", Err: err}
	}
	if err := checkEncoding(key, e.content.Signature()); err != nil {
		return signatureRejection(key, err)
	}
	message := e.content.MessageSignatureContent() != nil
	tm, err := withKey(&root.BaseTrustedMaterial{}, key, message)
	if err != nil {
		return err
	}
	if message {
		digest, err := checkMessage(e, key, artifact)
		if err != nil {
			return err
		}
		err = sgverify.VerifySignatureWithArtifactDigests(e.content, e.material, tm, []sgverify.ArtifactDigest{{Algorithm: hashName(key), Digest: digest}})
		return signatureRejection(key, err)
	}
	return signatureRejection(key, sgverify.VerifySignature(e.content, e.material, tm))
}

func signatureRejection(key crypto.PublicKey, err error) error {
	if err == nil {
		return nil
	}
	return &Rejection{Check: CheckSignature, Want: "a signature by key " + Fingerprint(key), Err: err,
		Hint: "the bundle was damaged or forged: download it again; if it stays so, tell the project"}
}

// establish proves the signature's log entry, time and certificate in one of
// the root's trust domains; proofs of several are never added up.
func (v *Verifier) establish(e *entity, p *Policy) (*Verdict, error) {
	nearest := errNoRoot
	v.prepare.Do(func() {
		for _, tm := range domains(v.Root) {
			v.domains = append(v.domains, remember(tm))
		}
	})
	for _, tm := range v.domains {
		verdict, err := establishIn(tm, e, p)
		if err == nil {
			return verdict, nil
		}
		if nearest == errNoRoot || stage(err) > stage(nearest) {
			nearest = err
		}
	}
	return nil, nearest
}

var errNoRoot = errors.New("no trusted root")

func domains(tm root.TrustedMaterial) []root.TrustedMaterial {
	if several, ok := tm.(root.TrustedMaterialCollection); ok {
		return several
	}
	return []root.TrustedMaterial{tm}
}

// stage tells how far a bundle came in a domain, to report the domain that it
// was most likely made in.
func stage(err error) int {
	var r *Rejection
	if !errors.As(err, &r) {
		return -1
	}
	return slices.Index([]Check{CheckTransparency, CheckTimestamp, CheckCertificate}, r.Check)
}

func establishIn(tm root.TrustedMaterial, e *entity, p *Policy) (*Verdict, error) {
	if e.leaf == nil {
		var err error
		if tm, err = withKey(tm, p.Key, e.content.MessageSignatureContent() != nil); err != nil {
			return nil, err
		}
	}
	logs, logTimes, err := transparency(e, tm, p)
	if err != nil {
		return nil, err
	}
	times, uncounted, err := timestamps(e, tm, logTimes)
	if err != nil {
		return nil, err
	}
	if err := checkLogValidity(e, tm, times); err != nil {
		return nil, err
	}
	verdict := &Verdict{Logs: logs, Times: times, Uncounted: uncounted}
	if e.leaf == nil {
		verdict.Signer.Key = Fingerprint(p.Key)
		return verdict, nil
	}
	if err := checkCertificate(e, tm, times); err != nil {
		return nil, err
	}
	return verdict, nil
}

// statementOf parses the statement that was signed, if there is one.
func statementOf(e *entity) (*statement, error) {
	content := e.content.EnvelopeContent()
	if content == nil {
		return nil, nil
	}
	env := content.RawEnvelope()
	payload, err := env.DecodeB64Payload()
	if err != nil {
		return nil, &Rejection{Check: CheckBundle, Why: "unreadable payload", Err: err}
	}
	s, err := readStatement(env.PayloadType, payload)
	if err != nil {
		return nil, err
	}
	s.subjects = indexSubjects(s.Subject)
	return s, nil
}

// checkStatement finds the artifact among the statement's subjects.
func checkStatement(s *statement, artifact *intoto.ResourceDescriptor, p *Policy, v *Verdict) error {
	if s == nil {
		return nil
	}
	matched, err := checkSubjects(s.subjects, artifact)
	if err != nil {
		return err
	}
	if err := checkPredicateType(s, p); err != nil {
		return err
	}
	v.Statement = s.summary(matched)
	return nil
}

// checkPolicy holds signer, build and statement to the policy, certificate
// first.
func checkPolicy(e *entity, s *statement, p *Policy, v *Verdict) error {
	var h *holder
	if e.leaf != nil {
		var err error
		if h, err = e.holder(); err != nil {
			return err
		}
		v.Signer = Signer{Identity: h.name, Issuer: h.Issuer}
		v.Facts = h.facts()
		if err := checkIdentities(h, p); err != nil {
			return err
		}
		if err := checkSource(h, v.Facts, p, s != nil && s.isProvenance()); err != nil {
			return err
		}
	} else if p.aboutSource() {
		return &Rejection{Check: CheckSource, Want: "a certificate that says what was built", Got: "a signature by a key"}
	}
	if s == nil {
		return nil
	}
	if v.Question == SummaryQuestion {
		return checkSummary(s, p, v)
	}
	c, err := readClaims(s)
	if v.Question == SignatureQuestion {
		if err == nil && c != nil {
			v.NotBelieved = disagreements(c, v.Facts)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if c == nil {
		return checkOtherPredicate(s, p)
	}
	return checkProvenance(c, h, p, v)
}

func checkProvenance(c *claims, h *holder, p *Policy, v *Verdict) error {
	if h == nil {
		return &Rejection{Check: CheckBuilder, Want: "provenance that a known builder signed", Got: "provenance that a key signed"}
	}
	own, err := checkClaims(c, v.Facts, p)
	if err != nil {
		return err
	}
	if err := checkInputs(c.inputs, p); err != nil {
		return err
	}
	v.Level = buildLevel(h, v.Facts, p)
	if err := checkLevel(v.Level, p); err != nil {
		return err
	}
	v.Facts = slices.Concat(v.Facts, own) // no larger than they are: there may be thousands of verdicts
	v.Statement.Dependencies, v.Statement.Parameters = c.dependencies, len(c.external)
	if p.Inputs == nil {
		v.InputsNotChecked = inputNames(c.inputs)
	}
	return nil
}
