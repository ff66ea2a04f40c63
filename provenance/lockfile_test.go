package provenance_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/provenance"
)

// sri is a digest of n equal bytes, as npm writes it, and hexes the same in hex.
func sri(n int) string          { return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x01", n))) }
func hexes(n int) string        { return strings.Repeat("01", n) }
func npmLock(pkg string) string { return `{"lockfileVersion": 3, "packages": {"": {}, ` + pkg + `}}` }

func cargoLock(lines ...string) string {
	return "# made by cargo\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n" + strings.Join(lines, "\n") + "\n"
}

const cratesIO = `source = "registry+https://github.com/rust-lang/crates.io-index"`

// show writes a descriptor in one line.
func show(d *intoto.ResourceDescriptor) string {
	s := d.Uri
	for _, algorithm := range []string{"dirHash", "gitCommit", "sha1", "sha256", "sha384", "sha512"} {
		if v := d.Digest[algorithm]; v != "" {
			s += " " + algorithm + ":" + v[:8]
		}
	}
	if d.Name != "" {
		s += " name=" + d.Name
	}
	if d.DownloadLocation != "" {
		s += " from=" + d.DownloadLocation
	}
	return s
}

func TestParseLockfile(t *testing.T) {
	tests := map[string]struct {
		name, data string
		want       []string
	}{
		"go.sum": {"go.sum", "github.com/marklodato/go-hello-world v0.0.1 h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=\n" +
			"github.com/marklodato/go-hello-world v0.0.1/go.mod h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=\n",
			[]string{"pkg:golang/github.com/marklodato/go-hello-world@v0.0.1 dirHash:2a1bb612",
				"pkg:golang/github.com/marklodato/go-hello-world@v0.0.1#go.mod dirHash:2a1bb612"}},
		"go.sum, letters": {"sub/go.sum", "github.com/BurntSushi/toml v1.0.0+incompatible h1:" + sri(32) + "\r\n\n",
			[]string{"pkg:golang/github.com/burntsushi/toml@v1.0.0%2Bincompatible dirHash:01010101 name=github.com/BurntSushi/toml"}},
		"go.sum, one element": {"go.sum", "example v1.0.0 h1:" + sri(32), []string{"pkg:golang/example@v1.0.0 dirHash:01010101"}},
		"go.sum, twice the same": {"go.sum", strings.Repeat("a.b/c v1.0.0 h1:"+sri(32)+"\n", 2),
			[]string{"pkg:golang/a.b/c@v1.0.0 dirHash:01010101"}},
		"go.sum, empty": {"go.sum", "", nil},

		"npm": {"package-lock.json", npmLock(`"node_modules/b": {"version": "2.0.0", "resolved": "https://registry.npmjs.org/b/-/b-2.0.0.tgz", "integrity": "sha512-` + sri(64) + `"},
			"node_modules/b/node_modules/@s/c": {"version": "1.0.0-rc.1+x", "integrity": "sha1-` + sri(20) + ` sha512-` + sri(64) + `?opt"}`),
			[]string{"pkg:npm/%40s/c@1.0.0-rc.1%2Bx sha1:01010101 sha512:01010101", "pkg:npm/b@2.0.0 sha512:01010101"}},
		"npm, version 2": {"npm-shrinkwrap.json", `{"name": "w", "lockfileVersion": 2, "requires": true, "packages": {}, "dependencies": {"x": {}}}`, nil},
		"npm, alias":     {"package-lock.json", npmLock(`"node_modules/old": {"name": "new", "version": "1.0.0", "integrity": "sha256-` + sri(32) + `"}`), []string{"pkg:npm/new@1.0.0 sha256:01010101"}},
		"npm, letters":   {"package-lock.json", npmLock(`"node_modules/JSONStream": {"version": "1.0.0", "integrity": "sha512-` + sri(64) + `"}`), []string{"pkg:npm/jsonstream@1.0.0 sha512:01010101 name=JSONStream"}},
		"npm, registry":  {"package-lock.json", npmLock(`"node_modules/b": {"version": "1.0.0", "resolved": "https://u:hunter2@npm.example/b.tgz?token=hunter2", "integrity": "sha512-` + sri(64) + `"}`), []string{"pkg:npm/b@1.0.0 sha512:01010101 from=https://npm.example/b.tgz"}},
		"npm, git":       {"package-lock.json", npmLock(`"node_modules/b": {"version": "1.0.0", "resolved": "git+ssh://git@github.com/o/b.git#` + commit + `"}`), []string{"git+ssh://github.com/o/b@" + commit + " gitCommit:01234567 name=b"}},
		"npm, the project's own": {"package-lock.json", npmLock(`"packages/a": {"version": "1.0.0"}, "node_modules/a": {"resolved": "packages/a", "link": true},
			"node_modules/b/node_modules/c": {"version": "1.0.0", "inBundle": true}`), nil},

		"cargo": {"Cargo.lock", cargoLock(cratesIO, `checksum = "`+hexes(32)+`"`, "dependencies = [", ` "b",`, ` "c 1.0.0",`, "]",
			"", "[[package]]", `name = "w"`, `version = "0.1.0"`, "", "[[patch.unused]]", `name = "p"`, `version = "0.1.0"`),
			[]string{"pkg:cargo/a@1.0.0 sha256:01010101"}},
		"cargo, sparse": {"Cargo.lock", cargoLock(`source = "sparse+https://index.crates.io/"`, `checksum = "`+hexes(32)+`"`), []string{"pkg:cargo/a@1.0.0 sha256:01010101"}},
		"cargo, registry": {"Cargo.lock", cargoLock(`source = "sparse+https://u:hunter2@crates.example/index/"`, `checksum = "`+hexes(32)+`"`),
			[]string{"pkg:cargo/a@1.0.0?repository_url=https://crates.example/index/ sha256:01010101"}},
		"cargo, git": {"Cargo.lock", cargoLock(`source = "git+https://github.com/o/a.git?branch=x#` + commit + `"`), []string{"git+https://github.com/o/a@" + commit + " gitCommit:01234567 name=a"}},

		"requirements": {"requirements.txt", "--require-hashes\n-i https://u:hunter2@pypi.example/simple # ours\n" +
			"Foo_Bar.Baz[extra,more]==1.2.3 ; python_version >= \"3.8\" \\\n    --hash=sha256:" + hexes(32) + " \\\n    --hash=sha256:" + strings.Repeat("02", 32) + "\n    # via something\n",
			[]string{"pkg:pypi/foo-bar.baz@1.2.3 sha256:01010101", "pkg:pypi/foo-bar.baz@1.2.3 sha256:02020202"}},
		"requirements, local": {"dev-requirements.txt", "a === 1.0+local --hash sha512:" + hexes(64), []string{"pkg:pypi/a@1.0%2Blocal sha512:01010101"}},
		"requirements, URL": {"requirements.txt", "a @ https://u:hunter2@files.example/a.whl --hash=sha256:" + hexes(32),
			[]string{"pkg:pypi/a sha256:01010101 from=https://files.example/a.whl"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			found, err := provenance.ParseLockfile(tc.name, []byte(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range found {
				if err := d.Validate(); err != nil {
					t.Errorf("%v: %v", d, err)
				}
				got = append(got, show(d))
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseLockfileRefuses(t *testing.T) {
	goSum := "a.b/c v1.0.0 h1:" + sri(32) + "\n"
	pin := "a==1.0 --hash=sha256:" + hexes(32) + "\n"
	tests := map[string]struct {
		name, data, want string
	}{
		"other name":         {"yarn.lock", "", "yarn.lock: want go.sum"},
		"too large":          {"go.sum", strings.Repeat(" ", provenance.MaxLockfile+1), "go.sum: larger than"},
		"too many":           {"go.sum", manyModules(50_001), "go.sum:50001: more than 50000"},
		"go.sum, two words":  {"go.sum", goSum + "a.b/c v1.0.0\n", "go.sum:2: 2 words"},
		"go.sum, h2":         {"go.sum", "a.b/c v1.0.0 h2:" + sri(32), "go.sum:1: the hash"},
		"go.sum, short hash": {"go.sum", goSum + "\na.b/d v1.0.0 h1:" + sri(31), "go.sum:3: a dirHash"},
		"go.sum, not base64": {"go.sum", "a.b/c v1.0.0 h1:%%%", "go.sum:1: the digest"},
		"go.sum, conflict":   {"go.sum", goSum + "a.b/c v1.0.0 h1:" + strings.Repeat("A", 43) + "=", "go.sum:2: a second hash"},
		"go.sum, no version": {"go.sum", "a.b/c 1.0.0 h1:" + sri(32), "go.sum:1: \"1.0.0\" is no version"},

		"npm, version 1":      {"package-lock.json", `{"lockfileVersion": 1, "dependencies": {}}`, "package-lock.json: lockfileVersion"},
		"npm, version text":   {"package-lock.json", `{"lockfileVersion": "3", "packages": {}}`, "lockfileVersion"},
		"npm, no packages":    {"package-lock.json", `{"lockfileVersion": 3}`, "no packages"},
		"npm, no JSON":        {"package-lock.json", "{\n\nx", "package-lock.json:3: malformed"},
		"npm, list":           {"package-lock.json", "[]", "malformed"},
		"npm, trailing":       {"package-lock.json", `{"lockfileVersion": 3, "packages": {}}` + "\n{}", "malformed"},
		"npm, twice":          {"package-lock.json", npmLock("\n" + `"node_modules/a": {"link": true},` + "\n" + `"node_modules/a": {"link": true}`), "malformed"},
		"npm, no integrity":   {"package-lock.json", npmLock("\n" + `"node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/a"}`), `package-lock.json:2: "node_modules/a": no integrity`},
		"npm, no version":     {"package-lock.json", npmLock(`"node_modules/a": {"integrity": "sha512-` + sri(64) + `"}`), "no version"},
		"npm, bad integrity":  {"package-lock.json", npmLock(`"node_modules/a": {"version": "1", "integrity": "sha512-` + sri(63) + `"}`), "a sha512 digest"},
		"npm, md5":            {"package-lock.json", npmLock(`"node_modules/a": {"version": "1", "integrity": "md4-` + sri(16) + `"}`), "no digest algorithm"},
		"npm, git sans hash":  {"package-lock.json", npmLock(`"node_modules/a": {"resolved": "git+https://github.com/o/a.git#main"}`), "without a commit"},
		"npm, two slashes":    {"package-lock.json", npmLock(`"node_modules/@a/b/c": {"version": "1", "integrity": "sha512-` + sri(64) + `"}`), "no name"},
		"npm, other type":     {"package-lock.json", npmLock(`"node_modules/a": {"version": 1}`), "not what npm writes"},
		"cargo, version 1":    {"Cargo.lock", "[metadata]\n", "Cargo.lock:1: the layout of Cargo before"},
		"cargo, no checksum":  {"Cargo.lock", cargoLock(cratesIO), `Cargo.lock:4: package "a": no checksum`},
		"cargo, short":        {"Cargo.lock", cargoLock(cratesIO, `checksum = "0101"`), "a sha256 digest"},
		"cargo, other line":   {"Cargo.lock", cargoLock("x = 1"), "Cargo.lock:7: not what Cargo writes"},
		"cargo, other table":  {"Cargo.lock", cargoLock("[package]"), "not what Cargo writes"},
		"cargo, twice":        {"Cargo.lock", cargoLock(cratesIO, cratesIO), "source twice"},
		"cargo, open list":    {"Cargo.lock", cargoLock("dependencies = [", ` "b",`), "ends in a list"},
		"cargo, bad list":     {"Cargo.lock", cargoLock("dependencies = [", ` b`), "Cargo.lock:8: not what Cargo writes in a list"},
		"cargo, no name":      {"Cargo.lock", "[[package]]\nversion = \"1\"\n", "without name"},
		"cargo, other source": {"Cargo.lock", cargoLock(`source = "path"`, `checksum = "`+hexes(32)+`"`), "neither registry nor git"},
		"cargo, branch":       {"Cargo.lock", cargoLock(`source = "git+https://github.com/o/a#main"`), "without a commit"},

		"requirements, no hash":   {"requirements.txt", pin + "b==1.0\n", "requirements.txt:2: no --hash"},
		"requirements, range":     {"requirements.txt", "a>=1.0 --hash=sha256:" + hexes(32), "want NAME==VERSION"},
		"requirements, wildcard":  {"requirements.txt", "a==1.* --hash=sha256:" + hexes(32), "want NAME==VERSION"},
		"requirements, md5":       {"requirements.txt", "a==1 --hash=md5:" + hexes(16), "is not --hash=sha256:HEX"},
		"requirements, short":     {"requirements.txt", "a==1 --hash=sha256:01", "a sha256 digest"},
		"requirements, file":      {"requirements.txt", pin + "-r other.txt", "requirements.txt:2: option \"-r\""},
		"requirements, editable":  {"requirements.txt", "-e .", "option \"-e\""},
		"requirements, more":      {"requirements.txt", "a==1 \\\n", "goes on"},
		"requirements, option":    {"requirements.txt", "a==1 --hash=sha256:" + hexes(32) + " --global-option x", "is not --hash"},
		"requirements, half hash": {"requirements.txt", "a==1 --hash ", "without a value"},
		"requirements, first":     {"requirements.txt", "\n\na==1 \\\n  --hash=sha256:01", "requirements.txt:3:"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := provenance.ParseLockfile(tc.name, []byte(tc.data))
			var refused *provenance.LockfileError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func manyModules(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a.b/c%d v1.0.0 h1:%s\n", i, sri(32))
	}
	return b.String()
}

// TestOwnLockfile reads a file that the go command itself has written.
func TestOwnLockfile(t *testing.T) {
	data, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	found, err := provenance.ParseLockfile("go.sum", data)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Count(string(data), "\n"); len(found) != want {
		t.Errorf("%d entries of %d lines", len(found), want)
	}
}

func FuzzParseLockfile(f *testing.F) {
	for _, name := range []string{"go.sum", "package-lock.json", "Cargo.lock", "requirements.txt"} {
		f.Add(name, []byte("a.b/c v1.0.0 h1:"+sri(32)))
		f.Add(name, []byte(npmLock(`"node_modules/a": {"version": "1", "integrity": "sha512-`+sri(64)+`"}`)))
		f.Add(name, []byte(cargoLock(cratesIO, `checksum = "`+hexes(32)+`"`)))
		f.Add(name, []byte("a==1 \\\n --hash=sha256:"+hexes(32)))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		found, err := provenance.ParseLockfile(name, data)
		if err != nil {
			return
		}
		for _, d := range found {
			if err := d.Validate(); err != nil || len(d.Digest) == 0 || d.Uri == "" {
				t.Errorf("%v: %v", d, err)
			}
		}
	})
}

func BenchmarkParseLockfile(b *testing.B) {
	data := []byte(manyModules(10_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := provenance.ParseLockfile("go.sum", data); err != nil {
			b.Fatal(err)
		}
	}
}
