package verify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/hallmark-project/hallmark/verify"
)

// mayChange lists the only places of a bundle that may be changed without a
// rejection, and why that is no lie. Where less is shown the verdict says so;
// everything else in it must stay the same.
var mayChange = []struct {
	path *regexp.Regexp
	less bool // the verdict may rest on less
	why  string
}{
	{regexp.MustCompile(`^mediaType$`), false, "the label is unsigned; what each version demands is still demanded"},
	{regexp.MustCompile(`^dsseEnvelope\.signatures(\.0(\.keyid)?)?$`), false, "an unsigned hint, never read; with it the list that holds nothing else new"},
	{regexp.MustCompile(`^verificationMaterial\.publicKey(\.hint)?$`), false, "an unsigned hint, never read"},
	{regexp.MustCompile(`^verificationMaterial\.x509CertificateChain\.certificates$`), false, "what follows the certificate is never used"},
	{regexp.MustCompile(`^verificationMaterial\.timestampVerificationData`), true, "a timestamp beside the log's own time"},
	{regexp.MustCompile(`^verificationMaterial\.tlogEntries\.0\.inclusionPromise`), true, "a promise beside a proof and a timestamp"},
	{regexp.MustCompile(`^verificationMaterial\.tlogEntries\.0\.inclusionProof$`), true, "a proof beside a promise, in bundle v0.1 and v0.2"},
	{regexp.MustCompile(`^verificationMaterial\.tlogEntries\.0\.integratedTime$`), false, "nobody's word where there is no promise; not reported"},
	{regexp.MustCompile(`^verificationMaterial\.tlogEntries\.0\.logIndex$`), false, "nobody's word in Rekor v1 where there is no promise; not reported"},
	{regexp.MustCompile(`^verificationMaterial\.tlogEntries\.0\.inclusionProof\.checkpoint\.envelope$`), false, "the name in a signature line of a Rekor v1 checkpoint; the key decides"},
}

// TestMutations changes every place of every piece of good evidence. Nothing
// that somebody vouched for may differ in what is accepted.
func TestMutations(t *testing.T) {
	for _, e := range goodEvidence(t) {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t, &e)
			tree := mustTree(t, e.bundle)
			for _, path := range paths(tree, nil) {
				for _, m := range mutants(valueAt(tree, path)) {
					j.judge(t, path, m.name, replaced(t, tree, path, m.value, m.gone))
				}
			}
		})
	}
}

// TestSwaps puts each part of one good bundle into another.
func TestSwaps(t *testing.T) {
	all := goodEvidence(t)
	for i, e := range all {
		j := newJudge(t, &e)
		tree := mustTree(t, e.bundle)
		for k, other := range all {
			if k == i || !fullSweep() && (k-i+len(all))%len(all) > 1 {
				continue
			}
			from := mustTree(t, other.bundle)
			for _, path := range paths(tree, nil) {
				if part := valueAt(from, path); part != nil {
					j.judge(t, path, "of "+other.name, replaced(t, tree, path, part, false))
				}
			}
		}
	}
}

// fullSweep is what `make test` asks for: every byte, every pair.
func fullSweep() bool { return os.Getenv("HALLMARK_FULL") == "1" }

// mutationJudge compares what a mutant gives with what the original gave.
type mutationJudge struct {
	evidence *evidence
	original *protobundle.Bundle
	verdict  *verify.Verdict
}

func newJudge(t testing.TB, e *evidence) *mutationJudge {
	t.Helper()
	j := &mutationJudge{evidence: e, original: new(protobundle.Bundle)}
	var err error
	if j.verdict, err = e.verify(e.bundle); err != nil {
		t.Fatal(err)
	}
	if err := protojson.Unmarshal(e.bundle, j.original); err != nil {
		t.Fatal(err)
	}
	return j
}

func (j *mutationJudge) judge(t *testing.T, path []string, how string, mutant []byte) {
	t.Helper()
	place := strings.Join(path, ".")
	v, err := j.evidence.verify(mutant)
	if err != nil {
		var r *verify.Rejection
		if v != nil || !errors.As(err, &r) || errors.Is(err, verify.ErrPolicy) {
			t.Errorf("%s: %s, %s: %v with verdict %v", j.evidence.name, place, how, err, v)
		}
		return
	}
	same := new(protobundle.Bundle)
	if err := protojson.Unmarshal(mutant, same); err == nil && proto.Equal(same, j.original) {
		return
	}
	for _, m := range mayChange {
		if m.path.MatchString(place) {
			was, is := *j.verdict, *v
			if m.less {
				was, is = rests(was, is)
			}
			if diff := cmp.Diff(was, is, cmpopts.IgnoreFields(verify.Verdict{}, "Artifact", "Uncounted")); diff != "" {
				t.Errorf("%s: %s, %s: accepted with another verdict (-was +is):\n%s", j.evidence.name, place, how, diff)
			}
			return
		}
	}
	t.Errorf("%s: %s, %s: accepted", j.evidence.name, place, how)
}

// rests takes out of two verdicts what the second may rest on less: times that
// stood in the first, and the strength of a log's proof.
func rests(was, is verify.Verdict) (verify.Verdict, verify.Verdict) {
	if !slices.ContainsFunc(is.Times, func(t verify.Time) bool { return !slices.Contains(was.Times, t) }) {
		was.Times, is.Times = nil, nil
	}
	for _, v := range []*verify.Verdict{&was, &is} {
		v.Logs = slices.Clone(v.Logs)
		for i := range v.Logs {
			v.Logs[i].Proof, v.Logs[i].Index = "", 0
		}
	}
	return was, is
}

// A mutant is another value for a place, or its absence.
type mutant struct {
	name  string
	value any
	gone  bool
}

func mutants(value any) []mutant {
	all := []mutant{{name: "deleted", gone: true}, {name: "null", value: nil}, {name: "a number", value: json.Number("1")},
		{name: "a string", value: "x"}, {name: "an empty string", value: ""}, {name: "a list", value: []any{}},
		{name: "an object", value: map[string]any{}}, {name: "true", value: true}, {name: "in a list", value: []any{value}}}
	switch value := value.(type) {
	case string:
		all = append(all, stringMutants(value)...)
	case []any:
		all = append(all, mutant{name: "doubled", value: append(append([]any{}, value...), value...)})
	case map[string]any:
		more := map[string]any{"unknown": "x"}
		for k, v := range value {
			more[k] = v
		}
		all = append(all, mutant{name: "with an unknown member", value: more})
	}
	return all
}

func stringMutants(value string) []mutant {
	all := []mutant{{name: "longer", value: value + "A"}, {name: "in capitals", value: strings.ToUpper(value)}, {name: "shorter", value: value[:len(value)/2]}}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return append(all, mutant{name: "one more", value: strconv.FormatInt(n+1, 10)}, mutant{name: "negative", value: "-" + value}, mutant{name: "zero", value: "0"})
	}
	data, err := base64.StdEncoding.DecodeString(value)
	encode := base64.StdEncoding.EncodeToString
	if err != nil || len(value) < 8 {
		data, encode = []byte(value), func(b []byte) string { return string(b) }
	}
	step := max(1, len(data)/5)
	if fullSweep() {
		step = 1
	}
	for i := 0; i < len(data); i += step {
		flipped := bytes.Clone(data)
		flipped[i] ^= 1 << (i % 7)
		all = append(all, mutant{name: fmt.Sprintf("byte %d flipped", i), value: encode(flipped)})
	}
	return append(all, mutant{name: "a byte more", value: encode(append(bytes.Clone(data), 0))}, mutant{name: "a byte less", value: encode(data[:max(0, len(data)-1)])})
}

func mustTree(t *testing.T, data []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// paths lists every place of a tree, the parents included.
func paths(tree any, at []string) [][]string {
	var all [][]string
	down := func(name string, value any) {
		path := append(append([]string{}, at...), name)
		all = append(append(all, path), paths(value, path)...)
	}
	switch tree := tree.(type) {
	case map[string]any:
		for name, value := range tree {
			down(name, value)
		}
	case []any:
		for i, value := range tree {
			down(strconv.Itoa(i), value)
		}
	}
	return all
}

// valueAt returns the value at a path, or nil.
func valueAt(tree any, path []string) any {
	for _, step := range path {
		switch next := tree.(type) {
		case map[string]any:
			tree = next[step]
		case []any:
			i, _ := strconv.Atoi(step)
			if i >= len(next) {
				return nil
			}
			tree = next[i]
		default:
			return nil
		}
	}
	return tree
}

// replaced writes the tree with another value at one place.
func replaced(t *testing.T, tree any, path []string, value any, gone bool) []byte {
	t.Helper()
	data, err := json.Marshal(withValue(tree, path, value, gone))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func withValue(tree any, path []string, value any, gone bool) any {
	if len(path) == 0 {
		return value
	}
	switch tree := tree.(type) {
	case map[string]any:
		changed := make(map[string]any, len(tree))
		for k, v := range tree {
			changed[k] = v
		}
		if gone && len(path) == 1 {
			delete(changed, path[0])
		} else {
			changed[path[0]] = withValue(tree[path[0]], path[1:], value, gone)
		}
		return changed
	case []any:
		i, _ := strconv.Atoi(path[0])
		changed := append([]any{}, tree...)
		if gone && len(path) == 1 {
			return append(changed[:i], changed[i+1:]...)
		}
		changed[i] = withValue(tree[i], path[1:], value, gone)
		return changed
	}
	return tree
}
