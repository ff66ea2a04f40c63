package verify

import "strings"

// FactName names a fact of a build.
type FactName string

// The facts that a verdict may hold. Those that a certificate names are
// Fulcio's extensions of the same meaning; BuildType is a statement's alone.
const (
	FactRepository   FactName = "repository"    // source repository, as URI
	FactRef          FactName = "ref"           // refs/tags/… or refs/heads/…
	FactCommit       FactName = "commit"        // source commit
	FactSigner       FactName = "signer"        // the workflow that signed, as URI with ref
	FactSignerDigest FactName = "signer-digest" // commit of that workflow
	FactWorkflow     FactName = "workflow"      // the workflow that was started, as URI with ref
	FactEvent        FactName = "event"
	FactRunner       FactName = "runner" // github-hosted or self-hosted
	FactRun          FactName = "run"    // URI of the run and attempt
	FactOwner        FactName = "owner"  // repository owner, as URI
	FactRepositoryID FactName = "repository-id"
	FactOwnerID      FactName = "owner-id"
	FactVisibility   FactName = "visibility"
	FactBuilder      FactName = "builder"
	FactBuildType    FactName = "build-type"
)

// factChecks says which check a fact that disagrees fails.
var factChecks = map[FactName]Check{
	FactRepository: CheckSource, FactOwner: CheckSource, FactRepositoryID: CheckSource, FactOwnerID: CheckSource,
	FactRef: CheckRef, FactCommit: CheckCommit, FactEvent: CheckEvent, FactRunner: CheckRunner,
	FactSigner: CheckSigner, FactSignerDigest: CheckSigner, FactBuilder: CheckBuilder,
	FactWorkflow: CheckPredicate, FactRun: CheckPredicate, FactBuildType: CheckPredicate,
}

// unknownRunner is the runner of a certificate from before runners were named.
// A certificate that says the word itself names no runner.
const unknownRunner = "unknown"

// facts are what the certificate establishes, in the order in which they are
// shown. Absent ones are left out.
func (h *holder) facts() []Fact {
	event, commit, ref, repository := h.BuildTrigger, h.SourceRepositoryDigest, h.SourceRepositoryRef, h.SourceRepositoryURI
	runner, signer := h.RunnerEnvironment, h.BuildSignerURI
	if runner == unknownRunner {
		runner = ""
	}
	if h.old() && h.GithubWorkflowRepository != "" {
		event, commit, ref = h.GithubWorkflowTrigger, h.GithubWorkflowSHA, h.GithubWorkflowRef
		repository = githubURL + h.GithubWorkflowRepository
		runner = unknownRunner
		signer = h.name
	}
	all := []Fact{
		{FactRepository, repository, ByCertificate},
		{FactRef, ref, ByCertificate},
		{FactCommit, commit, ByCertificate},
		{FactSigner, signer, ByCertificate},
		{FactSignerDigest, h.BuildSignerDigest, ByCertificate},
		{FactWorkflow, h.BuildConfigURI, ByCertificate},
		{FactEvent, event, ByCertificate},
		{FactRunner, runner, ByCertificate},
		{FactRun, h.RunInvocationURI, ByCertificate},
		{FactOwner, h.SourceRepositoryOwnerURI, ByCertificate},
		{FactRepositoryID, h.SourceRepositoryIdentifier, ByCertificate},
		{FactOwnerID, h.SourceRepositoryOwnerIdentifier, ByCertificate},
		{FactVisibility, h.SourceRepositoryVisibilityAtSigning, ByCertificate},
	}
	present := all[:0]
	for _, f := range all {
		if f.Value != "" {
			present = append(present, f)
		}
	}
	return present
}

func factValue(facts []Fact, name FactName) string {
	for _, f := range facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// sameFact compares two statements of a fact: repositories and owners as
// GitHub does, everything else to the letter.
func sameFact(name FactName, a, b string) bool {
	switch name {
	case FactRepository, FactOwner:
		return foldRepository(a) == foldRepository(b)
	case FactSigner, FactBuilder, FactWorkflow:
		return foldWorkflow(a) == foldWorkflow(b)
	case FactRun:
		return foldRun(a) == foldRun(b)
	}
	return a == b
}

// foldRepository folds the name part of a GitHub URI and nothing else.
func foldRepository(uri string) string {
	name, ok := strings.CutPrefix(uri, githubURL)
	if !ok {
		return uri
	}
	return githubURL + lowerASCII(name)
}

func foldWorkflow(uri string) string {
	w, err := parseWorkflow(uri)
	if err != nil {
		return uri
	}
	return githubURL + lowerASCII(w.repository) + "/" + w.path + "@" + w.ref
}

func foldRun(uri string) string {
	if i := strings.Index(uri, "/actions/runs/"); i > 0 {
		return foldRepository(uri[:i]) + uri[i:]
	}
	return uri
}
