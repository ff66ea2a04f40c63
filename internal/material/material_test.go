package material

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// mustTestdata is slsa-verifier's test data, which comes with the module.
func mustTestdata(t testing.TB) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/slsa-framework/slsa-verifier/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "cli", "slsa-verifier", "testdata")
}

// mustRealBundle reads the material of a real release from there.
func mustRealBundle(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(mustTestdata(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	generic = "gha_generic/v2.1.0/binary-linux-amd64-push-v14.2.intoto.jsonl"
	digest  = "376e7e01348585b6e6643bc6663146b9d525d9b41228bf180eaeb4d4a3706caa"
)

func TestRead(t *testing.T) {
	one := strings.TrimSpace(string(mustRealBundle(t, generic)))
	laidOut := "{\n" + strings.TrimSuffix(strings.TrimPrefix(one, "{"), "}") + "\n}\n"
	many := strings.Repeat("{}\n", maxLines+1)
	type want struct {
		Name  string
		Check verify.Check // "" for a bundle
	}
	for _, tt := range []struct {
		name, data string
		want       []want
	}{
		{"one document", one, []want{{"f", ""}}},
		{"one document over lines", laidOut, []want{{"f", ""}}},
		{"two lines", one + "\n" + one + "\n", []want{{"f:1", ""}, {"f:2", ""}}},
		{"last line without newline", one + "\n" + one, []want{{"f:1", ""}, {"f:2", ""}}},
		{"blank lines and carriage returns", one + "\r\n\r\n" + one + "\r\n\r\n", []want{{"f:1", ""}, {"f:3", ""}}},
		{"a bad line hides no good one", "{}\n" + one, []want{{"f:1", verify.CheckBundle}, {"f:2", ""}}},
		{"two documents on a line", one + one, []want{{"f", verify.CheckBundle}}},
		{"a document and a tail", one + "\n" + one + "}", []want{{"f:1", ""}, {"f:2", verify.CheckBundle}}},
		{"byte order mark", "\ufeff" + one, []want{{"f", verify.CheckBundle}}},
		{"empty", " \n", []want{{"f", verify.CheckBundle}}},
		{"not JSON", "hello", []want{{"f", verify.CheckBundle}}},
		{"an array", "[]", []want{{"f", verify.CheckBundle}}},
		{"a member twice", `{"mediaType":"a","mediaType":"b"}`, []want{{"f", verify.CheckBundle}}},
		{"a member in two spellings", strings.Replace(one, "{", `{"media_type":"x",`, 1), []want{{"f", verify.CheckBundle}}},
		{"too many lines", many, []want{{"f", verify.CheckLimit}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []want
			for _, f := range Read("f", []byte(tt.data)) {
				var r *verify.Rejection
				if errors.As(f.Err, &r) {
					got = append(got, want{f.Name, r.Check})
				} else if f.Bundle != nil {
					got = append(got, want{f.Name, ""})
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIndex(t *testing.T) {
	found := append(Read("good", mustRealBundle(t, generic)), Read("bad", []byte("{}"))...)
	x := NewIndex(found)
	for _, tt := range []struct {
		name         string
		artifact     *intoto.ResourceDescriptor
		about, named int
	}{
		{"its artifact", &intoto.ResourceDescriptor{Name: "renamed", Digest: map[string]string{"sha256": digest}}, 1, 0},
		{"its name over other bytes", &intoto.ResourceDescriptor{Name: "dist/gha_generic-binary-linux-amd64-v14.2", Digest: map[string]string{"sha256": strings.Repeat("0", 64)}}, 0, 1},
		{"another artifact", &intoto.ResourceDescriptor{Name: "other", Digest: map[string]string{"sha256": strings.Repeat("0", 64)}}, 0, 0},
	} {
		if got := len(x.For(tt.artifact)); got != tt.about {
			t.Errorf("%s: For found %d, want %d", tt.name, got, tt.about)
		}
		if got := len(x.Named(tt.artifact)); got != tt.named {
			t.Errorf("%s: Named found %d, want %d", tt.name, got, tt.named)
		}
	}
	if diff := cmp.Diff([]string{"sha256"}, x.Algorithms()); diff != "" {
		t.Errorf("algorithms: -want +got\n%s", diff)
	}
	if got := len(x.Unreadable()); got != 1 {
		t.Errorf("%d unreadable, want 1", got)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "a.sigstore.json", "a.bundle", "multiple.intoto.jsonl", "attestation.json", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "a.sigstore"), 0o700); err != nil {
		t.Fatal(err)
	}
	in := func(names ...string) []string {
		for i := range names {
			names[i] = filepath.Join(dir, names[i])
		}
		return names
	}
	if diff := cmp.Diff(in("a.sigstore.json", "a.bundle"), Beside(filepath.Join(dir, "a"))); diff != "" {
		t.Error(diff)
	}
	folder, err := InFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in("a.sigstore.json", "attestation.json", "multiple.intoto.jsonl"), folder); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(mustRealBundle(f, generic))
	f.Add(mustRealBundle(f, bareEnvelope))
	f.Add(mustRealBundle(f, npmPackage+".json"))
	f.Add([]byte(cosignJSON(f)))
	f.Add([]byte("MEUCIQ"))
	f.Add([]byte("{}\n{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, found := range Read("f", data) {
			if (found.Bundle == nil) == (found.Err == nil) {
				t.Errorf("%s: a bundle and an error, or neither", found.Name)
			}
			if found.Bundle != nil {
				_ = verify.Describe(found.About("sha256", make([]byte, 32)).Bundle)
			}
		}
	})
}
