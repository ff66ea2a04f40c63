package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/workflow"
)

// TestPublishes holds what publishes, and what only looks like it.
func TestPublishes(t *testing.T) {
	run := func(script string) string {
		return "- run: |\n    " + strings.ReplaceAll(script, "\n", "\n    ") + "\n"
	}
	uses := func(action string, with ...string) string {
		text := "- uses: " + action + "@v1\n"
		if len(with) > 0 {
			text += "  with:\n    " + strings.Join(with, "\n    ") + "\n"
		}
		return text
	}
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"gh release create", run(`gh release create "$TAG" --title x -n "a b" --notes-file=n --verify-tag dist/a.zip 'dist/*.tgz#label'`),
			[]string{"GitHub release: gh release create [dist/a.zip dist/*.tgz]"}},
		{"over lines", run("gh release \\\n  upload v1 \\\n  --clobber dist/a"), []string{"GitHub release: gh release upload [dist/a]"}},
		{"draft", run("gh release create v1 a --draft"), []string{"GitHub release: gh release create [a] draft"}},
		{"unveiled", run("gh release edit v1 --draft=false"), []string{"GitHub release: gh release edit [] unveils"}},
		{"notes changed", run("gh release edit v1 --notes x"), nil},
		{"gh api", run("gh api --method POST /repos/o/r/releases -f draft=true -f tag_name=v1"), []string{"GitHub release: gh api [] draft"}},
		{"gh api reads", run("gh api /repos/o/r/releases/latest"), nil},
		{"curl", run("curl --data-binary @a https://uploads.github.com/repos/o/r/releases/1/assets?name=a"), []string{"GitHub release: curl [${file}]"}},
		{"softprops", uses("softprops/action-gh-release", "files: |", "  a", "  b, c"), []string{"GitHub release: softprops/action-gh-release [a b c]"}},
		{"softprops, draft", uses("SoftProps/Action-GH-Release", "draft: true", "files: a"), []string{"GitHub release: softprops/action-gh-release [a] draft"}},
		{"ncipollo", uses("ncipollo/release-action", "artifacts: a,b"), []string{"GitHub release: ncipollo/release-action [a b]"}},
		{"upload-release-asset", uses("actions/upload-release-asset", "asset_path: a"), []string{"GitHub release: actions/upload-release-asset [a]"}},
		{"goreleaser", uses("goreleaser/goreleaser-action", "args: release --clean"), []string{"GitHub release: goreleaser [${goreleaser}]"}},
		{"goreleaser, snapshot", uses("goreleaser/goreleaser-action", "args: release --snapshot"), nil},
		{"goreleaser, skipped", uses("goreleaser/goreleaser-action", "args: release --skip=sign,publish"), nil},
		{"goreleaser, build", run("goreleaser build --single-target"), nil},
		{"github-script", uses("actions/github-script", "script: 'await github.rest.repos.createRelease({draft: true})'"), []string{"GitHub release: github-script [] draft"}},
		{"docker", run("docker build -t x .\ndocker push x"), []string{"container registry: docker push []"}},
		{"docker, to the machine", run("docker push localhost:5000/x"), nil},
		{"buildx", run("docker buildx build --push -t x ."), []string{"container registry: docker push []"}},
		{"build-push-action", uses("docker/build-push-action", "push: ${{ github.event_name != 'pull_request' }}"), []string{"container registry: docker/build-push-action []"}},
		{"build-push-action, no push", uses("docker/build-push-action", "push: false"), nil},
		{"npm", run("npm publish --access public"), []string{"npm: npm publish []"}},
		{"npm, dry", run("npm publish --dry-run"), nil},
		{"npm, signed", run("NPM_CONFIG_PROVENANCE=true npm publish --provenance"), []string{"npm: npm publish [] signs"}},
		{"twine", run("python3 -m twine upload dist/*"), []string{"PyPI: twine upload []"}},
		{"twine, test index", run("twine upload -r testpypi dist/*"), nil},
		{"uv", run("uv publish"), []string{"PyPI: uv publish []"}},
		{"uv run twine", run("uv run twine upload dist/*"), []string{"PyPI: twine upload []"}},
		{"cargo", run("cargo publish --token x"), []string{"crates.io: cargo publish []"}},
		{"maven", run("./mvnw -B deploy -DskipTests"), []string{"Maven repository: mvn deploy []"}},
		{"gradle", run("./gradlew :lib:publishToSonatype closeAndRelease"), []string{"Maven repository: gradle publish []"}},
		{"gradle, at home", run("./gradlew publishToMavenLocal"), nil},
		{"gem", run("sudo -u x gem push a.gem"), []string{"RubyGems: gem push []"}},
		{"nuget", run("dotnet nuget push a.nupkg"), []string{"NuGet: dotnet push []"}},
		{"hallmark", run("hallmark publish v1 dist"), []string{"GitHub release: hallmark publish [] unveils signs"}},
		{"hallmark's action", uses("hallmark-project/hallmark/actions/release", "artifacts: dist/*"), []string{"GitHub release: hallmark [dist/*] unveils signs"}},
		{"hallmark's action, not publishing", uses("hallmark-project/hallmark/actions/release", "publish: none"), nil},
		{"echoed", run(`echo "gh release create v1"`), nil},
		{"commented", run("# gh release create v1 a\ntrue"), nil},
		{"in a heredoc", run("cat <<EOF\ngh release create v1 a\nEOF"), nil},
		{"through xargs", run("ls dist | xargs -n1 gh release upload v1"), []string{"GitHub release: gh release upload []"}},
		{"timeout, env", run("timeout 5m env A=b /usr/bin/gh release upload v1 a"), []string{"GitHub release: gh release upload [a]"}},
		{"with an expression", run("gh release upload ${{ github.ref_name }} dist/${{ matrix.os }}.zip"), []string{"GitHub release: gh release upload [dist/${{ matrix.os }}.zip]"}},
		{"retried", uses("nick-fields/retry", "command: gh release upload v1 a"), []string{"GitHub release: gh release upload [a]"}},
		{"PowerShell", "- shell: pwsh\n" + strings.Replace(run("if ($x) { gh release upload v1 a }\ngh release upload ${{ github.ref_name }} `\n  b"), "- ", "  ", 1),
			[]string{"GitHub release: gh release upload [a]", "GitHub release: gh release upload [b]"}},
		{"Python", "- shell: python\n  run: |\n    gh release upload v1 a\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, p := range mustParse(t, test.text).Publishes() {
				s := fmt.Sprintf("%s: %s %v", p.Kind, p.Tool, p.Files)
				for _, said := range []struct {
					what string
					is   bool
				}{{" draft", p.Draft}, {" unveils", p.Unveils}, {" signs", p.Signs}} {
					if said.is {
						s += said.what
					}
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestSigns holds what signs, and what.
func TestSigns(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"cosign", "- run: cosign sign-blob -y --bundle a.json --yes a b", []string{"cosign sign-blob [a b]"}},
		{"cosign, image", "- run: cosign sign --yes x@$D", []string{"cosign sign [x@$D] image"}},
		{"cosign, attest", "- run: cosign attest-blob --predicate p --type slsaprovenance1 a", []string{"cosign attest-blob [a] provenance"}},
		{"cosign verifies", "- run: cosign verify-blob --bundle b a", nil},
		{"hallmark", "- run: hallmark attest dist/*", []string{"hallmark attest [] provenance"}},
		{"hallmark's own step", "- run: '\"$RUNNER_TEMP/bin/hallmark\" action sign --signatures=each'", []string{"hallmark sign []"}},
		{"hallmark publishes", "- run: hallmark publish v1 dist", nil},
		{"attest-build-provenance", "- uses: actions/attest-build-provenance@v2\n  with:\n    subject-path: 'dist/*, out/a'",
			[]string{"actions/attest-build-provenance [dist/* out/a] provenance"}},
		{"an image's", "- uses: actions/attest@v4\n  with:\n    subject-name: x\n    subject-digest: sha256:0", []string{"actions/attest [] image provenance"}},
		{"an SBOM", "- uses: actions/attest@v4\n  with:\n    subject-path: a\n    sbom-path: b", []string{"actions/attest [a]"}},
		{"sigstore-python", "- run: python -m sigstore sign a", []string{"sigstore sign []"}},
		{"goreleaser", "- uses: sigstore/cosign-installer@v4\n- uses: goreleaser/goreleaser-action@v6\n  with:\n    args: release", []string{"goreleaser [${goreleaser}]"}},
		{"generator", "p:\n  uses: slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@v2.1.0", []string{"slsa-github-generator [] image provenance"}},
		{"hallmark.yml", "p:\n  uses: hallmark-project/hallmark/.github/workflows/hallmark.yml@v1.0.0", []string{"hallmark.yml [] provenance"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, g := range mustParse(t, test.text).Signs() {
				s := fmt.Sprintf("%s %v", g.Tool, g.Files)
				if g.Image {
					s += " image"
				}
				if g.Provenance {
					s += " provenance"
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestGoreleaser holds what the project's configuration says to the steps that
// run it.
func TestGoreleaser(t *testing.T) {
	for _, test := range []struct {
		name, config string
		want         string // of the reason
	}{
		{"publishes unsigned", "builds: []", "nothing in this workflow signs it"},
		{"signs", "signs:\n  - cmd: cosign", ""},
		{"a draft", "release:\n  draft: true", ""},
		{"no release", "release:\n  disable: true", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			config, err := workflow.ParseGoreleaser(".goreleaser.yml", []byte(test.config))
			if err != nil {
				t.Fatal(err)
			}
			w := mustParse(t, "- run: goreleaser release")
			w.Goreleaser = config
			got := ""
			for _, p := range w.Publishes() {
				got += w.Unsigned(p)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
