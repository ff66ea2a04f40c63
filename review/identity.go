package review

import (
	"errors"
	"regexp"
	"strings"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// identity is the one that releases are held to. Beside the policy it knows
// what no policy can say: the workflow that was started, where another one
// signs for it, and the forge's numbers for the project, which certificates
// from before 2023 do not name.
type identity struct {
	policy   verify.Policy
	signer   string // OWNER/REPO/PATH, as the policy's or a trusted builder's
	workflow string
	numbers  *Repository // nil where the policy is about another repository
	learnt   bool
}

// settleIdentity takes the policy that was given, or learns the strictest one
// that the first verified release satisfies.
func (j *judge) settleIdentity(given *verify.Policy) error {
	if given != nil {
		if err := given.Validate(); err != nil {
			return err
		}
		j.identity = identity{policy: *given, signer: given.SignerWorkflow}
		if lower(given.Repository) == lower(j.record.Repository.Name) {
			j.identity.numbers = &j.record.Repository
		}
		return j.report.showIdentity(j.identity, "")
	}
	j.identity = identity{policy: verify.Policy{Repository: j.record.Repository.Name}, numbers: &j.record.Repository}
	first, from, err := j.firstVerdict()
	if err != nil || first == nil {
		return err
	}
	j.identity.signer = workflowPath(first.Fact(verify.FactSigner).Value)
	j.identity.workflow = workflowPath(first.Fact(verify.FactWorkflow).Value)
	if j.identity.learnt = true; j.isOwn(j.identity.signer) {
		j.identity.policy.SignerWorkflow = j.identity.signer
	}
	return j.report.showIdentity(j.identity, from)
}

// firstVerdict verifies an asset of each release by whatever workflow of the
// project signed it, and returns the verdict that is the oldest by a trusted
// clock.
func (j *judge) firstVerdict() (first *verify.Verdict, tag string, err error) {
	var at time.Time
	for _, r := range j.releases {
		for _, a := range r.assets {
			if a.content.kind != "" && a.content.kind != kindChecksums {
				continue
			}
			verdict, _, _, err := j.verify(r, a)
			if err != nil {
				return nil, "", err
			}
			if verdict == nil || len(verdict.Times) == 0 {
				continue
			}
			if t := verdict.Times[0].Time; first == nil || t.Before(at) {
				first, tag, at = verdict, r.Tag, t
			}
			break
		}
	}
	return first, tag, nil
}

func (r *Report) showIdentity(id identity, from string) error {
	text, err := id.policy.YAML()
	if err != nil {
		return err
	}
	issuer := id.policy.Issuer
	if issuer == "" && id.policy.Repository != "" {
		issuer = verify.GitHubIssuer
	}
	r.Identity = &Identity{Policy: string(text), LearntFrom: from, Signer: id.signer, Workflow: id.workflow, Issuer: issuer}
	return nil
}

// verify looks for a bundle that covers the asset under the identity as far as
// it is known. What does not is returned as refused.
func (j *judge) verify(r *release, a *asset) (*verify.Verdict, *found, []Refusal, error) {
	digest, _ := a.digest()
	if digest == nil {
		return nil, nil, nil, nil
	}
	p := j.identity.forRelease(r.Tag)
	var refused []Refusal
	for _, f := range a.found {
		verdict, err := j.try(f, a.Name, digest, p)
		if err == nil {
			return verdict, f, refused, nil
		}
		var rejection *verify.Rejection
		if !errors.As(err, &rejection) {
			return nil, nil, nil, err
		}
		refused = append(refused, refusal(f, rejection))
	}
	return nil, nil, refused, nil
}

func (j *judge) try(f *found, name string, digest map[string]string, p *verify.Policy) (*verify.Verdict, error) {
	if f.err != nil {
		return nil, f.err
	}
	artifact := &intoto.ResourceDescriptor{Name: name, Digest: digest}
	verdict, err := j.verifier.Verify(f.bundle, artifact, p)
	var r *verify.Rejection
	if j.identity.learnt && p.SignerWorkflow != "" && errors.As(err, &r) && r.Check == verify.CheckSigner {
		return j.tryBuilder(f, artifact, p, err)
	}
	if err == nil {
		err = j.identity.hold(verdict)
	}
	if err != nil {
		return nil, err
	}
	return verdict, nil
}

// tryBuilder accepts that a project has handed its signing to a trusted
// builder: the same workflow is started as before, and another signs for it that
// the builds cannot reach. The other way is a signer like any other.
func (j *judge) tryBuilder(f *found, artifact *intoto.ResourceDescriptor, p *verify.Policy, refused error) (*verify.Verdict, error) {
	trusted := *p
	trusted.SignerWorkflow = ""
	verdict, err := j.verifier.Verify(f.bundle, artifact, &trusted)
	if err != nil {
		return nil, refused
	}
	signer, started := workflowPath(verdict.Fact(verify.FactSigner).Value), workflowPath(verdict.Fact(verify.FactWorkflow).Value)
	if j.isOwn(signer) || !sameWorkflow(started, j.identity.workflow) {
		return nil, refused
	}
	if err := j.identity.holdNumbers(verdict); err != nil {
		return nil, err
	}
	return verdict, nil
}

// isOwn tells whether a workflow is one of the project's repository.
func (j *judge) isOwn(workflow string) bool {
	return strings.HasPrefix(lower(workflow), lower(j.record.Repository.Name)+"/")
}

// forRelease is the policy for one release: unless it says otherwise, what was
// built must be the release's tag.
func (id *identity) forRelease(tag string) *verify.Policy {
	p := id.policy
	if p.Repository != "" && p.Ref == "" && p.Version == "" {
		p.Ref = "refs/tags/" + tag
	}
	return &p
}

// hold compares what the policy cannot.
func (id *identity) hold(v *verify.Verdict) error {
	for _, want := range []struct {
		name verify.FactName
		path string
	}{{verify.FactSigner, id.signer}, {verify.FactWorkflow, id.workflow}} {
		if got := v.Fact(want.name).Value; want.path != "" && got != "" && !sameWorkflow(workflowPath(got), want.path) {
			return &verify.Rejection{Check: verify.CheckSigner, Want: want.path, Got: workflowPath(got),
				Why: "another workflow of the project signed this than its first verified release"}
		}
	}
	return id.holdNumbers(v)
}

func (id *identity) holdNumbers(v *verify.Verdict) error {
	if n := id.numbers; n != nil {
		for _, want := range []struct {
			name  verify.FactName
			value string
		}{{verify.FactRepositoryID, n.ID}, {verify.FactOwnerID, n.OwnerID}} {
			if got := v.Fact(want.name).Value; got != "" && want.value != "" && got != want.value {
				return &verify.Rejection{Check: verify.CheckSource, Want: string(want.name) + " " + want.value, Got: got,
					Why: "another repository had this name when this was signed"}
			}
		}
	}
	return nil
}

var workflowURI = regexp.MustCompile(`^https://github\.com/([^/@]+/[^/@]+/\.github/workflows/[^/@]+\.ya?ml)@`)

// workflowPath is a workflow's URI without host and ref. One of another form
// stands for itself.
func workflowPath(uri string) string {
	if m := workflowURI.FindStringSubmatch(uri); m != nil {
		return m[1]
	}
	return uri
}

// sameWorkflow compares repositories as GitHub does, and paths to the letter.
func sameWorkflow(a, b string) bool {
	const folder = "/.github/workflows/"
	repoA, pathA, _ := strings.Cut(a, folder)
	repoB, pathB, _ := strings.Cut(b, folder)
	return pathA == pathB && lower(repoA) == lower(repoB)
}

// lower folds the letters of ASCII and no others.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func refusal(f *found, r *verify.Rejection) Refusal {
	why := r.Why
	if why == "" && r.Err != nil {
		why = r.Err.Error()
	}
	return Refusal{Bundle: f.sha256, Found: f.where, Check: string(r.Check), Want: r.Want, Got: r.Got, Why: why}
}
