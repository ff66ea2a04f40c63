package provenance_test

import (
	"strings"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/provenance"
)

func TestAttest(t *testing.T) {
	const anyType = "https://example.com/review/v1"
	tests := map[string]struct{ kind, predicate, want, err string }{
		"small":          {anyType, ` { "b" : 1.50, "a" : [ true, null, 9007199254740992 ] } `, `{"a":[true,null,9007199254740992],"b":1.5}`, ""},
		"text":           {anyType, `{"a":"\u00e9<\n"}`, `{"a":"é<\n"}`, ""},
		"twice":          {anyType, `{"a":1,"a":2}`, "", "duplicate"},
		"twice below":    {anyType, `{"x":{"a":1,"a":2}}`, "", "duplicate"},
		"rounded":        {anyType, "{\"a\":1,\n\"b\":9007199254740993}", "", "line 2: number 9007199254740993"},
		"infinite":       {anyType, `{"a":1e400}`, "", "1e400"},
		"list":           {anyType, `[]`, "", "no JSON object"},
		"empty":          {anyType, ``, "", "predicate"},
		"trailing":       {anyType, `{}x`, "", "follows"},
		"comment":        {anyType, `{/* */}`, "", "predicate"},
		"bad UTF-8":      {anyType, "{\"a\":\"\xff\"}", "", "UTF-8"},
		"lone surrogate": {anyType, `{"a":"\ud800"}`, "", "predicate"},
		"byte order":     {anyType, "\ufeff{}", "", "predicate"},
		"deep":           {anyType, `{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`, "", "deeper"},
		"relative type":  {"review/v1", `{}`, "", "no absolute URI"},
		"no type":        {"", `{}`, "", "predicate type"},
		"too large":      {anyType, `{"a":"` + strings.Repeat("a", provenance.MaxPredicate) + `"}`, "", "larger than"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			statements, err := provenance.Attest(tc.kind, []byte(tc.predicate), []*intoto.ResourceDescriptor{file("a", 1)})
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("got %v, want %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			payload, err := provenance.Marshal(statements[0])
			if err != nil {
				t.Fatal(err)
			}
			if want := `"predicate":` + tc.want + `,"predicateType":"` + anyType + `"`; !strings.Contains(string(payload), want) {
				t.Errorf("got %s, want %s in it", payload, want)
			}
		})
	}
}

// TestPayloadTooLarge: what verifiers would refuse is not made, and the error
// says what it is that fills it.
func TestPayloadTooLarge(t *testing.T) {
	build := mustGitHub(t)
	materials, err := provenance.ParseLockfile("go.sum", []byte(manyModules(50_000)))
	if err != nil {
		t.Fatal(err)
	}
	long := make([]*intoto.ResourceDescriptor, len(materials))
	for i, m := range materials {
		long[i] = &intoto.ResourceDescriptor{Uri: m.Uri + strings.Repeat("x", 100), Digest: m.Digest}
	}
	if err := build.Add(provenance.Extras{Materials: long}); err != nil {
		t.Fatal(err)
	}
	statements, err := build.Statements([]*intoto.ResourceDescriptor{file("a", 1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provenance.Marshal(statements[0]); err == nil || !strings.Contains(err.Error(), "8388608") {
		t.Errorf("got %v, want the limit", err)
	}
}

func TestRecognisePredicate(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"SPDX":           {`{"spdxVersion": "SPDX-2.3", "packages": []}`, provenance.SPDXPredicate},
		"CycloneDX":      {`{"bomFormat": "CycloneDX", "specVersion": "1.6"}`, provenance.CycloneDXPredicate},
		"both":           {`{"bomFormat": "CycloneDX", "spdxVersion": "SPDX-2.3"}`, ""},
		"neither":        {`{"name": "x"}`, ""},
		"SPDX 3":         {`{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`, ""},
		"version number": {`{"spdxVersion": 2}`, ""},
		"bare version":   {`{"spdxVersion": "SPDX-2."}`, ""},
		"further down":   {`{"x": {"bomFormat": "CycloneDX"}}`, ""},
		"no JSON":        {`SPDXVersion: SPDX-2.3`, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := provenance.RecognisePredicate([]byte(tc.in)); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
