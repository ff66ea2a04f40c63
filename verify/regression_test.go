package verify_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	serrors "github.com/slsa-framework/slsa-verifier/v2/errors"
	"github.com/slsa-framework/slsa-verifier/v2/options"

	"github.com/hallmark-project/hallmark/verify"
)

// leftOut says why a row or a replay is not run, or "".
func leftOut(table string, r row) string {
	switch {
	case table == "Test_runVerifyGHAArtifactImage":
		return "cosign's attestations of an image: need the reader of registries"
	case table == "Test_runVerifyGCBArtifactImage":
		return "Google Cloud Build: signed by its own keys, not by Sigstore"
	case table == "Test_runVerifyVSA":
		return "a verification summary, no provenance"
	case strings.HasPrefix(r.text("err"), "ErrorMismatchPackage"), strings.Contains(r.text("name"), "signature publish"):
		return "npm's package name and publish attestation: asked of the command, in testdata/script/policy_npm.txtar"
	}
	return ""
}

// A departure is a verdict that differs from slsa-verifier's on purpose.
type departure struct {
	want verify.Check // "" for a verdict
	why  string
}

func (r replay) departure() *departure {
	name := r.row.text("name")
	wanted := r.row.text("err")
	switch {
	case strings.Contains(name, "npm") && r.builder == nil:
		return &departure{"", "no builder need be named where the project's own workflow or a trusted one signed"}
	case strings.Contains(name, "v1 short runner name"):
		return &departure{"", "both names of GitHub's runners ask for a GitHub-hosted machine"}
	case strings.HasSuffix(r.row.text("source"), "supreme-goggleS"):
		return &departure{"", "GitHub's names are compared without regard to case, as GitHub does"}
	case name == "module.bazel wrong signer":
		return &departure{verify.CheckSource, "source and signer are both foreign: the source is told first"}
	case strings.Contains(r.provenance, "gha_delegator/v1.9.0/") && (wanted == "" || wanted == "ErrorUntrustedReusableWorkflow"):
		return &departure{verify.CheckBuilder, "its delegator ran from a branch, which slsa-verifier lets pass in its own tests alone"}
	}
	return nil
}

// verdict asks the question of a replay, of every artifact.
func (r replay) verdict(t *testing.T, c *releaseCorpus, change func(*options.ProvenanceOpts, *options.BuilderOpts)) (*verify.Verdict, error) {
	t.Helper()
	inputs, _ := r.row["inputs"].(map[string]string)
	expected := &options.ProvenanceOpts{ExpectedSourceURI: r.row.text("source"), ExpectedBranch: r.row.pointer("pbranch"),
		ExpectedTag: r.row.pointer("ptag"), ExpectedVersionedTag: r.row.pointer("pversiontag"), ExpectedWorkflowInputs: inputs}
	builder := &options.BuilderOpts{ExpectedID: r.builder}
	if change != nil {
		change(expected, builder)
	}
	p, err := verify.FromSLSAVerifier(expected, builder)
	if err != nil {
		return nil, err
	}
	var verdict *verify.Verdict
	for _, path := range r.artifacts {
		if verdict, err = c.verifier.Verify(c.bundle(t, r.provenance), c.artifact(t, path), p); err != nil {
			return nil, err
		}
	}
	return verdict, nil
}

// TestRegressionsOfSLSAVerifier gives the verdicts of slsa-verifier's own
// regression tables, offline. What proves no log entry is refused offline and
// is left out here.
func TestRegressionsOfSLSAVerifier(t *testing.T) {
	dir := filepath.Dir(slsaTestdata(t))
	corpus := newReleaseCorpus(t)
	tables := mustTables(t, dir)
	rows, ran, calls, envelopes := 0, 0, 0, 0
	omitted := make(map[string][]string)
	accepted := make(map[string]replay)
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		for i, r := range tables[table] {
			rows++
			reason, runs := leftOut(table, r), 0
			if reason == "" {
				t.Run(fmt.Sprintf("%s/%d %s", table, i, r.text("name")), func(t *testing.T) {
					for _, replay := range replaysOf(table, r, filepath.Join(dir, "testdata")) {
						if corpus.bundle(t, replay.provenance) == nil {
							reason = "a bare envelope: nothing in it proves a log entry"
							envelopes++
							continue
						}
						runs++
						verdict, err := replay.verdict(t, corpus, nil)
						replay.judge(t, verdict, err)
						if err == nil {
							accepted[replay.provenance] = replay
						}
					}
				})
			}
			if runs == 0 {
				omitted[reason] = append(omitted[reason], r.text("name"))
				continue
			}
			ran, calls = ran+1, calls+runs
		}
	}
	t.Logf("%d of %d rows ran, in %d calls; %d calls need the log; %d provenance files accepted", ran, rows, calls, envelopes, len(accepted))
	for _, reason := range slices.Sorted(maps.Keys(omitted)) {
		t.Logf("left out: %s: %d rows: %s", reason, len(omitted[reason]), strings.Join(omitted[reason], "; "))
	}
	if ran == 0 {
		t.Error("no row ran")
	}
	for _, path := range slices.Sorted(maps.Keys(accepted)) {
		t.Run("bent/"+filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) { accepted[path].bend(t, corpus) })
	}
}

// judge compares an outcome with the row's.
func (r replay) judge(t *testing.T, verdict *verify.Verdict, err error) {
	t.Helper()
	where := filepath.Base(filepath.Dir(r.provenance)) + "/" + filepath.Base(r.provenance)
	if r.builder != nil {
		where += " by " + *r.builder
	}
	var rejection *verify.Rejection
	rejected := errors.As(err, &rejection)
	want := r.row.text("err")
	if d := r.departure(); d != nil {
		t.Logf("%s: decided otherwise: %s", where, d.why)
		if d.want != "" {
			if !rejected || rejection.Check != d.want {
				t.Errorf("%s: got %v, want a rejection by %s", where, err, d.want)
			}
			return
		}
		want = ""
	}
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: got %v, want a verdict", where, err)
	case want == "":
		if verdict.Level.Build < 2 {
			t.Errorf("%s: got level %+v", where, verdict.Level)
		}
	case err == nil:
		t.Errorf("%s: got a verdict, want %s", where, want)
	case errors.Is(err, verify.ErrPolicy):
		// What slsa-verifier finds unequal to the evidence, a policy cannot even say.
		if want != "ErrorNotSupported" && strings.HasPrefix(r.row.text("source"), "github.com/") {
			t.Errorf("%s: got %v, want %s", where, err, want)
		}
	case !rejected || !errors.Is(err, errorNamed(t, want)):
		t.Errorf("%s: got %v, want %s", where, err, want)
	}
}

func errorNamed(t *testing.T, name string) error {
	t.Helper()
	err, ok := map[string]error{
		"ErrorMismatchSource": serrors.ErrorMismatchSource, "ErrorMismatchBranch": serrors.ErrorMismatchBranch,
		"ErrorMismatchTag": serrors.ErrorMismatchTag, "ErrorMismatchVersionedTag": serrors.ErrorMismatchVersionedTag,
		"ErrorInvalidRef": serrors.ErrorInvalidRef, "ErrorMismatchBuilderID": serrors.ErrorMismatchBuilderID,
		"ErrorUntrustedReusableWorkflow": serrors.ErrorUntrustedReusableWorkflow, "ErrorInvalidSignature": serrors.ErrorInvalidSignature,
		"ErrorMismatchHash": serrors.ErrorMismatchHash, "ErrorMismatchWorkflowInputs": serrors.ErrorMismatchWorkflowInputs,
	}[name]
	if !ok {
		t.Fatalf("slsa-verifier's table wants %s, which is not known here", name)
	}
	return err
}

// bend asks of a release that is accepted for what it is not.
func (r replay) bend(t *testing.T, c *releaseCorpus) {
	other := func(s string) *string { return &s }
	for name, bent := range map[string]struct {
		change func(*options.ProvenanceOpts, *options.BuilderOpts)
		want   verify.Check
	}{
		"source": {func(p *options.ProvenanceOpts, _ *options.BuilderOpts) { p.ExpectedSourceURI += "-fork" }, verify.CheckSource},
		"owner": {func(p *options.ProvenanceOpts, _ *options.BuilderOpts) {
			p.ExpectedSourceURI = strings.Replace(p.ExpectedSourceURI, "github.com/", "github.com/evil-", 1)
		}, verify.CheckSource},
		"tag": {func(p *options.ProvenanceOpts, _ *options.BuilderOpts) {
			p.ExpectedTag, p.ExpectedBranch = other("v0.0.0-other"), nil
		}, verify.CheckRef},
		"branch": {func(p *options.ProvenanceOpts, _ *options.BuilderOpts) {
			p.ExpectedTag, p.ExpectedBranch = nil, other("other")
		}, verify.CheckRef},
		"version": {func(p *options.ProvenanceOpts, _ *options.BuilderOpts) { p.ExpectedVersionedTag = other("v99") }, verify.CheckRef},
		"builder": {func(_ *options.ProvenanceOpts, b *options.BuilderOpts) {
			b.ExpectedID = other(testGenerator + "other.yml")
		}, verify.CheckSigner},
		"builder's version": {func(_ *options.ProvenanceOpts, b *options.BuilderOpts) {
			b.ExpectedID = other(testGenerator + "builder_go_slsa3.yml@v0.0.1")
		}, verify.CheckSigner},
		"input": {func(p *options.ProvenanceOpts, _ *options.BuilderOpts) {
			p.ExpectedWorkflowInputs = map[string]string{"no-such-input": ""}
		}, verify.CheckInput},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.verdict(t, c, bent.change)
			var rejection *verify.Rejection
			if !errors.As(err, &rejection) || rejection.Check != bent.want {
				t.Errorf("got %v, want a rejection by %s", err, bent.want)
			}
		})
	}
}
