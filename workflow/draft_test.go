package workflow_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/workflow"
)

func TestDraftGoreleaser(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"no release":        {"version: 2\n", "version: 2\nrelease:\n  draft: true\n"},
		"no end of line":    {"version: 2", "version: 2\nrelease:\n  draft: true\n"},
		"another end":       {"version: 2\r\n", "version: 2\r\nrelease:\r\n  draft: true\r\n"},
		"a release":         {"release: # ours\n    prerelease: auto\n", "release: # ours\n    draft: true\n    prerelease: auto\n"},
		"no draft":          {"release:\n  draft: false # yet\n", "release:\n  draft: true # yet\n"},
		"a draft":           {"release:\n  draft: true\n", "release:\n  draft: true\n"},
		"flow style":        {"release: {prerelease: auto}\n", ""},
		"nothing in it":     {"release:\n", ""},
		"a template of one": {"release:\n  draft: \"{{ .Env.DRAFT }}\"\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := workflow.DraftGoreleaser(".goreleaser.yml", []byte(tt.in))
			var left *workflow.NotUnderstood
			if errors.As(err, &left) != (tt.want == "") {
				t.Fatalf("got %q, %v", got, err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestGoreleaserFiles: what a configuration packs is what is attested.
func TestGoreleaserFiles(t *testing.T) {
	const run = "on:\n  push:\n    tags: [v*]\njobs:\n  r:\n    runs-on: x\n    permissions: {contents: write}\n    steps:\n" +
		"      - run: goreleaser release --clean\n"
	tests := map[string]struct {
		config string
		want   []string
	}{
		"defaults":      {"version: 2\n", []string{"dist/*.tar.gz", "dist/*checksums.txt"}},
		"another dist":  {"dist: ./out\n", []string{"out/*.tar.gz", "out/*checksums.txt"}},
		"no checksums":  {"checksum:\n  disable: true\n", []string{"dist/*.tar.gz"}},
		"older formats": {"archives:\n  - format: tar.xz\n    format_overrides:\n      - goos: windows\n        format: zip\n", []string{"dist/*.tar.xz", "dist/*.zip", "dist/*checksums.txt"}},
		"packages":      {"archives:\n  - formats: [none]\nnfpms:\n  - formats: [deb, archlinux]\n", []string{"dist/*.deb", "dist/*.pkg.tar.zst", "dist/*checksums.txt"}},
		"sbom, source":  {"sboms:\n  - artifacts: archive\nsource:\n  enabled: true\n", []string{"dist/*.tar.gz", "dist/*.sbom.json", "dist/*checksums.txt"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			config, err := workflow.ParseGoreleaser("goreleaser.yml", []byte(tt.config))
			if err != nil {
				t.Fatal(err)
			}
			change, err := mustParseWith(t, []byte(run), config).Adopt([]byte(run), adoption)
			if err != nil {
				t.Fatal(err)
			}
			got := mustParseWith(t, change.Data, nil).Signs()
			if len(got) != 1 {
				t.Fatalf("%d signings in\n%s", len(got), change.Data)
			}
			if diff := cmp.Diff(tt.want, got[0].Files); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
