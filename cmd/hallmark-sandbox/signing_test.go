package main

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/tuf"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// Two things to sign: a blob, and a statement about it.
var (
	blob      = []byte("hallmark\n")
	statement = []byte(`{"_type":"https://in-toto.io/Statement/v1",` +
		`"subject":[{"name":"blob","digest":{"sha256":"b7bb7d5c8d9fd3a2ac0ff5bc2e1e7c2b8f4ff22ba4e93f17ea3ffd3ed5a0d9a4"}}],` +
		`"predicateType":"https://example.com/predicate/v1","predicate":{}}`)
)

// sign signs as a job does: the identity from the runner's endpoint, the
// services from the signing config.
func (r *running) sign(t *testing.T, config string, content sign.Content) (*protobundle.Bundle, error) {
	t.Helper()
	services, err := root.NewSigningConfigFromPath(filepath.Join(r.dir, config))
	if err != nil {
		t.Fatal(err)
	}
	keypair, err := sign.NewEphemeralKeypair(nil)
	if err != nil {
		t.Fatal(err)
	}
	token, _ := r.token(t, "bearer", "sigstore")
	options := sign.BundleOptions{
		Context:                    t.Context(),
		CertificateProvider:        sign.NewFulcio(&sign.FulcioOptions{BaseURL: services.FulcioCertificateAuthorityURLs()[0].URL}),
		CertificateProviderOptions: &sign.CertificateProviderOptions{IDToken: token},
	}
	for _, s := range services.TimestampAuthorityURLs() {
		options.TimestampAuthorities = append(options.TimestampAuthorities, sign.NewTimestampAuthority(&sign.TimestampAuthorityOptions{URL: s.URL}))
	}
	for _, s := range services.RekorLogURLs() {
		options.TransparencyLogs = append(options.TransparencyLogs, sign.NewRekor(&sign.RekorOptions{BaseURL: s.URL, Version: s.MajorAPIVersion}))
	}
	return sign.Bundle(content, keypair, options)
}

// trustedRoot fetches the sandbox's trusted root from its TUF repository.
func (r *running) trustedRoot(t *testing.T) *root.TrustedRoot {
	t.Helper()
	first, err := os.ReadFile(filepath.Join(r.dir, tufDir, "1.root.json"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := tuf.New(tuf.DefaultOptions().
		WithContext(t.Context()).
		WithRoot(first).
		WithRepositoryBaseURL(r.env["HALLMARK_SANDBOX_TUF"]).
		WithCachePath(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := root.GetTrustedRoot(client)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := root.GetSigningConfig(client); err != nil {
		t.Fatal(err)
	}
	return trusted
}

// verifyBundle asks for everything that a verifier of the public instance does.
func verifyBundle(trusted root.TrustedMaterial, b *protobundle.Bundle, artifact verify.ArtifactPolicyOption, san, issuer string) (*verify.VerificationResult, error) {
	entity, err := bundle.NewBundle(b)
	if err != nil {
		return nil, err
	}
	verifier, err := verify.NewVerifier(trusted,
		verify.WithSignedCertificateTimestamps(1),
		verify.WithTransparencyLog(1),
		verify.WithSignedTimestamps(1))
	if err != nil {
		return nil, err
	}
	identity, err := verify.NewShortCertificateIdentity(issuer, "", san, "")
	if err != nil {
		return nil, err
	}
	return verifier.Verify(entity, verify.NewPolicy(artifact, verify.WithCertificateIdentity(identity)))
}

const defaultSAN = "https://github.com/" + defaultRepository + "/" + defaultWorkflow + "@" + defaultRef

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	sandbox, other := mustStart(t), mustStart(t)
	trusted, foreign := sandbox.trustedRoot(t), other.trustedRoot(t)
	for _, test := range []struct {
		name     string
		content  sign.Content
		artifact func() verify.ArtifactPolicyOption
	}{
		{"blob", &sign.PlainData{Data: blob}, func() verify.ArtifactPolicyOption { return verify.WithArtifact(strings.NewReader(string(blob))) }},
		{"statement", &sign.DSSEData{Data: statement, PayloadType: "application/vnd.in-toto+json"}, verify.WithoutArtifactUnsafe},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := sandbox.sign(t, signingConfigFile, test.content)
			if err != nil {
				t.Fatal(err)
			}
			if want := "application/vnd.dev.sigstore.bundle.v0.3+json"; b.MediaType != want {
				t.Errorf("media type %s, want %s", b.MediaType, want)
			}
			if _, err := verifyBundle(trusted, b, test.artifact(), defaultSAN, defaultIssuer); err != nil {
				t.Errorf("own root: %v", err)
			}
			if _, err := verifyBundle(foreign, b, test.artifact(), defaultSAN, defaultIssuer); err == nil {
				t.Error("verified by another sandbox's root")
			}
			if _, err := verifyBundle(trusted, b, test.artifact(), defaultSAN+"x", defaultIssuer); err == nil {
				t.Error("verified for another identity")
			}
		})
	}
	if log := sandbox.requests(t); strings.Contains(log, "refused") {
		t.Errorf("signing went outside:\n%s", log)
	}
}

// TestRootWithout removes one kind of trust at a time: each must be missed, or
// nothing of that kind was ever checked.
func TestRootWithout(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	trusted := sandbox.trustedRoot(t)
	b, err := sandbox.sign(t, signingConfigFile, &sign.PlainData{Data: blob})
	if err != nil {
		t.Fatal(err)
	}
	for name, without := range map[string]root.TrustedMaterial{
		"certificate authority": lacking{trusted, "ca"},
		"certificate log":       lacking{trusted, "ct"},
		"transparency log":      lacking{trusted, "rekor"},
		"timestamp authority":   lacking{trusted, "tsa"},
	} {
		if _, err := verifyBundle(without, b, verify.WithArtifact(strings.NewReader(string(blob))), defaultSAN, defaultIssuer); err == nil {
			t.Errorf("verified without a %s", name)
		}
	}
}

type lacking struct {
	*root.TrustedRoot
	what string
}

func (l lacking) FulcioCertificateAuthorities() []root.CertificateAuthority {
	if l.what == "ca" {
		return nil
	}
	return l.TrustedRoot.FulcioCertificateAuthorities()
}

func (l lacking) CTLogs() map[string]*root.TransparencyLog {
	if l.what == "ct" {
		return nil
	}
	return l.TrustedRoot.CTLogs()
}

func (l lacking) RekorLogs() map[string]*root.TransparencyLog {
	if l.what == "rekor" {
		return nil
	}
	return l.TrustedRoot.RekorLogs()
}

func (l lacking) TimestampingAuthorities() []root.TimestampingAuthority {
	if l.what == "tsa" {
		return nil
	}
	return l.TrustedRoot.TimestampingAuthorities()
}

// TestCertificate sets every fact of the job and finds it in the certificate.
func TestCertificate(t *testing.T) {
	t.Parallel()
	commit, other := strings.Repeat("a1", 20), strings.Repeat("b2", 20)
	sandbox := mustStart(t,
		"--repository", "octo/widget", "--repository-id", "11", "--owner-id", "22", "--visibility", "private",
		"--ref", "refs/heads/main", "--sha", commit, "--workflow", ".github/workflows/build.yaml",
		"--job-workflow-ref", "octo/shared/.github/workflows/sign.yml@refs/tags/v2", "--job-workflow-sha", other,
		"--event", "workflow_dispatch", "--runner-environment", "self-hosted",
		"--run-id", "33", "--run-number", "44", "--run-attempt", "5", "--actor", "mona", "--environment", "release")
	b, err := sandbox.sign(t, signingConfigFile, &sign.PlainData{Data: blob})
	if err != nil {
		t.Fatal(err)
	}
	result, err := verifyBundle(sandbox.trustedRoot(t), b, verify.WithArtifact(strings.NewReader(string(blob))),
		"https://github.com/octo/shared/.github/workflows/sign.yml@refs/tags/v2", defaultIssuer)
	if err != nil {
		t.Fatal(err)
	}
	want := certificate.Extensions{
		Issuer:                              defaultIssuer,
		GithubWorkflowTrigger:               "workflow_dispatch",
		GithubWorkflowSHA:                   commit,
		GithubWorkflowName:                  "build",
		GithubWorkflowRepository:            "octo/widget",
		GithubWorkflowRef:                   "refs/heads/main",
		BuildSignerURI:                      "https://github.com/octo/shared/.github/workflows/sign.yml@refs/tags/v2",
		BuildSignerDigest:                   other,
		RunnerEnvironment:                   "self-hosted",
		SourceRepositoryURI:                 "https://github.com/octo/widget",
		SourceRepositoryDigest:              commit,
		SourceRepositoryRef:                 "refs/heads/main",
		SourceRepositoryIdentifier:          "11",
		SourceRepositoryOwnerURI:            "https://github.com/octo",
		SourceRepositoryOwnerIdentifier:     "22",
		BuildConfigURI:                      "https://github.com/octo/widget/.github/workflows/build.yaml@refs/heads/main",
		BuildConfigDigest:                   commit,
		BuildTrigger:                        "workflow_dispatch",
		RunInvocationURI:                    "https://github.com/octo/widget/actions/runs/33/attempts/5",
		SourceRepositoryVisibilityAtSigning: "private",
	}
	if diff := cmp.Diff(want, result.Signature.Certificate.Extensions); diff != "" {
		t.Errorf("certificate (-want +got):\n%s", diff)
	}
	// sigstore-go does not know the deployment environment yet.
	leaf, err := x509.ParseCertificate(b.GetVerificationMaterial().GetCertificate().GetRawBytes())
	if err != nil {
		t.Fatal(err)
	}
	environment := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 23}
	if !slices.ContainsFunc(leaf.Extensions, func(e pkix.Extension) bool {
		return e.Id.Equal(environment) && strings.HasSuffix(string(e.Value), "release")
	}) {
		t.Errorf("certificate lacks extension %s", environment)
	}
}

// TestExpiredToken wants Fulcio to check what it is handed.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t, "--token-ttl=-1m")
	if _, err := sandbox.sign(t, signingConfigFile, &sign.PlainData{Data: blob}); err == nil {
		t.Error("an expired token was good for a certificate")
	}
}
