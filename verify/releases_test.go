package verify_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

const exampleRepository = "slsa-framework/example-package"

// released is a file of a real release with its provenance.
func released(t testing.TB, dir, name string) (bundle []byte, file *intoto.ResourceDescriptor) {
	t.Helper()
	path := filepath.Join(slsaTestdata(t), filepath.FromSlash(dir), name)
	return mustRead(t, path+".intoto.jsonl"), &intoto.ResourceDescriptor{Name: name, Digest: digests(mustRead(t, path))}
}

// The expectations are those of slsa-verifier's regression tests.
func TestRealReleases(t *testing.T) {
	trusted := publicGood(t)
	builders := map[string]string{
		"gha_generic/v2.1.0": "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml",
		"gha_go/v2.1.0":      "slsa-framework/slsa-github-generator/.github/workflows/builder_go_slsa3.yml",
	}
	files := map[string]string{
		"binary-linux-amd64-push-v13.0.30":     "refs/tags/v13.0.30",
		"binary-linux-amd64-push-v14":          "refs/tags/v14",
		"binary-linux-amd64-push-v14.2":        "refs/tags/v14.2",
		"binary-linux-amd64-workflow_dispatch": "refs/heads/main",
	}
	for dir, builder := range builders {
		for name, ref := range files {
			bundle, file := released(t, dir, name)
			for _, a := range []struct {
				name     string
				policy   verify.Policy
				artifact string
				want     verify.Check
			}{
				{name: "source alone"},
				{name: "source and ref", policy: verify.Policy{Ref: ref}},
				{name: "source and builder", policy: verify.Policy{SignerWorkflow: builder, Level: 3}},
				{name: "wrong source", policy: verify.Policy{Repository: "slsa-framework/slsa-github-generator"}, want: verify.CheckSource},
				{name: "wrong owner", policy: verify.Policy{Owner: "slsa"}, want: verify.CheckSource},
				{name: "wrong tag", policy: verify.Policy{Ref: "refs/tags/v12"}, want: verify.CheckRef},
				{name: "wrong branch", policy: verify.Policy{Ref: "refs/heads/not-main"}, want: verify.CheckRef},
				{name: "wrong builder", policy: verify.Policy{SignerWorkflow: builders["gha_generic/v2.1.0"][:len(slsaGeneratorPath)] + "builder_container-based_slsa3.yml"}, want: verify.CheckSigner},
				{name: "wrong commit", policy: verify.Policy{Commit: commit}, want: verify.CheckCommit},
				{name: "wrong event", policy: verify.Policy{Events: []string{"schedule"}}, want: verify.CheckEvent},
				{name: "changed artifact", artifact: "x", want: verify.CheckSubject},
			} {
				t.Run(dir+"/"+name+"/"+a.name, func(t *testing.T) {
					if a.policy.Repository == "" {
						a.policy.Repository = exampleRepository
					}
					file := file
					if a.artifact != "" {
						file = &intoto.ResourceDescriptor{Name: file.Name, Digest: digests([]byte(a.artifact))}
					}
					v, err := verifyBytes(bundle, trusted, file, &a.policy)
					judge := attack{want: a.want}
					judge.judge(t, name, v, err)
					if err == nil && v.Level.Build != 3 {
						t.Errorf("level %+v, want 3", v.Level)
					}
				})
			}
		}
	}
}

const slsaGeneratorPath = "slsa-framework/slsa-github-generator/.github/workflows/"

func TestRealVersions(t *testing.T) {
	trusted := publicGood(t)
	for _, tt := range []struct {
		tag, version string
		want         verify.Check
	}{
		{"v14.2", "v14", ""}, {"v14.2", "v14.2", ""}, {"v14.2", "v14.2.0", ""},
		{"v14.2", "v15", verify.CheckRef}, {"v14.2", "v1", verify.CheckRef}, {"v14.2", "v14.1", verify.CheckRef}, {"v14.2", "v14.2.1", verify.CheckRef},
		{"v14", "v14", ""}, {"v14", "v14.0", ""}, {"v14", "v14.2", verify.CheckRef},
		{"v13.0.30", "v13", ""}, {"v13.0.30", "v13.0", ""}, {"v13.0.30", "v13.0.30", ""},
		{"v13.0.30", "v13.0.3", verify.CheckRef}, {"v13.0.30", "v13.1", verify.CheckRef}, {"v13.0.30", "v14", verify.CheckRef},
	} {
		t.Run(tt.tag+" for "+tt.version, func(t *testing.T) {
			bundle, file := released(t, "gha_generic/v2.1.0", "binary-linux-amd64-push-"+tt.tag)
			v, err := verifyBytes(bundle, trusted, file, &verify.Policy{Repository: exampleRepository, Version: tt.version})
			a := attack{want: tt.want}
			a.judge(t, tt.tag, v, err)
		})
	}
	t.Run("no tag", func(t *testing.T) {
		bundle, file := released(t, "gha_generic/v2.1.0", "binary-linux-amd64-workflow_dispatch")
		v, err := verifyBytes(bundle, trusted, file, &verify.Policy{Repository: exampleRepository, Version: "v14"})
		a := attack{want: verify.CheckRef}
		a.judge(t, "no tag", v, err)
	})
}

// The whole verdict about one real release: what is said, and by whom.
func TestRealVerdict(t *testing.T) {
	bundle, file := released(t, "gha_generic/v2.1.0", "binary-linux-amd64-push-v14.2")
	v, err := verifyBytes(bundle, publicGood(t), file, &verify.Policy{Repository: exampleRepository, Ref: "refs/tags/v14.2"})
	if err != nil {
		t.Fatal(err)
	}
	type essence struct {
		Question verify.Question
		Signer   verify.Signer
		Logs     []verify.LogEntry
		Times    []verify.Time
		Facts    map[verify.FactName]string
		Own      map[verify.FactName]string
	}
	got := essence{v.Question, v.Signer, v.Logs, v.Times, map[verify.FactName]string{}, map[verify.FactName]string{}}
	for _, f := range v.Facts {
		if f.By == verify.ByCertificate {
			got.Facts[f.Name] = f.Value
		} else {
			got.Own[f.Name] = f.Value
		}
	}
	const builder = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"
	want := essence{
		Question: verify.ProvenanceQuestion,
		Signer:   verify.Signer{Identity: builder, Issuer: verify.GitHubIssuer},
		Logs:     []verify.LogEntry{{URI: "https://rekor.sigstore.dev", Index: 174298215, Kind: "dsse/0.0.1", Proof: verify.InclusionProof}},
		Times:    []verify.Time{{Time: time.Date(2025, time.February, 25, 21, 12, 24, 0, time.UTC), Source: verify.LogTime, URI: "https://rekor.sigstore.dev"}},
		Facts: map[verify.FactName]string{
			verify.FactRepository: "https://github.com/" + exampleRepository, verify.FactRepositoryID: "486325809",
			verify.FactOwner: "https://github.com/slsa-framework", verify.FactOwnerID: "80431187",
			verify.FactRef: "refs/tags/v14.2", verify.FactCommit: "4d329c75e7ec1725f7c9ce917a8799d408d06be3",
			verify.FactSigner: builder, verify.FactSignerDigest: "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a",
			verify.FactWorkflow: "https://github.com/slsa-framework/example-package/.github/workflows/verifier-e2e.all.workflow_dispatch.main.all.slsa3.yml@refs/tags/v14.2",
			verify.FactEvent:    "push", verify.FactRunner: "github-hosted", verify.FactVisibility: "public",
			verify.FactRun: "https://github.com/slsa-framework/example-package/actions/runs/13530999644/attempts/1",
		},
		Own: map[verify.FactName]string{verify.FactBuildType: "https://github.com/slsa-framework/slsa-github-generator/generic@v1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
