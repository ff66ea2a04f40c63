package verify_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// stated changes the statement by a path in it, before it is signed.
func stated(path string, value any) func(*signing) {
	return func(s *signing) { set(s.statement, path, value) }
}

// spelled changes the statement's text, before it is signed.
func spelled(change func(string) string) func(*signing) {
	return func(s *signing) {
		data, err := json.Marshal(s.statement)
		if err != nil {
			panic(err)
		}
		s.payload = []byte(change(string(data)))
	}
}

func payload(text string) func(*signing) { return func(s *signing) { s.payload = []byte(text) } }

func TestStatementAttacks(t *testing.T) {
	v := newVirtual(t)
	right := digests([]byte(artifact))["sha256"]
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	run(t, v, attestation, release, []attack{
		{name: "S-01 no type", signing: stated("_type", nil), want: verify.CheckPredicate},
		{name: "S-01 v0.1", signing: stated("_type", "https://in-toto.io/Statement/v0.1")},
		{name: "S-01 v2", signing: stated("_type", "https://in-toto.io/Statement/v2"), want: verify.CheckPredicate},
		{name: "S-01 other case", signing: stated("_type", "https://in-toto.io/statement/v1"), want: verify.CheckPredicate},
		{name: "S-01 slash behind", signing: stated("_type", "https://in-toto.io/Statement/v1/"), want: verify.CheckPredicate},
		{name: "S-02 no predicate type", signing: stated("predicateType", nil), want: verify.CheckPredicate},
		{name: "S-02 other case", signing: stated("predicateType", "https://slsa.dev/Provenance/v1"), want: verify.CheckPredicate},
		{name: "S-02 slash behind", signing: stated("predicateType", "https://slsa.dev/provenance/v1/"), want: verify.CheckPredicate},
		{name: "S-02 query", signing: stated("predicateType", "https://slsa.dev/provenance/v1?v=1"), want: verify.CheckPredicate},
		{name: "S-02 minor version", signing: stated("predicateType", "https://slsa.dev/provenance/v1.1"), want: verify.CheckPredicate},
		{name: "S-02 older version", signing: stated("predicateType", "https://slsa.dev/provenance/v0.1"), want: verify.CheckPredicate},
		{name: "S-02 prefix", signing: stated("predicateType", "https://slsa.dev/provenance/v1evil"), want: verify.CheckPredicate},

		{name: "S-09 statement member twice", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"predicateType":"x",`, 1) }), want: verify.CheckPredicate},
		{name: "S-09 subject member twice", signing: spelled(func(s string) string { return strings.Replace(s, `"name":`, `"name":"x","name":`, 1) }), want: verify.CheckPredicate},
		{name: "S-09 digest twice", signing: spelled(func(s string) string {
			return strings.Replace(s, `"digest":{"sha256"`, `"digest":{"sha256":"`+right+`","sha256"`, 1)
		}), want: verify.CheckPredicate},
		{name: "S-09 builder twice", signing: spelled(func(s string) string { return strings.Replace(s, `"id":`, `"id":"x","id":`, 1) }), want: verify.CheckPredicate},
		{name: "S-09 twice by an escape", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"predicate\u0054ype":"x",`, 1) }), want: verify.CheckPredicate},
		{name: "S-09 twice in what nobody reads", signing: stated("predicate.extra", json.RawMessage(`{"a":1,"a":2}`)), want: verify.CheckPredicate},
		{name: "S-10 predicate type in lower case", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"predicatetype":"x",`, 1) }), want: verify.CheckPredicate},
		{name: "S-10 subject in capitals", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"SUBJECT":[],`, 1) }), want: verify.CheckPredicate},
		{name: "S-10 predicate type in snake case", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"predicate_type":"x",`, 1) }), want: verify.CheckPredicate},
		{name: "S-10 type without underscore", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"type":"x",`, 1) }), want: verify.CheckPredicate},
		{name: "S-10 subject's name in capitals", signing: stated("subject.NAME", "x"), want: verify.CheckPredicate},
		{name: "S-10 builder id in capitals", signing: stated("predicate.runDetails.builder.ID", "x"), want: verify.CheckPredicate},
		{name: "S-10 build type in other case", signing: stated("predicate.buildDefinition.buildtype", "x"), want: verify.CheckPredicate},
		{name: "S-10 dependency in other case", signing: stated("predicate.buildDefinition.resolvedDependencies.URI", "x"), want: verify.CheckPredicate},
		{name: "S-10 parameter in other case", signing: stated("predicate.buildDefinition.externalParameters.Workflow", map[string]any{}), want: verify.CheckPredicate},
		{name: "S-10 workflow's path in other case", signing: stated("predicate.buildDefinition.externalParameters.workflow.Path", "x"), want: verify.CheckPredicate},
		{name: "S-11 bytes behind", signing: spelled(func(s string) string { return s + "x" }), want: verify.CheckPredicate},
		{name: "S-11 a second document", signing: spelled(func(s string) string { return s + s }), want: verify.CheckPredicate},
		{name: "S-11 byte order mark", signing: spelled(func(s string) string { return "\ufeff" + s }), want: verify.CheckPredicate},
		{name: "S-11 comment", signing: spelled(func(s string) string { return "/**/" + s }), want: verify.CheckPredicate},
		{name: "S-11 NaN", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"x":NaN,`, 1) }), want: verify.CheckPredicate},
		{name: "S-11 invalid UTF-8", signing: spelled(func(s string) string { return strings.Replace(s, `widget.zip`, "widget\xff", 1) }), want: verify.CheckPredicate},
		{name: "S-11 lone surrogate", signing: spelled(func(s string) string { return strings.Replace(s, `widget.zip`, `\ud800`, 1) }), want: verify.CheckPredicate},
		{name: "S-11 numbers beyond a float where nobody reads", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"x":[1e400,-0,9007199254740993],`, 1) })},
		{name: "S-11 U+0000 in a name", signing: stated("x\x00y", 1)},
		{name: "S-12 deep", signing: spelled(func(s string) string { return strings.Replace(s, `{`, `{"x":`+deep+`,`, 1) }), want: verify.CheckLimit},
		{name: "S-12 one level too deep", signing: stated("predicate.x", json.RawMessage(strings.Repeat("[", 63)+strings.Repeat("]", 63))), want: verify.CheckLimit},
		{name: "S-12 as deep as it goes", signing: stated("predicate.x", json.RawMessage(strings.Repeat("[", 62)+strings.Repeat("]", 62)))},
		{name: "S-12 4096 members", signing: stated("predicate.x", members(4096))},
		{name: "S-12 4097 members", signing: stated("predicate.x", members(4097)), want: verify.CheckLimit},
		{name: "S-12 8 MiB and one", signing: func(s *signing) {
			s.payload = mustJSON(t, s.statement)
			s.payload = append(s.payload, strings.Repeat(" ", 8<<20+1-len(s.payload))...)
		}, want: verify.CheckLimit},
		{name: "S-13 unknown member of the statement", signing: stated("note", "x"), verdict: func(t *testing.T, v *verify.Verdict) {
			if diff := cmp.Diff([]string{"note"}, v.Statement.UnknownFields); diff != "" {
				t.Error(diff)
			}
		}},
		{name: "S-13 unknown member of the predicate", signing: stated("predicate.runDetails.note", "x")},
		{name: "S-13 unknown external parameter", signing: stated("predicate.buildDefinition.externalParameters.note", "x"), want: verify.CheckPredicate},

		{name: "INV-3 not JSON", signing: payload("hello"), want: verify.CheckPredicate},
		{name: "INV-3 an array", signing: payload("[]"), want: verify.CheckPredicate},
		{name: "INV-3 null", signing: payload("null"), want: verify.CheckPredicate},
		{name: "INV-3 a string", signing: payload(`"x"`), want: verify.CheckPredicate},
		{name: "INV-3 an empty object", signing: payload("{}"), want: verify.CheckPredicate},
		{name: "INV-3 a predicate that is text", signing: stated("predicate", "x"), want: verify.CheckPredicate},
		{name: "INV-3 no predicate", signing: stated("predicate", nil), want: verify.CheckPredicate},
	})
}

func members(n int) map[string]any {
	m := make(map[string]any, n)
	for i := range n {
		m[fmt.Sprint(i)] = i
	}
	return m
}

// INV-3 holds for the question that believes no predicate as well.
func TestStatementAttacksOnTheSignatureQuestion(t *testing.T) {
	v := newVirtual(t)
	person := func() *verify.Policy {
		return &verify.Policy{Identities: []verify.Identity{{Subject: workflowOf("octo/widget", "release.yml", tagRef), Issuer: verify.GitHubIssuer}}}
	}
	run(t, v, attestation, person, []attack{
		{name: "INV-3 not JSON", signing: payload("hello"), want: verify.CheckPredicate},
		{name: "INV-3 an array", signing: payload("[]"), want: verify.CheckPredicate},
		{name: "INV-3 another payload type", signing: func(s *signing) { s.payloadType = "text/plain" }, want: verify.CheckPredicate},
		{name: "S-02 another predicate type", signing: stated("predicateType", "https://spdx.dev/Document"), want: verify.CheckPredicate},
		{name: "S-09 builder twice", signing: spelled(func(s string) string { return strings.Replace(s, `"id":`, `"id":"x","id":`, 1) }), want: verify.CheckPredicate},
		{name: "S-04 about other bytes", signing: stated("subject", []any{map[string]any{"name": "widget.tar.gz", "digest": map[string]any{"sha256": strings.Repeat("0", 64)}}}), want: verify.CheckSubject},
		{name: "P-08 a claim that is not believed", signing: stated("predicate.runDetails.builder.id", "https://evil.example"), verdict: func(t *testing.T, v *verify.Verdict) {
			want := []verify.Disagreement{{Name: verify.FactBuilder, Certificate: workflowOf("octo/widget", "release.yml", tagRef), Statement: "https://evil.example"}}
			if diff := cmp.Diff(want, v.NotBelieved); diff != "" {
				t.Error(diff)
			}
			if got := v.Fact(verify.FactBuilder); got != (verify.Fact{}) {
				t.Errorf("fact %v of a statement that is not believed", got)
			}
		}},
	})
}

// S-14: CVE-2022-35929, CVE-2022-35930.
func TestOtherPredicates(t *testing.T) {
	v := newVirtual(t)
	const spdx = "https://spdx.dev/Document"
	sbom := func() *signing {
		s := attestation()
		s.statement["predicateType"], s.statement["predicate"] = spdx, map[string]any{"spdxVersion": "SPDX-2.3"}
		return s
	}
	asked := func() *verify.Policy { p := release(); p.PredicateTypes = []string{spdx}; return p }
	run(t, v, sbom, asked, []attack{
		{name: "S-14 not asked for", policy: func(p *verify.Policy) { p.PredicateTypes = nil }, want: verify.CheckPredicate},
		{name: "S-14 another asked for", policy: func(p *verify.Policy) { p.PredicateTypes = []string{"https://cyclonedx.org/bom"} }, want: verify.CheckPredicate},
		{name: "S-14 provenance required", policy: func(p *verify.Policy) { p.Require = verify.RequireProvenance }, want: verify.CheckPredicate},
		{name: "S-14 a level required", policy: func(p *verify.Policy) { p.Level = 1 }, want: verify.CheckPredicate},
		{name: "S-14 provenance where it was not asked for", signing: func(s *signing) { s.statement = attestation().statement }, want: verify.CheckPredicate},
		{name: "S-14 of another repository", signing: ext(12, "https://github.com/octo/other"), want: verify.CheckCertificate},
	})
}

func TestSubjectAttacks(t *testing.T) {
	v := newVirtual(t)
	sums := digests([]byte(artifact))
	right, wrong := sums["sha256"], strings.Repeat("0", 64)
	about := func(list ...any) func(*signing) { return stated("subject", list) }
	sub := func(name string, pairs ...string) map[string]any {
		digest := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			digest[pairs[i]] = pairs[i+1]
		}
		return map[string]any{"name": name, "digest": digest}
	}
	many := func(n int) []any {
		list := []any{sub("widget.tar.gz", "sha256", right)}
		for i := range n - 1 {
			list = append(list, sub(fmt.Sprint(i), "sha256", wrong))
		}
		return list
	}
	digestsOf := func(n int) map[string]any {
		s := sub("widget.tar.gz", "sha256", right)
		for i := range n - 1 {
			s["digest"].(map[string]any)[fmt.Sprintf("other%d", i)] = "00"
		}
		return s
	}
	matched := func(name string) func(*testing.T, *verify.Verdict) {
		return func(t *testing.T, v *verify.Verdict) {
			if v.Statement.Subject != name {
				t.Errorf("matched %q, want %q", v.Statement.Subject, name)
			}
		}
	}
	malformed := func(name, algorithm, value string) attack {
		return attack{name: "S-04 " + name, signing: about(sub("widget.tar.gz", "sha256", right), sub("other", algorithm, value)), want: verify.CheckSubject}
	}
	attacks := []attack{
		{name: "S-03 none", signing: about(), want: verify.CheckSubject},
		{name: "S-03 missing", signing: stated("subject", nil), want: verify.CheckSubject},
		{name: "S-03 null", signing: stated("subject", json.RawMessage("null")), want: verify.CheckSubject},
		{name: "S-03 an object", signing: stated("subject", map[string]any{}), want: verify.CheckPredicate},
		{name: "S-03 null beside a good one", signing: about(sub("widget.tar.gz", "sha256", right), nil), want: verify.CheckSubject},
		{name: "S-03 1024", signing: stated("subject", many(1024))},
		{name: "S-03 1025", signing: stated("subject", many(1025)), want: verify.CheckLimit},
		{name: "S-04 no digest", signing: about(map[string]any{"name": "widget.tar.gz"}), want: verify.CheckSubject},
		{name: "S-04 no digest beside a good one", signing: about(sub("widget.tar.gz", "sha256", right), sub("other")), want: verify.CheckSubject},
		{name: "S-04 weak digests only", signing: about(sub("widget.tar.gz", "sha1", strings.Repeat("0", 40), "md5", strings.Repeat("0", 32), "gitCommit", commit)), want: verify.CheckSubject},
		{name: "S-04 a weak digest beside a good one", signing: about(sub("widget.tar.gz", "sha256", right, "sha1", strings.Repeat("0", 40)))},
		{name: "S-04 an unknown digest only", signing: about(sub("widget.tar.gz", "sha3_256", right)), want: verify.CheckSubject},
		{name: "S-04 16 digests", signing: about(digestsOf(16))},
		{name: "S-04 17 digests", signing: about(digestsOf(17)), want: verify.CheckLimit},
		{name: "S-04 a digest that is a number", signing: about(map[string]any{"name": "x", "digest": map[string]any{"sha256": 1}}), want: verify.CheckPredicate},
		malformed("40 digits", "sha256", strings.Repeat("0", 40)),
		malformed("63 digits", "sha256", strings.Repeat("0", 63)),
		malformed("65 digits", "sha256", strings.Repeat("0", 65)),
		malformed("spaces", "sha256", " "+right),
		malformed("0x", "sha256", "0x"+right),
		malformed("empty", "sha256", ""),
		malformed("sha512 of 32 bytes", "sha512", right),
		{name: "S-05 capitals", signing: about(sub("widget.tar.gz", "sha256", strings.ToUpper(right)))},
		{name: "S-05 algorithm in capitals", signing: about(sub("widget.tar.gz", "SHA256", right)), want: verify.CheckSubject},
		{name: "S-05 algorithm with a dash", signing: about(sub("widget.tar.gz", "sha-256", right)), want: verify.CheckSubject},
		{name: "S-06 sha256 right, sha512 wrong", signing: about(sub("widget.tar.gz", "sha256", right, "sha512", strings.Repeat("0", 128))), want: verify.CheckSubject},
		{name: "S-06 sha256 wrong, sha512 right", signing: about(sub("widget.tar.gz", "sha256", wrong, "sha512", sums["sha512"])), want: verify.CheckSubject},
		{name: "S-06 all right", signing: about(sub("widget.tar.gz", "sha256", right, "sha384", sums["sha384"], "sha512", sums["sha512"]))},
		{name: "S-06 sha512 alone", signing: about(sub("widget.tar.gz", "sha512", sums["sha512"]))},
		{name: "S-07 a name twice with two digests", signing: about(sub("widget.tar.gz", "sha256", wrong), sub("widget.tar.gz", "sha256", right)), verdict: matched("widget.tar.gz")},
		{name: "S-07 a digest under two names", signing: about(sub("a", "sha256", right), sub("widget.tar.gz", "sha256", right)), verdict: matched("widget.tar.gz")},
		{name: "S-07 the second of three", signing: about(sub("a", "sha256", wrong), sub("b", "sha256", right), sub("c", "sha256", wrong)), verdict: matched("b")},
		{name: "S-07 one file under another's name", signing: about(sub("a", "sha256", right), sub("widget.tar.gz", "sha256", wrong)), want: verify.CheckSubject},
		{name: "S-07 one file under another's name, in a folder", signing: about(sub("a", "sha256", right), sub("widget.tar.gz", "sha256", wrong)),
			artifact: func(a *intoto.ResourceDescriptor) { a.Name = "dist/widget.tar.gz" }, want: verify.CheckSubject},
		{name: "S-07 one file under another's name, told in a folder", signing: about(sub("dist/a", "sha256", right), sub("dist/widget.tar.gz", "sha256", wrong)), want: verify.CheckSubject},
		{name: "S-07 an artifact without a name", signing: about(sub("a", "sha256", right)), artifact: func(a *intoto.ResourceDescriptor) { a.Name = "" }},
		{name: "another artifact", artifact: func(a *intoto.ResourceDescriptor) { a.Digest = digests([]byte("x")) }, want: verify.CheckSubject},
		{name: "an artifact without digest", artifact: func(a *intoto.ResourceDescriptor) { a.Digest = nil }, want: verify.CheckSubject},
		{name: "an artifact with an empty digest", artifact: func(a *intoto.ResourceDescriptor) { a.Digest = map[string]string{"sha256": ""} }, want: verify.CheckSubject},
	}
	for _, name := range []string{"../../etc/passwd", "/abs", `a\..\b`, "C:", "a\x00b", "a\nb", "\x1b[2J", "\u202e", "", "pkg:npm/%2540a%252fb", strings.Repeat("x", 1<<20)} {
		attacks = append(attacks, attack{name: fmt.Sprintf("S-08 name %.20q", name), signing: about(sub(name, "sha256", right)), verdict: matched(name)})
	}
	run(t, v, attestation, release, attacks)
}

// That nothing can be compared is said, and not taken for other bytes.
func TestNoDigestInCommon(t *testing.T) {
	v := newVirtual(t)
	art := widget()
	art.Digest = map[string]string{"sha512": art.GetDigest()["sha512"]}
	s := attestation()
	set(s.statement, "subject", []any{map[string]any{"name": "widget.tar.gz", "digest": map[string]any{"sha256": digests([]byte(artifact))["sha256"]}}})
	_, err := verifyBytes(encode(t, v.bundle(t, s)), v.trusted(), art, release())
	var want *verify.Rejection
	if !errors.As(err, &want) || want.Check != verify.CheckSubject || !strings.Contains(want.Why, "no digest in common") {
		t.Errorf("got %v, want a rejection that no digest is in common", err)
	}
}
