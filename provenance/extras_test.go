package provenance_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/provenance"
)

// aToken has the form of a token of GitHub's and was never one.
var aToken = "ghp_" + strings.Repeat("aB3", 12)

func TestAdd(t *testing.T) {
	material := &intoto.ResourceDescriptor{Uri: "pkg:golang/a.b/c@v1.0.0", Digest: map[string]string{"dirHash": hexes(32)}}
	tests := map[string]struct {
		extras   provenance.Extras
		wantType string
		want     map[string]any // beside workflow
	}{
		"nothing":    {provenance.Extras{}, provenance.GitHubBuildType, map[string]any{}},
		"inputs":     {provenance.Extras{Inputs: map[string]any{"target": "linux", "dry": true}}, provenance.RecordedBuildType, map[string]any{"inputs": map[string]any{"target": "linux", "dry": true}}},
		"params":     {provenance.Extras{Params: map[string]string{"target": "a,b=c"}}, provenance.RecordedBuildType, map[string]any{"params": map[string]any{"target": "a,b=c"}}},
		"materials":  {provenance.Extras{Materials: []*intoto.ResourceDescriptor{material}}, provenance.RecordedBuildType, map[string]any{}},
		"byproducts": {provenance.Extras{Byproducts: []*intoto.ResourceDescriptor{file("log", 1)}}, provenance.GitHubBuildType, map[string]any{}},
		"own type": {provenance.Extras{Params: map[string]string{"a": ""}, BuildType: "https://example.com/type", BuilderID: "https://example.com/builder"},
			"https://example.com/type", map[string]any{"params": map[string]any{"a": ""}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			build := mustGitHub(t)
			if err := build.Add(tc.extras); err != nil {
				t.Fatal(err)
			}
			if build.BuildType != tc.wantType {
				t.Errorf("build type is %s, want %s", build.BuildType, tc.wantType)
			}
			tc.want["workflow"] = mustGitHub(t).ExternalParameters["workflow"]
			if d := cmp.Diff(tc.want, build.ExternalParameters); d != "" {
				t.Error(d)
			}
			if want := 1 + len(tc.extras.Materials); len(build.ResolvedDependencies) != want || build.ResolvedDependencies[0].Digest["gitCommit"] == "" {
				t.Errorf("dependencies are %v, want %d with the source first", build.ResolvedDependencies, want)
			}
			if tc.extras.BuilderID != "" && build.BuilderID != tc.extras.BuilderID {
				t.Errorf("builder is %s", build.BuilderID)
			}
		})
	}
}

// TestMaterialOrder: how materials were given does not show.
func TestMaterialOrder(t *testing.T) {
	a := &intoto.ResourceDescriptor{Uri: "a:b", Digest: map[string]string{"sha256": hexes(32)}}
	b := &intoto.ResourceDescriptor{Uri: "a:b"}
	c := &intoto.ResourceDescriptor{Uri: "a:a", DownloadLocation: "https://a.b/c"}
	var want []string
	for _, order := range [][]*intoto.ResourceDescriptor{{a, b, c}, {c, b, a}, {b, a, a, c, b}} {
		build := mustGitHub(t)
		if err := build.Add(provenance.Extras{Materials: order}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range build.ResolvedDependencies[1:] {
			got = append(got, show(d))
		}
		if want == nil {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	if len(want) != 3 {
		t.Errorf("got %v, want three", want)
	}
}

func TestAddRefuses(t *testing.T) {
	many := make(map[string]string)
	for i := range 1025 {
		many[fmt.Sprint(i)] = ""
	}
	tests := map[string]struct {
		extras provenance.Extras
		want   string
	}{
		"secret input":       {provenance.Extras{Inputs: map[string]any{"token": aToken}}, `input "token" looks like a token of GitHub's`},
		"secret param":       {provenance.Extras{Params: map[string]string{"key": "x " + aToken}}, `parameter "key" looks like`},
		"secret name":        {provenance.Extras{Params: map[string]string{aToken: "x"}}, "the name of one parameter"},
		"secret in an id":    {provenance.Extras{BuilderID: "https://example.com/" + aToken}, "builder id looks like"},
		"password in a type": {provenance.Extras{BuildType: "https://u:" + aToken + "@example.com/"}, "build type holds a user"},
		"number":             {provenance.Extras{Inputs: map[string]any{"n": 1.5}}, `input "n" is neither`},
		"no name":            {provenance.Extras{Params: map[string]string{"": "x"}}, "1 to 256"},
		"long name":          {provenance.Extras{Params: map[string]string{strings.Repeat("a", 257): "x"}}, "1 to 256"},
		"control character":  {provenance.Extras{Params: map[string]string{"a\x1b": "x"}}, "control character"},
		"long value":         {provenance.Extras{Params: map[string]string{"a": strings.Repeat("a", 64<<10+1)}}, "at most 65536"},
		"too many":           {provenance.Extras{Params: many}, "at most 1024"},
		"input and param":    {provenance.Extras{Inputs: map[string]any{"a": "x"}, Params: map[string]string{"a": "x"}}, "also an input"},
		"relative type":      {provenance.Extras{BuildType: "types/v1"}, "no absolute URI"},
		"space in a type":    {provenance.Extras{BuildType: "https://example.com/a b"}, "no URI"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			build := mustGitHub(t)
			err := build.Add(tc.extras)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), aToken) {
				t.Errorf("got %v, want %q and no secret", err, tc.want)
			}
			if d := cmp.Diff(mustGitHub(t).ExternalParameters, build.ExternalParameters); d != "" {
				t.Errorf("the build changed: %s", d)
			}
		})
	}
}

// TestSecrets: credentials are refused in every wrapping; what a release is
// usually started with is not.
func TestSecrets(t *testing.T) {
	jwt := "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtb25hIn0."
	random := base64.RawStdEncoding.EncodeToString([]byte("\x8f\x11\xd4\x9a\x73\x0b\xe6\x5c\x28\xf3\x41\xbd\x07\xca\x96\x60\x3e\xd9\x15\x82\xab\x74\x4f\x19\xe0\x5d\xc8\x36\x91\x0a\xf7\x6b\x52\xed\x23\x84\xbc\x18"))
	secret := map[string]string{
		"classic token": aToken, "app token": "ghs_" + strings.Repeat("a1", 18), "refresh token": "ghr_" + strings.Repeat("a1", 18),
		"user token": "ghu_" + strings.Repeat("a1", 18), "OAuth token": "gho_" + strings.Repeat("a1", 18),
		"fine-grained token": "github_pat_" + strings.Repeat("aB3_", 20), "in a URL": "https://x-access-token:" + aToken + "@github.com/o/r",
		"GitLab token": "glpat-" + strings.Repeat("aB3-", 5), "AWS key": "AKIA" + strings.Repeat("ABC2", 4), "AWS session": "key=ASIA" + strings.Repeat("ABC2", 4),
		"private key": "-----BEGIN OPENSSH PRIVATE KEY-----\nx", "old private key": "-----BEGIN PRIVATE KEY-----", "JWT": jwt + "c2ln", "unsigned JWT": jwt,
		"npm token": "npm_" + strings.Repeat("aB3", 12), "masked": "***", "masked by GitLab": "[MASKED]", "password in a URL": "postgres://app:hunter2@db/x",
		"random": random, "random, padded": " " + random + "==\n", "Slack token": "xoxb-" + strings.Repeat("1", 12), "PyPI token": "pypi-AgEI" + strings.Repeat("a", 20),
		"Google key": "AIza" + strings.Repeat("aB3-a", 7),
	}
	for name, value := range secret {
		t.Run(name, func(t *testing.T) {
			err := mustGitHub(t).Add(provenance.Extras{Inputs: map[string]any{"value": value}})
			var refused *provenance.SecretError
			if !errors.As(err, &refused) || refused.Name != "value" {
				t.Fatalf("got %v, want a refusal", err)
			}
			if strings.Contains(err.Error(), strings.TrimSpace(value)) {
				t.Errorf("the error repeats it: %v", err)
			}
		})
	}
	digest := sha256.Sum256([]byte("x"))
	for name, value := range map[string]string{
		"empty": "", "version": "v1.4.0-rc.1+build.5", "branch": "feature/GitHub_Actions-2026", "commit": commit, "digest": fmt.Sprintf("sha256:%x", digest),
		"integrity": "sha256-" + base64.StdEncoding.EncodeToString(digest[:]), "UUID": "0b1f7a4e-3c5d-4e6f-8a9b-0c1d2e3f4a5b", "URL": "https://github.com/octo/widget/releases/tag/v1.0.0?x=1#y",
		"image": "ghcr.io/octo/widget:1.4.0@sha256:" + hexes(32), "path": "Projects/MyVeryLongProductName/Release2026/Artifacts/Windows11", "sentence": "Build 17 for the release of 2026, please",
		"JSON": `{"include": [{"os": "ubuntu-24.04", "arch": "arm64"}]}`, "identifier": "MyCompanyReleaseConfigurationForWindowsX64Desktop", "ghp": "ghp_", "stars": "**", "user in a URL": "https://mona@example.com/a",
		"time": "2026-11-20T14:02:11Z", "public key": "-----BEGIN PUBLIC KEY-----", "constant": "RELEASE_CHANNEL_STABLE_WINDOWS_11_ARM64_FULL",
		"snake": "nightly_build_2026_11_20_ubuntu_24_04_arm64_full_release",
	} {
		t.Run(name, func(t *testing.T) {
			if err := mustGitHub(t).Add(provenance.Extras{Inputs: map[string]any{"value": value}}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseEvent(t *testing.T) {
	tests := map[string]struct {
		in   string
		want provenance.Event
		err  string
	}{
		"dispatch":  {`{"inputs": {"a": "x", "b": true, "c": null}, "repository": {"id": 1, "full_name": "octo/widget"}}`, provenance.Event{Repository: "octo/widget", Inputs: map[string]any{"a": "x", "b": true}}, ""},
		"no inputs": {`{"inputs": null}`, provenance.Event{}, ""},
		"push":      {`{"ref": "refs/heads/main", "n": 12345678901234567890}`, provenance.Event{}, ""},
		"number":    {`{"inputs": {"a": 1}}`, provenance.Event{}, `input "a" is neither`},
		"object":    {`{"inputs": {"a": {"b": "` + aToken + `"}}}`, provenance.Event{}, `input "a" is neither`},
		"list":      {`{"inputs": ["` + aToken + `"]}`, provenance.Event{}, "another type"},
		"twice":     {`{"inputs": {"` + aToken + `": "x", "` + aToken + `": "y"}}`, provenance.Event{}, "malformed JSON"},
		"trailing":  {`{} {}`, provenance.Event{}, "follows"},
		"no object": {`"` + aToken + `"`, provenance.Event{}, "no JSON object"},
		"empty":     {``, provenance.Event{}, "event: no JSON object"},
		"broken":    {`{"a": "` + aToken + "\x00", provenance.Event{}, "malformed JSON"},
		"deep":      {`{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`, provenance.Event{}, "deeper"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := provenance.ParseEvent([]byte(tc.in))
			if (err == nil) != (tc.err == "") || err != nil && (!strings.Contains(err.Error(), tc.err) || strings.Contains(err.Error(), aToken)) {
				t.Fatalf("got %v, want %q and no secret", err, tc.err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseMaterial(t *testing.T) {
	tests := map[string]struct{ in, want, err string }{
		"URI":            {in: "https://example.com/tool.tgz", want: "https://example.com/tool.tgz"},
		"digest":         {in: "https://example.com/tool.tgz@sha256:" + hexes(32), want: "https://example.com/tool.tgz sha256:01010101"},
		"git":            {in: "git+https://github.com/o/r@refs/tags/v1@gitCommit:" + commit, want: "git+https://github.com/o/r@refs/tags/v1 gitCommit:01234567"},
		"git sans hash":  {in: "git+https://github.com/o/r@refs/tags/v1", want: "git+https://github.com/o/r@refs/tags/v1"},
		"package URL":    {in: "pkg:npm/%40s/a@1.0.0@sha512:" + hexes(64), want: "pkg:npm/%40s/a@1.0.0 sha512:01010101"},
		"image":          {in: "oci://ghcr.io/o/r@sha256:" + hexes(32), want: "oci://ghcr.io/o/r sha256:01010101"},
		"short digest":   {in: "https://example.com/a@sha256:01", err: "64 lower-case hex digits"},
		"upper case":     {in: "https://example.com/a@sha1:" + strings.Repeat("A", 40), err: "40 lower-case"},
		"not hex":        {in: "https://example.com/a@sha1:" + strings.Repeat("g", 40), err: "40 lower-case"},
		"unknown digest": {in: "https://example.com/a@crc32:00000000", err: "no digest algorithm"},
		"user":           {in: "https://mona:" + aToken + "@example.com/a", err: "user or password"},
		"token":          {in: "https://example.com/a?t=" + aToken, err: "looks like"},
		"path":           {in: "vendor/tool.tgz", err: "no absolute URI"},
		"space":          {in: "https://example.com/a b", err: "no URI"},
		"nothing":        {in: "", err: "no URI"},
		"only a digest":  {in: "@sha256:" + hexes(32), err: "no URI"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := provenance.ParseMaterial(tc.in)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) || strings.Contains(err.Error(), aToken) {
					t.Errorf("got %v, want %q and no secret", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if show(got) != tc.want {
				t.Errorf("got %s, want %s", show(got), tc.want)
			}
		})
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"inputs": {"a": "x"}, "repository": {"full_name": "o/r"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		event, err := provenance.ParseEvent(data)
		if err != nil {
			return
		}
		build := mustGitHub(t)
		if build.Add(provenance.Extras{Inputs: event.Inputs}) != nil {
			return
		}
		statements, err := build.Statements([]*intoto.ResourceDescriptor{file("a", 1)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := provenance.Marshal(statements[0]); err != nil {
			t.Error(err)
		}
	})
}

func ExampleBuild_Add() {
	build, err := provenance.FromGit(provenance.Git{Commit: "0123456789abcdef0123456789abcdef01234567"})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = build.Add(provenance.Extras{
		Params:    map[string]string{"password": "postgres://app:hunter2@db/widget"},
		StartedOn: time.Date(2026, 11, 20, 14, 2, 11, 0, time.UTC),
	})
	fmt.Println(err)
	// Output: parameter "password" looks like a URL with a password, and what is signed is public
}
