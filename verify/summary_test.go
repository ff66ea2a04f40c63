package verify_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

const (
	summaryVerifier = "https://verifier.example/v1"
	summaryResource = "pkg:github/octo/widget@v1.4.0"
)

// summed is a good signing of what a verifier says of the widget.
func summed() *signing {
	s := attestation()
	s.statement["predicateType"] = verify.SummaryPredicate
	s.statement["predicate"] = map[string]any{
		"verifier": map[string]any{"id": summaryVerifier}, "timeVerified": "2026-03-04T11:00:00.5Z",
		"resourceUri": summaryResource, "policy": map[string]any{"uri": "urn:policy"},
		"verificationResult": "PASSED", "verifiedLevels": []any{"OCTO_SCANNED", "SLSA_BUILD_LEVEL_2", "SLSA_SOURCE_LEVEL_1"}, "slsaVersion": "1.0",
	}
	return s
}

func believing() *verify.Policy {
	return &verify.Policy{Identities: []verify.Identity{{Subject: workflowOf("octo/widget", "release.yml", tagRef), Issuer: verify.GitHubIssuer}},
		Verifier: summaryVerifier, Resource: summaryResource}
}

func atLevel(n int) func(*verify.Policy) { return func(p *verify.Policy) { p.Level = n } }

func TestSummaryAttacks(t *testing.T) {
	v := newVirtual(t)
	levels := func(all ...any) func(*signing) { return stated("predicate.verifiedLevels", all) }
	run(t, v, summed, believing, []attack{
		{name: "P-19 the verifier's word", verdict: func(t *testing.T, v *verify.Verdict) {
			want := &verify.Summary{Verifier: summaryVerifier, Resource: summaryResource,
				Levels: []string{"OCTO_SCANNED", "SLSA_BUILD_LEVEL_2", "SLSA_SOURCE_LEVEL_1"}, Time: time.Date(2026, time.March, 4, 11, 0, 0, 5e8, time.UTC)}
			if diff := cmp.Diff(want, v.Summary); diff != "" {
				t.Error(diff)
			}
			if v.Question != verify.SummaryQuestion || v.Level == nil || v.Level.Build != 2 {
				t.Errorf("question %s, level %v", v.Question, v.Level)
			}
		}},
		{name: "P-19 another resource", signing: stated("predicate.resourceUri", summaryResource+"-rc1"), want: verify.CheckPredicate},
		{name: "P-19 resource in other case", signing: stated("predicate.resourceUri", "pkg:github/Octo/widget@v1.4.0"), want: verify.CheckPredicate},
		{name: "P-19 no resource", signing: stated("predicate.resourceUri", nil), want: verify.CheckPredicate},
		{name: "P-19 another verifier", signing: stated("predicate.verifier.id", "https://verifier.example/v2"), want: verify.CheckPredicate},
		{name: "P-19 no verifier", signing: stated("predicate.verifier", nil), want: verify.CheckPredicate},
		{name: "P-19 failed", signing: stated("predicate.verificationResult", "FAILED"), want: verify.CheckPredicate},
		{name: "P-19 passed in lower case", signing: stated("predicate.verificationResult", "passed"), want: verify.CheckPredicate},
		{name: "P-19 no result", signing: stated("predicate.verificationResult", nil), want: verify.CheckPredicate},
		{name: "P-19 result in other case", signing: stated("predicate.VerificationResult", "FAILED"), want: verify.CheckPredicate},
		{name: "P-19 result twice", signing: stated("predicate.verifier", json.RawMessage(`{"id":"`+summaryVerifier+`","id":"x"}`)), want: verify.CheckPredicate},
		{name: "P-19 no predicate", signing: stated("predicate", nil), want: verify.CheckPredicate},
		{name: "P-19 predicate of another type", signing: stated("predicate", "PASSED"), want: verify.CheckPredicate},
		{name: "P-19 unreadable time", signing: stated("predicate.timeVerified", "yesterday"), want: verify.CheckPredicate},
		{name: "P-19 no time", signing: stated("predicate.timeVerified", nil)},
		{name: "P-19 older type", signing: stated("predicateType", "https://slsa.dev/verification_summary/v0.2"), want: verify.CheckPredicate},
		{name: "S-14 provenance in its place", signing: func(s *signing) { *s = *attestation() }, want: verify.CheckPredicate},
		{name: "S-14 a message in its place", signing: func(s *signing) { s.statement, s.message = nil, []byte(artifact) }, want: verify.CheckPredicate},
		{name: "S-14 a summary in provenance's place", policy: func(p *verify.Policy) { *p = *release() }, want: verify.CheckPredicate},
		{name: "about other bytes", artifact: func(a *intoto.ResourceDescriptor) { a.Digest = digests([]byte("other")) }, want: verify.CheckSubject},
		{name: "somebody else's word", policy: func(p *verify.Policy) {
			p.Identities[0].Subject = "https://github.com/evil/x/.github/workflows/x.yml@refs/heads/main"
		}, want: verify.CheckIdentity},
		{name: "a certificate's, and in no log", signing: func(s *signing) { s.entries = nil }, want: verify.CheckTransparency},

		{name: "level 2 of 2", policy: atLevel(2)},
		{name: "level 3 of 2", policy: atLevel(3), want: verify.CheckLevel},
		{name: "level 1 of 3", signing: levels("SLSA_BUILD_LEVEL_3"), policy: atLevel(1)},
		{name: "level 1 of none", signing: levels(), policy: atLevel(1), want: verify.CheckLevel},
		{name: "level 1 of the source's", signing: levels("SLSA_SOURCE_LEVEL_3"), policy: atLevel(1), want: verify.CheckLevel},
		{name: "level 1 of unevaluated", signing: levels("SLSA_BUILD_LEVEL_UNEVALUATED"), policy: atLevel(1), want: verify.CheckLevel},
		{name: "level 1 of one that nobody knows", signing: levels("SLSA_BUILD_LEVEL_9"), policy: atLevel(1), want: verify.CheckLevel},
		{name: "level 1 of one in other case", signing: levels("slsa_build_level_3"), policy: atLevel(1), want: verify.CheckLevel},
		{name: "level 1 of one in another spelling", signing: levels("SLSA_BUILD_LEVEL_03"), policy: atLevel(1), want: verify.CheckLevel},
		{name: "level 1 of dependencies'", signing: func(s *signing) {
			levels()(s)
			stated("predicate.dependencyLevels", map[string]any{"SLSA_BUILD_LEVEL_3": 1})(s)
		}, policy: atLevel(1), want: verify.CheckLevel},
		{name: "no level and none asked for", signing: stated("predicate.verifiedLevels", nil), verdict: func(t *testing.T, v *verify.Verdict) {
			if v.Level != nil {
				t.Errorf("level %v", v.Level)
			}
		}},
		{name: "the same level twice", signing: levels("SLSA_BUILD_LEVEL_2", "SLSA_BUILD_LEVEL_2")},
		{name: "two levels of a track", signing: levels("SLSA_BUILD_LEVEL_2", "SLSA_BUILD_LEVEL_3"), want: verify.CheckLevel},
		{name: "two levels of another track", signing: levels("SLSA_SOURCE_LEVEL_2", "SLSA_SOURCE_LEVEL_3"), want: verify.CheckLevel},
		{name: "evaluated and not", signing: levels("SLSA_BUILD_LEVEL_2", "SLSA_BUILD_LEVEL_UNEVALUATED"), want: verify.CheckLevel},
		{name: "passed and failed", signing: levels("SLSA_BUILD_LEVEL_2", "FAILED"), want: verify.CheckLevel},
		{name: "levels that are no list", signing: stated("predicate.verifiedLevels", "SLSA_BUILD_LEVEL_3"), want: verify.CheckPredicate},
		{name: "64 levels", signing: levels(make64("X")...)},
		{name: "65 levels", signing: levels(append(make64("X"), "X")...), want: verify.CheckLimit},

		{name: "no verifier asked for", policy: func(p *verify.Policy) { p.Verifier = "" }, badPolicy: true},
		{name: "no resource asked for", policy: func(p *verify.Policy) { p.Resource = "" }, badPolicy: true},
		{name: "and a repository", policy: func(p *verify.Policy) { p.Repository = "octo/widget" }, badPolicy: true},
		{name: "and a tag", policy: func(p *verify.Policy) { p.Ref = tagRef }, badPolicy: true},
		{name: "and provenance", policy: func(p *verify.Policy) { p.Require = verify.RequireProvenance }, badPolicy: true},
		{name: "and another type", policy: func(p *verify.Policy) { p.PredicateTypes = []string{"urn:x"} }, badPolicy: true},
		{name: "and nobody to sign", policy: func(p *verify.Policy) { p.Identities = nil }, badPolicy: true},
	})
}

func make64(level string) []any {
	all := make([]any, 64)
	for i := range all {
		all[i] = level
	}
	return all
}

// An image without a digest is bound by its number, exactly, and by a summary
// alone.
func TestSummaryOfImage(t *testing.T) {
	v := newVirtual(t)
	numbered := func() *signing {
		s := summed()
		s.statement["subject"] = []any{map[string]any{"name": "_", "digest": map[string]any{verify.ImageID: "897"}}}
		return s
	}
	image := func(digest map[string]string) *intoto.ResourceDescriptor {
		return &intoto.ResourceDescriptor{Name: "image", Digest: digest}
	}
	provenance := numbered()
	provenance.statement["predicateType"], provenance.statement["predicate"] = "https://slsa.dev/provenance/v1", attestation().statement["predicate"]
	for _, tt := range []struct {
		name    string
		signing *signing
		digest  map[string]string
		policy  *verify.Policy
		want    verify.Check
	}{
		{"its number", numbered(), map[string]string{verify.ImageID: "897"}, believing(), ""},
		{"another number", numbered(), map[string]string{verify.ImageID: "898"}, believing(), verify.CheckSubject},
		{"a number that begins alike", numbered(), map[string]string{verify.ImageID: "89"}, believing(), verify.CheckSubject},
		{"a digest", numbered(), digests([]byte(artifact)), believing(), verify.CheckSubject},
		{"a number for a digest", summed(), map[string]string{verify.ImageID: "897"}, believing(), verify.CheckSubject},
	} {
		_, err := verifyBytes(encode(t, v.bundle(t, tt.signing)), v.trusted(), image(tt.digest), tt.policy)
		var r *verify.Rejection
		if tt.want == "" && err != nil || tt.want != "" && (!errors.As(err, &r) || r.Check != tt.want) {
			t.Errorf("%s: got %v, want check %q", tt.name, err, tt.want)
		}
	}
	_, err := verifyBytes(encode(t, v.bundle(t, provenance)), v.trusted(), image(map[string]string{verify.ImageID: "897"}), release())
	if !errors.Is(err, verify.ErrPolicy) {
		t.Errorf("provenance of a number: got %v, want an error of the policy", err)
	}
}

func TestSummaryPolicyAnd(t *testing.T) {
	both, err := believing().And(&verify.Policy{Level: 2})
	if err != nil || both.Verifier != summaryVerifier || both.Resource != summaryResource || both.Question() != verify.SummaryQuestion {
		t.Errorf("got %+v, %v", both, err)
	}
	if _, err := believing().And(&verify.Policy{Verifier: "https://other.example"}); !errors.Is(err, verify.ErrPolicy) {
		t.Errorf("two verifiers: %v", err)
	}
	if _, err := believing().YAML(); !errors.Is(err, verify.ErrPolicy) {
		t.Errorf("printed: %v", err)
	}
}
