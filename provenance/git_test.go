package provenance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/provenance"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

func TestFromGitRemote(t *testing.T) {
	tests := map[string]struct {
		remote, want string
	}{
		"https":                {"https://github.com/octo/widget.git", "git+https://github.com/octo/widget"},
		"password":             {"https://mona:hunter2@GitHub.com/octo/widget.git", "git+https://github.com/octo/widget"},
		"token in the query":   {"https://example.com/w.git?token=hunter2#x", "git+https://example.com/w"},
		"scp form":             {"git@github.com:octo/widget.git", "git+ssh://github.com/octo/widget"},
		"scp form sans user":   {"github.com:octo/widget", "git+ssh://github.com/octo/widget"},
		"scp form, absolute":   {"git@example.com:/srv/widget.git", "git+ssh://example.com/srv/widget"},
		"ssh with port":        {"ssh://git@example.com:2222/octo/widget/", "git+ssh://example.com:2222/octo/widget"},
		"never published":      {"", ""},
		"local path":           {"/home/mona/secret-project", ""},
		"relative path":        {"../widget.git", ""},
		"file URL":             {"file:///home/mona/secret-project", ""},
		"windows path":         {`C:\Users\mona\widget`, ""},
		"helper with a scheme": {"ext::sh -c whoami", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			build, err := provenance.FromGit(provenance.Git{Remote: tc.remote, Commit: commit, Ref: "refs/heads/main", Dirty: true})
			if err != nil {
				t.Fatal(err)
			}
			source := map[string]any{"ref": "refs/heads/main"}
			uri := ""
			if tc.want != "" {
				source["uri"] = tc.want
				uri = tc.want + "@refs/heads/main"
			}
			if d := cmp.Diff(map[string]any{"source": source, "dirty": true}, build.ExternalParameters); d != "" {
				t.Error(d)
			}
			if got := build.ResolvedDependencies[0]; got.Uri != uri || got.Digest["gitCommit"] != commit {
				t.Errorf("dependency is %v, want %s", got, uri)
			}
			if build.BuilderID != provenance.LocalBuilder {
				t.Errorf("builder is %s", build.BuilderID)
			}
		})
	}
}

func TestFromGitRefuses(t *testing.T) {
	tests := map[string]struct {
		git  provenance.Git
		want string
	}{
		"no commit":       {provenance.Git{}, "40 lower-case hex"},
		"abbreviated":     {provenance.Git{Commit: "0123456"}, "40 lower-case hex"},
		"short ref":       {provenance.Git{Commit: commit, Ref: "main"}, "refs/"},
		"unparsable URL":  {provenance.Git{Commit: commit, Remote: "https://mona:hunter2@exa mple.com/%zz"}, "cannot be parsed"},
		"URL sans a host": {provenance.Git{Commit: commit, Remote: "https:///x"}, "no host"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := provenance.FromGit(tc.git)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want %q and no secret", err, tc.want)
			}
		})
	}
}
