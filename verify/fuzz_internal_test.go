package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seedPayload is a real statement to begin with.
func seedPayload(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "example", "bundle.sigstore.json"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	return b.GetDsseEnvelope().GetPayload()
}

// A statement that is read names nothing twice, in the eyes of a second
// parser, and re-reads the same.
func FuzzReadStatement(f *testing.F) {
	seed := string(seedPayload(f))
	f.Add([]byte(seed))
	f.Add([]byte(strings.Replace(seed, `{`, `{"_type":"x",`, 1)))
	f.Add([]byte(strings.Replace(seed, `"name"`, `"NAME"`, 1)))
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[null]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		s, err := readStatement(payloadTypeInToto, payload)
		if err != nil {
			var r *Rejection
			if s != nil || !errors.As(err, &r) {
				t.Fatalf("%v with %v", err, s)
			}
			return
		}
		if err := namesOnce(json.NewDecoder(bytes.NewReader(payload))); err != nil {
			t.Fatalf("read, but %v", err)
		}
		var lax struct {
			Type          string `json:"_type"`
			PredicateType string
			Subject       []struct {
				Name   string
				Digest map[string]string
			}
		}
		if err := json.Unmarshal(payload, &lax); err != nil {
			t.Fatalf("read, but a lax parser says %v", err)
		}
		if lax.Type != s.Type || lax.PredicateType != s.PredicateType || len(lax.Subject) != len(s.Subject) {
			t.Fatalf("a lax parser sees %+v, we %+v", lax, s)
		}
		for i, sub := range lax.Subject {
			if sub.Name != s.Subject[i].Name || sub.Digest["sha256"] != s.Subject[i].Digest["sha256"] {
				t.Fatalf("a lax parser sees subject %+v, we %+v", sub, s.Subject[i])
			}
		}
	})
}

// namesOnce is a second strict reader: one document, each name once.
func namesOnce(d *json.Decoder) error {
	if err := valueOnce(d); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows")
	}
	return nil
}

func valueOnce(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := make(map[string]bool)
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if seen[name.(string)] {
				return errors.New("a name twice: " + name.(string))
			}
			seen[name.(string)] = true
		}
		if err := valueOnce(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// Reading a workflow's URI loses nothing and adds nothing.
func FuzzParseWorkflow(f *testing.F) {
	for _, seed := range []string{
		"https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0",
		"https://github.com/octo/widget/.github/workflows/release.yaml@refs/heads/x@refs/tags/v1",
		"https://github.com/octo/widget/.github/workflows/release.yml@x.yml@refs/heads/main",
		"https://github.com/o/r/../w.yml@refs/heads/main", "https://github.com@evil/o/r/w.yml@refs/heads/main",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		w, err := parseWorkflow(uri)
		if err != nil {
			return
		}
		if again := githubURL + w.repository + "/" + w.path + "@" + w.ref; again != uri {
			t.Fatalf("%q became %q", uri, again)
		}
		if !validRepository(w.repository) || !w.is(w.repository, w.path) || w.is(w.repository, w.path+"x") || w.is("x"+w.repository, w.path) {
			t.Fatalf("%q is %+v", uri, w)
		}
		if strings.ContainsAny(w.path, "@%?#\\") || strings.Contains("/"+w.path+"/", "/../") {
			t.Fatalf("path %q", w.path)
		}
		if !strings.HasPrefix(w.ref, "refs/") && !validCommit(w.ref) {
			t.Fatalf("ref %q", w.ref)
		}
	})
}

// A pattern that compiles matches whole names only: never more than the same
// pattern matches without anchors, and not when something stands around.
func FuzzCompilePattern(f *testing.F) {
	for _, seed := range [][2]string{{"a|b", "xb"}, {"https://github.com/octo/.*", "https://github.com/octo/w"}, {`(?m)^x$`, "y\nx"}, {`a|\Q`, "a"}, {"(?i)x", "X"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, name string) {
		re, err := CompilePattern(pattern)
		if err != nil {
			if !errors.Is(err, ErrPolicy) {
				t.Fatalf("%v is no mistake of the policy", err)
			}
			return
		}
		if at := re.FindStringIndex(name); at != nil && (at[0] != 0 || at[1] != len(name)) {
			t.Fatalf("%q matches %v of %q", pattern, at, name)
		}
		if re.MatchString(name) != matchesWhole(re, name) {
			t.Fatalf("%q and %q: two opinions", pattern, name)
		}
	})
}
