package verify

import (
	"crypto"
	"regexp"
	"strings"
)

// GitHubIssuer is the OpenID Connect issuer of GitHub Actions.
const GitHubIssuer = "https://token.actions.githubusercontent.com"

// Policy says who must have signed and what must have been built. Every field
// that is set is enforced; all that are set must hold together. Its zero value
// accepts nothing: Validate refuses a policy that names no signer.
type Policy struct {
	// Identities are the signers that will do, each a pair of name and issuer.
	Identities []Identity
	// Key is the public key that must have signed.
	Key crypto.PublicKey
	// Repository is the source repository, OWNER/NAME on GitHub. The signer
	// must be a workflow of that repository or a trusted builder.
	Repository string

	// Issuer is the issuer that goes with Repository; empty means GitHubIssuer.
	Issuer string
	// SignerWorkflow is the signing workflow, OWNER/REPO/PATH without a ref.
	// Where a delegator of slsa-github-generator signs, it is the builder that
	// is signed for.
	SignerWorkflow string
	signerRef      string // of that workflow, as slsa-verifier's builder ids have it
	// SignerDigest is the commit of the signing workflow.
	SignerDigest string
	// Owner is the owner of the source repository.
	Owner string
	// RepositoryID and OwnerID are GitHub's numbers, which survive renames.
	RepositoryID string
	OwnerID      string
	// Ref is the full ref that was built, refs/tags/… or refs/heads/….
	Ref string
	// Version is a semantic version that the tag must match: v1, v1.2 or v1.2.3.
	Version string
	// Commit is the commit that was built.
	Commit string
	// Events are the only events that may have started the build. None set
	// means every event but those that run other people's code.
	Events []string
	// Inputs are what the workflow must have been given. Nil asks nothing; a
	// map, even an empty one, must name every input that provenance records.
	Inputs map[string]string
	// AllowSelfHosted accepts self-hosted runners beside GitHub's own.
	AllowSelfHosted bool
	// Require asks for a message signature or for provenance.
	Require Require
	// Level is the least SLSA Build level.
	Level int
	// PredicateTypes are accepted beside SLSA provenance, or instead of it.
	PredicateTypes []string
	// Verifier is the id of a verifier whose SLSA verification summary is
	// believed, and Resource the URI that the summary must be about. Both
	// together ask for a summary instead of evidence of one's own; the signer
	// must be known to be the verifier's.
	Verifier string
	Resource string
	// RequireInclusionProof refuses a log's mere promise.
	RequireInclusionProof bool
	// RequireAll refuses an artifact if any bundle about it is refused, where one
	// that is not is enough otherwise. Verify sees one bundle: whoever has several
	// keeps to it.
	RequireAll bool
	// AllowUnlogged accepts what no log has seen; only with Key.
	AllowUnlogged bool
}

// Identity is one signer: the name in the certificate and who vouched for it.
type Identity struct {
	Subject string         // the subject alternative name, exact
	Pattern *regexp.Regexp // or a pattern for the whole of it, see CompilePattern
	Issuer  string         // the OpenID Connect issuer, exact
}

// Require says which kind of evidence is asked for.
type Require string

// What a policy may require. Either is the zero value.
const (
	RequireEither     Require = ""
	RequireSignature  Require = "signature"
	RequireProvenance Require = "provenance"
)

// A Question is what a policy asks of a bundle.
type Question string

// The questions. Signature asks who signed these bytes, and believes no
// predicate. Provenance asks how they were built, and every fact that both
// certificate and statement state must agree. Summary asks what a verifier
// says who has looked at them already.
const (
	SignatureQuestion  Question = "signature"
	ProvenanceQuestion Question = "provenance"
	SummaryQuestion    Question = "summary"
)

// Question tells which of the questions the policy asks.
func (p *Policy) Question() Question {
	if p.asksSummary() {
		return SummaryQuestion
	}
	if p.Require == RequireSignature {
		return SignatureQuestion
	}
	if p.Require == RequireProvenance || p.Level > 0 || p.aboutSource() {
		return ProvenanceQuestion
	}
	return SignatureQuestion
}

// aboutSource tells whether the policy asks for any fact of a build.
func (p *Policy) aboutSource() bool {
	for _, s := range []string{p.Repository, p.SignerWorkflow, p.SignerDigest, p.Owner, p.RepositoryID,
		p.OwnerID, p.Ref, p.Version, p.Commit} {
		if s != "" {
			return true
		}
	}
	return len(p.Events) > 0 || p.Inputs != nil || p.AllowSelfHosted
}

// Validate refuses a policy that names no signer, contradicts itself or holds
// a malformed value. The error wraps ErrPolicy.
func (p *Policy) Validate() error {
	if p == nil || (len(p.Identities) == 0 && p.Key == nil && p.Repository == "") {
		return policyError("no identity given: say who must have signed")
	}
	for _, id := range p.Identities {
		if err := id.validate(); err != nil {
			return err
		}
	}
	if p.Repository != "" && !validRepository(p.Repository) {
		return policyError("repository %q: want OWNER/NAME", p.Repository)
	}
	if p.Owner != "" && !validOwner(p.Owner) {
		return policyError("owner %q: not a GitHub owner", p.Owner)
	}
	if p.SignerWorkflow != "" {
		if _, _, err := splitWorkflow(p.SignerWorkflow); err != nil {
			return policyError("signer workflow %q: want OWNER/REPO/PATH of a .yml or .yaml file", p.SignerWorkflow)
		}
	}
	if p.Ref != "" && (!strings.HasPrefix(p.Ref, "refs/") || strings.HasSuffix(p.Ref, "/")) {
		return policyError("ref %q: want a full ref such as refs/tags/v1.0.0 or refs/heads/main", p.Ref)
	}
	for _, c := range []string{p.Commit, p.SignerDigest} {
		if c != "" && !validCommit(c) {
			return policyError("commit %q: want 40 or 64 hexadecimal digits", c)
		}
	}
	for _, n := range []string{p.RepositoryID, p.OwnerID} {
		if n != "" && !digits.MatchString(n) {
			return policyError("id %q: want GitHub's decimal number", n)
		}
	}
	if p.Version != "" {
		if err := validVersion(p.Version); err != nil {
			return err
		}
	}
	return p.validateKinds()
}

func (p *Policy) validateKinds() error {
	switch p.Require {
	case RequireEither, RequireSignature, RequireProvenance:
	default:
		return policyError("require %q: want signature or provenance", p.Require)
	}
	if p.Level < 0 || p.Level > 3 {
		return policyError("SLSA Build level %d: want 1, 2 or 3", p.Level)
	}
	if p.Level > 0 && p.Require == RequireSignature {
		return policyError("a SLSA Build level needs provenance, not a signature")
	}
	if p.AllowUnlogged && (p.Key == nil || len(p.Identities) > 0 || p.Repository != "") {
		return policyError("only what a key signed may be unlogged")
	}
	if p.AllowUnlogged && p.RequireInclusionProof {
		return policyError("what may be unlogged cannot need an inclusion proof")
	}
	if p.Issuer != "" && p.Repository == "" {
		return policyError("issuer %q goes with a repository; that of an identity stands in the identity", p.Issuer)
	}
	if p.Key != nil {
		if err := checkKey(p.Key); err != nil {
			return policyError("key: %w", err)
		}
	}
	return p.validateSummary()
}

func (id Identity) validate() error {
	switch {
	case id.Subject == "" && id.Pattern == nil:
		return policyError("identity is empty")
	case id.Subject != "" && id.Pattern != nil:
		return policyError("identity %q: give a name or a pattern, not both", id.Subject)
	case id.Issuer == "":
		return policyError("identity %s has no issuer: say who vouched for it", id)
	}
	return nil
}

func (id Identity) String() string {
	if id.Pattern != nil {
		return "/" + id.Pattern.String() + "/"
	}
	return id.Subject
}

// maxPattern bounds the source of a pattern, in bytes.
const maxPattern = 4 << 10

// CompilePattern compiles an RE2 pattern that must match a whole identity.
func CompilePattern(pattern string) (*regexp.Regexp, error) {
	if pattern == "" || len(pattern) > maxPattern {
		return nil, policyError("pattern of %d bytes: want 1 to %d", len(pattern), maxPattern)
	}
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, policyError("pattern %q: %w", pattern, err)
	}
	re, err := regexp.Compile(wholeBefore + pattern + wholeBehind)
	if err != nil {
		return nil, policyError("pattern %q: %w", pattern, err)
	}
	return re, nil
}

// What makes a pattern match whole names alone.
const wholeBefore, wholeBehind = `\A(?:`, `)\z`

// patternSource returns what CompilePattern was given, if it made the pattern.
func patternSource(re *regexp.Regexp) (source string, ok bool) {
	source, before := strings.CutPrefix(re.String(), wholeBefore)
	source, behind := strings.CutSuffix(source, wholeBehind)
	return source, before && behind
}
