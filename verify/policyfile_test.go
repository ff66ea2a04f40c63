package verify_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/hallmark-project/hallmark/verify"
)

const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAERmSlEvV7B+DUPgtDl20TbyIYZF3G
ICIVPiq0fnRR3yvODUCicc/P26UUf1XXJP9i1jFXEW+ANzGHQXoP0ZDEDg==
-----END PUBLIC KEY-----
`

// wholePolicy names everything that a policy file can.
const wholePolicy = `policy: v1
repo: octo/widget
issuer: https://token.actions.githubusercontent.com
identities:
  - identity: dev@octo.example
    issuer: https://accounts.example
  - identity-pattern: https://github\.com/octo/[^/]+/\.github/workflows/release\.yml@refs/tags/v.*
    issuer: https://token.actions.githubusercontent.com
signer-workflow: octo/widget/.github/workflows/release.yml
signer-digest: 9f2d1c7a64a5e3a3f3a1f7b9c1c0d2e4f6a8b0c2
owner: octo
repo-id: "4711"
owner-id: "42"
ref: refs/tags/v1.4.0
version: v1.4
commit: 9f2d1c7a64a5e3a3f3a1f7b9c1c0d2e4f6a8b0c2
events:
  - push
  - "on"
inputs:
  channel: stable
  count: "017"
  empty: ""
  note: a,b=c
  "on": "true"
allow-self-hosted: true
require: provenance
slsa-level: 2
predicate-types:
  - https://slsa.dev/provenance/v1
require-inclusion-proof: true
require-all: true
`

func mustPolicy(t testing.TB, text string) *verify.Policy {
	t.Helper()
	p, err := verify.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustYAML(t testing.TB, p *verify.Policy) string {
	t.Helper()
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPolicyFile(t *testing.T) {
	p := mustPolicy(t, wholePolicy)
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(wholePolicy, mustYAML(t, p)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{"on": "true", "channel": "stable", "count": "017", "empty": "", "note": "a,b=c"}
	if diff := cmp.Diff(want, p.Inputs); diff != "" {
		t.Error(diff)
	}
	if p.Identities[1].Pattern.MatchString("xhttps://github.com/octo/x/.github/workflows/release.yml@refs/tags/v1") {
		t.Error("the pattern is not for whole names")
	}
}

func TestPolicyFileRefused(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"nothing":                  {"", "empty"},
		"a comment":                {"# nothing\n", "empty"},
		"a list":                   {"- policy: v1\n", "names with values"},
		"no format":                {"repo: octo/widget\n", "no format"},
		"another format":           {"policy: v2\n", `format "v2"`},
		"a number as format":       {"policy: 1\n", "line 1: policy: 1 is not text"},
		"I-09 unknown name":        {"policy: v1\nrepos: octo/widget\n", `line 2: unknown name "repos"`},
		"I-09 other case":          {"policy: v1\nRepo: octo/widget\n", `line 2: unknown name "Repo"`},
		"I-09 name twice":          {"policy: v1\nrepo: octo/widget\nrepo: evil/widget\n", `line 3: "repo" stands on line 2 already`},
		"I-09 name twice, quoted":  {"policy: v1\nrepo: octo/widget\n\"repo\": evil/widget\n", `line 3: "repo" stands on line 2 already`},
		"I-09 input twice":         {"policy: v1\ninputs:\n  a: x\n  a: z\n", `line 4: "a" stands on line 3 already`},
		"I-09 anchor":              {"policy: v1\nrepo: &r octo/widget\n", "line 2: anchors"},
		"I-09 alias":               {"policy: v1\nrepo: &r octo/widget\nowner: *r\n", "anchors"},
		"I-09 merge key":           {"policy: v1\ninputs:\n  <<: {a: x}\n", "line 3: merge keys"},
		"I-09 tag":                 {"policy: v1\nrepo: !!str octo/widget\n", "line 2: tags"},
		"I-09 second document":     {"policy: v1\n---\npolicy: v1\n", "second document"},
		"I-09 document behind":     {"policy: v1\n...\nrepo: octo/widget\n", "line 2"},
		"I-09 on":                  {"policy: v1\nevents: [on]\n", "line 2: events: on is not text"},
		"I-09 no":                  {"policy: v1\nowner: no\n", "line 2: owner: no is not text"},
		"I-09 a name on":           {"policy: v1\ninputs: {on: x}\n", "line 2: a name: on is not text"},
		"I-09 octal":               {"policy: v1\nrepo-id: 0777\n", "line 2: repo-id: 0777 is not text"},
		"I-09 a time of day":       {"policy: v1\ninputs: {a: 12:30}\n", "12:30 is not text"},
		"I-09 a number":            {"policy: v1\nrepo-id: 4711\n", "line 2: repo-id: 4711 is not text"},
		"I-09 a commit of digits":  {"policy: v1\ncommit: 1234567890123456789012345678901234567890\n", "line 2: commit"},
		"I-09 a commit as power":   {"policy: v1\ncommit: 12345678901234567890123456789012345678e1\n", "line 2: commit"},
		"I-09 a date":              {"policy: v1\ninputs: {a: 2026-01-01}\n", "2026-01-01 is not text"},
		"I-09 null":                {"policy: v1\nrepo: ~\n", "line 2: repo is empty"},
		"I-05 empty":               {"policy: v1\nrepo:\n", "line 2: repo is empty"},
		"I-05 empty text":          {"policy: v1\nrepo: \"\"\n", "line 2: repo is empty"},
		"I-05 no events":           {"policy: v1\nevents: []\n", "line 2: events: want a list"},
		"I-05 no identities":       {"policy: v1\nidentities: []\n", "line 2: identities: want a list"},
		"I-05 no issuer":           {"policy: v1\nidentities:\n  - identity: x@example.com\n", "line 3"},
		"I-05 no name":             {"policy: v1\nidentities:\n  - issuer: https://accounts.example\n", "line 3"},
		"I-05 name and pattern":    {"policy: v1\nidentities:\n  - {identity: a, identity-pattern: a, issuer: b}\n", "line 3"},
		"unknown name in identity": {"policy: v1\nidentities:\n  - {name: a, issuer: b}\n", `line 3: unknown name "name"`},
		"an identity as text":      {"policy: v1\nidentities: [a]\n", "line 2: identities: want names"},
		"I-01 no pattern":          {"policy: v1\nidentities:\n  - {identity-pattern: \"a(\", issuer: b}\n", "line 3"},
		"I-08 a long pattern":      {"policy: v1\nidentities:\n  - {identity-pattern: " + strings.Repeat("a", 5000) + ", issuer: b}\n", "line 3"},
		"a list for a text":        {"policy: v1\nrepo: [octo/widget]\n", "line 2: repo: want a string"},
		"a text for a list":        {"policy: v1\nevents: push\n", "line 2: events: want a list"},
		"a list in a list":         {"policy: v1\nevents: [[push]]\n", "line 2: events: want a string"},
		"a list of inputs":         {"policy: v1\ninputs: [a]\n", "line 2: inputs: want names"},
		"an object as name":        {"policy: v1\ninputs: {{a: b}: c}\n", "line 2: a name is not a string"},
		"permission in quotes":     {"policy: v1\nallow-self-hosted: \"true\"\n", "line 2: allow-self-hosted: want true"},
		"permission refused":       {"policy: v1\nallow-self-hosted: false\n", "line 2: allow-self-hosted: want true"},
		"permission by yes":        {"policy: v1\nallow-self-hosted: yes\n", "line 2: allow-self-hosted: want true"},
		"level in hexadecimal":     {"policy: v1\nslsa-level: 0x3\n", "line 2: slsa-level: want 1, 2 or 3"},
		"level in quotes":          {"policy: v1\nslsa-level: \"3\"\n", "line 2: slsa-level: want 1, 2 or 3"},
		"level 0":                  {"policy: v1\nslsa-level: 0\n", "line 2: slsa-level: want 1, 2 or 3"},
		"no key":                   {"policy: v1\nkey: cosign.pub\n", "line 2: key"},
		"two keys":                 {"policy: v1\nkey: " + quote(publicKey+publicKey) + "\n", "line 2: key"},
		"a private key":            {"policy: v1\nkey: " + quote(strings.ReplaceAll(publicKey, "PUBLIC", "PRIVATE")) + "\n", "line 2: key"},
		"S-11 byte order mark":     {"\ufeffpolicy: v1\n", "UTF-8"},
		"S-11 UTF-16":              {"\xff\xfep\x00", "UTF-8"},
		"no YAML":                  {"policy: v1\n\trepo: x\n", "line"},
		"more than is read":        {"policy: v1\n#" + strings.Repeat("x", verify.MaxPolicy), "at most"},
		"deep lists":               {"policy: v1\nrepo: " + strings.Repeat("[", 20000) + "\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := verify.ParsePolicy([]byte(tt.text))
			if p != nil || !errors.Is(err, verify.ErrPolicy) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got policy %v, error %v, want an error that says %q", p, err, tt.want)
			}
		})
	}
}

func quote(s string) string { q, _ := json.Marshal(s); return string(q) }

func TestPolicyCannotBePrinted(t *testing.T) {
	pattern := mustPolicy(t, wholePolicy).Identities[1]
	v := newVirtual(t)
	tests := map[string]struct {
		policy *verify.Policy
		want   bool
	}{
		"a whole pattern":    {&verify.Policy{Identities: []verify.Identity{pattern}}, true},
		"a key":              {&verify.Policy{Key: v.key(t, "P-256").Public()}, true},
		"an empty list":      {&verify.Policy{Repository: "octo/widget", Inputs: map[string]string{}}, true},
		"a part of a name":   {&verify.Policy{Identities: []verify.Identity{{Pattern: regexp.MustCompile("octo"), Issuer: "x"}}}, false},
		"a key of no kind":   {&verify.Policy{Key: "key"}, false},
		"text that is none":  {&verify.Policy{Ref: "refs/tags/\xff"}, false},
		"input that is none": {&verify.Policy{Inputs: map[string]string{"\xff": "x"}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := tt.policy.YAML()
			if tt.want != (err == nil) || err != nil && (text != nil || !errors.Is(err, verify.ErrPolicy)) {
				t.Fatalf("got %q, %v", text, err)
			}
			if err == nil {
				again := mustYAML(t, mustPolicy(t, string(text)))
				if diff := cmp.Diff(string(text), again); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// The published schema accepts what ParsePolicy reads.
func TestPolicySchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../docs/schema/policy.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		return schema.Validate(v)
	}
	withKey := mustYAML(t, &verify.Policy{Key: mustPolicy(t, "policy: v1\nkey: "+quote(publicKey)+"\n").Key, AllowUnlogged: true, Inputs: map[string]string{}})
	for _, text := range []string{wholePolicy, withKey} {
		if err := valid(text); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
	for _, text := range []string{"repo: octo/widget", "policy: v2", "policy: v1\nrepos: x", "policy: v1\nrepo: x", "policy: v1\nevents: []",
		"policy: v1\nallow-self-hosted: false", "policy: v1\nidentities: [{identity: x}]", "policy: v1\nrepo-id: 1"} {
		if err := valid(text); err == nil {
			t.Errorf("the schema accepts %s", text)
		}
	}
	names := map[string]any{}
	data, err := os.ReadFile("../docs/schema/policy.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Properties map[string]any }
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(wholePolicy), &names); err != nil {
		t.Fatal(err)
	}
	for name := range document.Properties {
		if _, named := names[name]; !named && name != "key" && name != "allow-unlogged" {
			t.Errorf("the schema has %s, which the test's policy lacks", name)
		}
	}
}

// FuzzParsePolicy wants what is read to be written and read again as the same,
// and nothing to crash the parser.
func FuzzParsePolicy(f *testing.F) {
	for _, text := range []string{wholePolicy, "policy: v1\nkey: " + quote(publicKey), "policy: v1\ninputs: {a: \"\", \"b\\n\": \"\\u2028 x\"}\n",
		"policy: v1\nrepo: *a", "policy: v1\nevents: ['on', \"1\", \" x \", '#', 'a: b', '- c']", "a: &a [*a]", "policy: !x v1", "- \n-\t- x"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := verify.ParsePolicy(data)
		if err != nil {
			if !errors.Is(err, verify.ErrPolicy) {
				t.Errorf("%v does not blame the policy", err)
			}
			return
		}
		text := mustYAML(t, p)
		again := mustPolicy(t, text)
		if diff := cmp.Diff(text, mustYAML(t, again)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(p, again, cmp.FilterPath(isKey, cmp.Comparer(sameKeys)), cmp.Comparer(sameIdentity), cmp.AllowUnexported(verify.Policy{})); diff != "" {
			t.Errorf("%s\nread again: %s", text, diff)
		}
	})
}

func isKey(p cmp.Path) bool { return p.Last().String() == ".Key" }

func sameKeys(a, b crypto.PublicKey) bool {
	if a == nil || b == nil {
		return a == b
	}
	return verify.Fingerprint(a) == verify.Fingerprint(b)
}

func sameIdentity(a, b verify.Identity) bool { return a.String() == b.String() && a.Issuer == b.Issuer }
