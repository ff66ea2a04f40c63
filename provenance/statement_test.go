package provenance_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	provenancev1 "github.com/in-toto/attestation/go/predicates/provenance/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	slsa "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/hallmark-project/hallmark/provenance"
)

var update = flag.Bool("update", false, "rewrite the golden statements")

func file(name string, n int) *intoto.ResourceDescriptor {
	return &intoto.ResourceDescriptor{Name: name, Digest: map[string]string{"sha256": fmt.Sprintf("%064x", n)}}
}

func mustGitHub(t testing.TB) *provenance.Build {
	t.Helper()
	build, err := provenance.FromGitHub(job(), environment())
	if err != nil {
		t.Fatal(err)
	}
	return build
}

func builds(t *testing.T) map[string]*provenance.Build {
	t.Helper()
	local, err := provenance.FromGit(provenance.Git{Remote: "git@github.com:octo/widget.git", Commit: commit, Ref: "refs/heads/main"})
	if err != nil {
		t.Fatal(err)
	}
	full := mustGitHub(t)
	full.BuildType = "https://example.com/type"
	full.StartedOn = time.Date(2026, 11, 20, 14, 0, 0, 0, time.FixedZone("CET", 3600))
	full.FinishedOn = full.StartedOn.Add(90 * time.Second)
	full.Byproducts = []*intoto.ResourceDescriptor{file("build.log", 9)}
	recorded := mustGitHub(t)
	err = recorded.Add(provenance.Extras{
		Inputs:    map[string]any{"channel": "stable", "dry-run": false},
		Params:    map[string]string{"target": "linux/arm64"},
		Materials: []*intoto.ResourceDescriptor{{Uri: "pkg:golang/golang.org/x/text@v0.30.0", Digest: map[string]string{"dirHash": fmt.Sprintf("%064x", 7)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*provenance.Build{"github": mustGitHub(t), "git": local, "full": full, "recorded": recorded, "gitlab": mustGitLab(t)}
}

func TestGolden(t *testing.T) {
	for name, build := range builds(t) {
		t.Run(name, func(t *testing.T) {
			statements, err := build.Statements([]*intoto.ResourceDescriptor{file("b", 2), file("a", 3), file("a", 1), file("b", 2)})
			if err != nil {
				t.Fatal(err)
			}
			got, err := provenance.Marshal(statements[0])
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + name + ".json"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Error(d)
			}
			wantValid(t, got)
		})
	}
}

// wantValid reads a statement back with both of in-toto's readers, by their own
// rules and with no field left over.
func wantValid(t *testing.T, payload []byte) {
	t.Helper()
	statement := new(intoto.Statement)
	if err := protojson.Unmarshal(payload, statement); err != nil {
		t.Fatal(err)
	}
	if err := statement.Validate(); err != nil {
		t.Error(err)
	}
	data, err := protojson.Marshal(statement.Predicate)
	if err != nil {
		t.Fatal(err)
	}
	predicate := new(provenancev1.Provenance)
	if err := protojson.Unmarshal(data, predicate); err != nil {
		t.Fatal(err)
	}
	if err := predicate.Validate(); err != nil {
		t.Error(err)
	}
	//lint:ignore SA1019 consumers still read provenance with these types
	var older slsa.ProvenancePredicate
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&older); err != nil {
		t.Error(err)
	}
	if older.RunDetails.Builder.ID != predicate.RunDetails.Builder.Id {
		t.Errorf("builder is %q to one reader and %q to the other", older.RunDetails.Builder.ID, predicate.RunDetails.Builder.Id)
	}
}

// TestDeterministic: neither the order of the arguments nor protojson's spacing,
// which differs between builds of a program, shows in the bytes.
func TestDeterministic(t *testing.T) {
	subjects := []*intoto.ResourceDescriptor{file("c", 1), file("a", 2), file("b", 3)}
	reversed := []*intoto.ResourceDescriptor{subjects[2], subjects[1], subjects[0]}
	var want []byte
	for range 20 {
		for _, order := range [][]*intoto.ResourceDescriptor{subjects, reversed} {
			statements, err := mustGitHub(t).Statements(order)
			if err != nil {
				t.Fatal(err)
			}
			got, err := provenance.Marshal(statements[0])
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if !bytes.Equal(want, got) {
				t.Fatal(cmp.Diff(string(want), string(got)))
			}
		}
	}
}

func TestSplit(t *testing.T) {
	for n, want := range map[int][]int{
		1:                            {1},
		provenance.MaxSubjects:       {provenance.MaxSubjects},
		provenance.MaxSubjects + 1:   {provenance.MaxSubjects, 1},
		2*provenance.MaxSubjects + 7: {provenance.MaxSubjects, provenance.MaxSubjects, 7},
	} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var subjects []*intoto.ResourceDescriptor
			for i := range n {
				subjects = append(subjects, file(fmt.Sprintf("%05d", i), i))
			}
			statements, err := mustGitHub(t).Statements(subjects)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, s := range statements {
				got = append(got, len(s.Subject))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSubjectsRefused(t *testing.T) {
	many := file("many", 1)
	for i := range 20 {
		many.Digest[fmt.Sprintf("custom%d", i)] = "00"
	}
	tests := map[string]struct {
		subject *intoto.ResourceDescriptor
		want    string
	}{
		"nil":           {nil, "without a name"},
		"no name":       {&intoto.ResourceDescriptor{Digest: file("", 1).Digest}, "without a name"},
		"no digest":     {&intoto.ResourceDescriptor{Name: "a"}, "none of sha256"},
		"only sha1":     {&intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha1": strings.Repeat("0", 40)}}, "none of sha256"},
		"upper case":    {&intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": strings.Repeat("A", 64)}}, "lower-case hex"},
		"wrong length":  {&intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": strings.Repeat("0", 40)}}, "length"},
		"not hex":       {&intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": strings.Repeat("g", 64)}}, "lower-case hex"},
		"many digests":  {many, "at most 16"},
		"no subject":    {want: "no artifact"},
		"sha256 beside": {&intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": strings.Repeat("0", 64), "sha512": "00"}}, "length"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			subjects := []*intoto.ResourceDescriptor{file("good", 1), tc.subject}
			if name == "no subject" {
				subjects = nil
			}
			if _, err := mustGitHub(t).Statements(subjects); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestBuildRefused(t *testing.T) {
	tests := map[string]struct {
		spoil func(*provenance.Build)
		want  string
	}{
		"zero":               {func(b *provenance.Build) { *b = provenance.Build{} }, "buildDefinition"},
		"no build type":      {func(b *provenance.Build) { b.BuildType = "" }, "buildType"},
		"no parameters":      {func(b *provenance.Build) { b.ExternalParameters = nil }, "externalParameters"},
		"no builder":         {func(b *provenance.Build) { b.BuilderID = "" }, "builder"},
		"not a JSON value":   {func(b *provenance.Build) { b.InternalParameters = map[string]any{"a": struct{}{}} }, "internal parameters"},
		"finished too early": {func(b *provenance.Build) { b.StartedOn = time.Unix(2, 0); b.FinishedOn = time.Unix(1, 0) }, "before it started"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			build := mustGitHub(t)
			tc.spoil(build)
			if _, err := build.Statements([]*intoto.ResourceDescriptor{file("a", 1)}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// TestStatementIsItsOwn: changing the caller's subjects later changes nothing
// in a statement that is already made.
func TestStatementIsItsOwn(t *testing.T) {
	subject := file("a", 1)
	statements, err := mustGitHub(t).Statements([]*intoto.ResourceDescriptor{subject})
	if err != nil {
		t.Fatal(err)
	}
	subject.Digest["sha256"] = "changed"
	if want := file("a", 1); !proto.Equal(want, statements[0].Subject[0]) {
		t.Errorf("subject became %v", statements[0].Subject[0])
	}
}

func ExampleFromGit() {
	build, err := provenance.FromGit(provenance.Git{
		Remote: "git@github.com:octo/widget.git",
		Commit: "0123456789abcdef0123456789abcdef01234567",
		Ref:    "refs/tags/v1.0.0",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(build.ResolvedDependencies[0].Uri)
	// Output: git+ssh://github.com/octo/widget@refs/tags/v1.0.0
}

func BenchmarkStatement(b *testing.B) {
	build := mustGitHub(b)
	var subjects []*intoto.ResourceDescriptor
	for i := range provenance.MaxSubjects {
		subjects = append(subjects, file(fmt.Sprintf("%05d", i), i))
	}
	for b.Loop() {
		statements, err := build.Statements(subjects)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := provenance.Marshal(statements[0]); err != nil {
			b.Fatal(err)
		}
	}
}
