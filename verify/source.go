package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
	"golang.org/x/mod/semver"
)

// checkSource holds the certificate to what the policy says of repository,
// signer, ref, commit, event and runner. A fact that is asked for and absent
// is refused. Provenance tells whether there is any, which may name the builder
// that the signer signed for.
func checkSource(h *holder, facts []Fact, p *Policy, provenance bool) error {
	if p.Repository != "" {
		if err := checkRepository(h, facts, p); err != nil {
			return err
		}
	}
	if err := checkSigner(facts, p, provenance); err != nil {
		return err
	}
	want := []struct {
		name  FactName
		value string
	}{
		{FactOwner, prefixed(githubURL, p.Owner)},
		{FactRepositoryID, p.RepositoryID},
		{FactOwnerID, p.OwnerID},
		{FactSignerDigest, p.SignerDigest},
		{FactRef, p.Ref},
		{FactCommit, p.Commit},
	}
	for _, w := range want {
		if w.value == "" {
			continue
		}
		if got := factValue(facts, w.name); !sameFact(w.name, got, w.value) {
			return factRejection(w.name, w.value, got)
		}
	}
	if owner := ownerOf(factValue(facts, FactRepository)); p.Owner != "" && !sameRepository(owner, p.Owner) {
		return factRejection(FactRepository, githubURL+p.Owner+"/…", factValue(facts, FactRepository))
	}
	if err := checkVersion(facts, p); err != nil {
		return err
	}
	if p.Question() == ProvenanceQuestion || p.Repository != "" {
		if err := checkEvent(facts, p); err != nil {
			return err
		}
		return checkRunner(facts, p)
	}
	return nil
}

// checkRepository wants GitHub's word that the repository's own workflow or a
// trusted builder signed.
func checkRepository(h *holder, facts []Fact, p *Policy) error {
	issuer := p.Issuer
	if issuer == "" {
		issuer = GitHubIssuer
	}
	if h.Issuer != issuer {
		return &Rejection{Check: CheckIssuer, Want: issuer, Got: h.Issuer, Why: "the signer is no GitHub workflow"}
	}
	want := githubURL + p.Repository
	if got := factValue(facts, FactRepository); !sameFact(FactRepository, got, want) {
		return &Rejection{Check: CheckSource, Want: want, Got: orNone(got), Why: "this was built from another repository",
			Hint: "check where you downloaded this; tell the project if the link was theirs"}
	}
	if p.SignerWorkflow != "" {
		return nil // checkSigner compares it
	}
	signer, err := parseWorkflow(factValue(facts, FactSigner))
	if err != nil {
		return &Rejection{Check: CheckSigner, Want: "a GitHub workflow", Got: orNone(factValue(facts, FactSigner)), Err: err}
	}
	if sameRepository(signer.repository, p.Repository) {
		return nil
	}
	if b := builderOf(signer); b != nil && !b.named {
		return b.checkRef(signer, p)
	}
	return &Rejection{Check: CheckSigner, Want: "a workflow of " + p.Repository + " or a trusted builder", Got: signer.String(),
		Hint: "if the project says that this workflow signs for it: --signer-workflow OWNER/REPO/PATH"}
}

func checkSigner(facts []Fact, p *Policy, provenance bool) error {
	if p.SignerWorkflow == "" {
		return nil
	}
	signer, err := parseWorkflow(factValue(facts, FactSigner))
	if err == nil && p.names(signer) {
		return nil
	}
	if b := builderOf(signer); err == nil && provenance && b != nil && b.delegate {
		return nil // checkDelegated compares it with the builder
	}
	return &Rejection{Check: CheckSigner, Want: p.signer(), Got: orNone(factValue(facts, FactSigner)), Err: err}
}

// signer says in words which workflow the policy wants.
func (p *Policy) signer() string {
	if p.signerRef == "" {
		return p.SignerWorkflow
	}
	return p.SignerWorkflow + "@" + p.signerRef
}

// names tells whether a workflow is the policy's signer. The ref of a tag may
// be short.
func (p *Policy) names(w workflow) bool {
	repository, path, err := splitWorkflow(p.SignerWorkflow)
	return err == nil && w.is(repository, path) && (p.signerRef == "" || p.signerRef == w.ref || "refs/tags/"+p.signerRef == w.ref)
}

// checkVersion compares semantic versions as slsa-verifier does, on the tag
// that the certificate names.
func checkVersion(facts []Fact, p *Policy) error {
	if p.Version == "" {
		return nil
	}
	ref := factValue(facts, FactRef)
	tag, err := utils.TagFromGitRef(ref)
	if err == nil {
		err = utils.VerifyVersionedTag(tag, p.Version)
	}
	if err != nil {
		return &Rejection{Check: CheckRef, Want: "a tag of version " + p.Version, Got: orNone(ref)}
	}
	return nil
}

func validVersion(v string) error {
	if !semver.IsValid(v) || semver.Prerelease(v) != "" || semver.Build(v) != "" {
		return policyError("version %q: want v1, v1.2 or v1.2.3", v)
	}
	return nil
}

// refusedEvents run other people's code with the project's identity.
var refusedEvents = []string{"issue_comment", "workflow_run"}

// UsualEvent tells whether a policy that names no events accepts this one: only
// the project itself can start it.
func UsualEvent(event string) bool {
	return event != "" && !slices.Contains(refusedEvents, event) && !strings.HasPrefix(event, "pull_request")
}

func checkEvent(facts []Fact, p *Policy) error {
	event := factValue(facts, FactEvent)
	if len(p.Events) > 0 {
		if slices.Contains(p.Events, event) {
			return nil
		}
		return &Rejection{Check: CheckEvent, Want: strings.Join(p.Events, " or "), Got: orNone(event)}
	}
	if !UsualEvent(event) {
		return &Rejection{Check: CheckEvent, Want: "an event that only the project can start", Got: orNone(event),
			Why: "others can run code under the project's name by it"}
	}
	return nil
}

func checkRunner(facts []Fact, p *Policy) error {
	switch runner := factValue(facts, FactRunner); {
	case runner == "github-hosted", runner == unknownRunner:
		return nil
	case runner == "self-hosted" && p.AllowSelfHosted:
		return nil
	case runner == "self-hosted":
		return &Rejection{Check: CheckRunner, Want: "a GitHub-hosted runner", Got: runner,
			Why: "whoever runs that machine could have changed the build", Hint: "if the project says that it builds on its own machines: --allow-self-hosted"}
	default:
		return &Rejection{Check: CheckRunner, Want: "a GitHub-hosted runner", Got: orNone(runner)}
	}
}

func factRejection(name FactName, want, got string) *Rejection {
	r := &Rejection{Check: factChecks[name], Want: want, Got: orNone(got)}
	switch {
	case got == "":
		r.Why = fmt.Sprintf("the certificate names no %s", name)
	case name == FactRef && strings.HasPrefix(want, "refs/tags/") && strings.HasPrefix(got, "refs/heads/"):
		r.Why = "the bundle is genuine, but was made from a branch, not from the tag"
		r.Hint = "the release may have been rebuilt by hand; ask the project, or accept the branch knowingly with --branch " + strings.TrimPrefix(got, "refs/heads/")
	case name == FactRef && strings.HasPrefix(want, "refs/heads/") && strings.HasPrefix(got, "refs/tags/"):
		r.Why = "the bundle is genuine, but was made from a tag, not from the branch"
		r.Hint = "of a release the tag is what to ask for: --tag " + strings.TrimPrefix(got, "refs/tags/")
	case name == FactRef && strings.HasPrefix(want, "refs/tags/") && got == "refs/tags/v"+strings.TrimPrefix(want, "refs/tags/"):
		r.Why = "the bundle is genuine, and its tag begins with a v"
		r.Hint = "--tag " + strings.TrimPrefix(got, "refs/tags/")
	case name == FactRef:
		r.Why = "the bundle is genuine, but was made for another release"
		r.Hint = "get the bundle of the release that you asked for"
	}
	return r
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
