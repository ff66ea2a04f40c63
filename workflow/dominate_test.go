package workflow_test

import (
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/workflow"
)

// mustParse reads a workflow, of which the test gives the jobs, or the steps of a
// single one.
func mustParse(t *testing.T, text string) *workflow.Workflow {
	t.Helper()
	text = strings.ReplaceAll(strings.Trim(text, "\n"), "\t", "    ")
	switch {
	case strings.HasPrefix(text, "-"):
		text = "on: push\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n" + indent(text, "      ")
	case !strings.HasPrefix(text, "on:"):
		text = "on: push\njobs:\n" + indent(text, "  ")
	}
	w, err := workflow.Parse("release.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, p := range w.Problems {
		t.Errorf("%v in\n%s", p, text)
	}
	return w
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by) + "\n"
}

const (
	sign   = "- run: cosign sign-blob --yes --bundle a.sigstore.json a\n"
	upload = "- run: gh release upload v1 a\n"
)

// TestUnsigned holds what is, and what is not, a signature before a publication.
func TestUnsigned(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       string // of the reason; "" for none
	}{
		{"signed before", sign + upload, ""},
		{"signed after", upload + sign, "comes after it"},
		{"never signed", upload, "nothing in this workflow signs"},
		{"no publication", sign, ""},
		{"continue-on-error", sign + "  continue-on-error: true\n" + upload, "continue-on-error hides"},
		{"continue-on-error by expression", sign + "  continue-on-error: ${{ github.ref == 'x' }}\n" + upload, "continue-on-error hides"},
		{"if false", sign + "  if: false\n" + upload, "from ever running"},
		{"if false as an expression", sign + "  if: ${{ false }}\n" + upload, "from ever running"},
		{"condition", sign + "  if: github.ref == 'refs/heads/main'\n" + upload, "runs only if github.ref"},
		{"the same condition", sign + "  if: github.ref == 'a' \n" + upload + "  if: ${{ github.ref == 'a' && inputs.x }}\n", ""},
		{"always", sign + upload + "  if: always()\n", "lets it run although"},
		{"not cancelled", sign + upload + "  if: ${{ !cancelled() }}\n", "lets it run although"},
		{"success", sign + upload + "  if: success()\n", ""},
		{"|| true", "- run: cosign sign-blob --yes a || true\n" + upload, "goes on where"},
		{"|| echo", "- run: cosign sign-blob --yes a || echo sorry\n" + upload, "goes on where"},
		{"|| exit", "- run: cosign sign-blob --yes a || exit 1\n" + upload, ""},
		{"set +e", "- run: |\n    set +e\n    cosign sign-blob --yes a\n    echo done\n" + upload, "goes on where"},
		{"set +e, last command", "- run: |\n    set +e\n    cosign sign-blob --yes a\n" + upload, ""},
		{"shell without -e", "- shell: bash {0}\n  run: |\n    cosign sign-blob --yes a\n    echo done\n" + upload, "goes on where"},
		{"in a pipe", "- run: cosign sign-blob --yes a | tee log\n" + upload, "goes on where"},
		{"in a pipe with pipefail", "- shell: bash\n  run: cosign sign-blob --yes a | tee log\n" + upload, ""},
		{"in the background", "- run: |\n    cosign sign-blob --yes a &\n    wait\n" + upload, "goes on where"},
		{"in an if", "- run: |\n    if [ -n \"$X\" ]; then\n      cosign sign-blob --yes a\n    fi\n" + upload, "can end well without it"},
		{"in both branches", "- run: |\n    if [ -n \"$X\" ]; then\n      cosign sign-blob --yes a\n    else\n      exit 1\n    fi\n" + upload, ""},
		{"behind a test", "- run: |\n    [ -n \"$X\" ] && cosign sign-blob --yes a\n    echo done\n" + upload, "can end well without it"},
		{"behind cd", "- run: |\n    cd dist && cosign sign-blob --yes a\n    echo done\n" + upload, ""},
		{"as a condition", "- run: if cosign sign-blob --yes a; then echo signed; fi\n" + upload, "goes on where"},
		{"as a condition that matters", "- run: if ! cosign sign-blob --yes a; then exit 1; fi\n" + upload, ""},
		{"in a loop", "- run: |\n    for f in dist/*; do\n      cosign sign-blob --yes \"$f\"\n    done\n" + upload, ""},
		{"in a loop that minds nothing", "- run: |\n    for f in dist/*; do cosign sign-blob --yes $f || true; done\n" + upload, "goes on where"},
		{"by find and xargs", "- run: find dist -type f -print0 | xargs -0 -n1 cosign sign-blob --yes\n" + upload, ""},
		{"in a function that is called", "- run: |\n    sign() { cosign sign-blob --yes \"$1\"; }\n    sign a\n" + upload, ""},
		{"in a function that is not", "- run: |\n    sign() { cosign sign-blob --yes \"$1\"; }\n    echo a\n" + upload, "can end well without it"},
		{"early exit", "- run: |\n    [ -n \"$X\" ] || exit 0\n    cosign sign-blob --yes a\n" + upload, "can end well without it"},
		{"in a substitution", "- run: echo \"$(cosign sign-blob --yes a)\"\n" + upload, "goes on where"},
		{"assigned", "- run: out=$(cosign sign-blob --yes a)\n" + upload, ""},
		{"one script", "- run: |\n    cosign sign-blob --yes a\n    gh release upload v1 a\n", ""},
		{"one script, other order", "- run: |\n    gh release upload v1 a\n    cosign sign-blob --yes a\n", "does not come before"},
		{"one list", "- run: make && cosign sign-blob --yes a && gh release upload v1 a\n", ""},
		{"bash -c", "- run: bash -ec 'cosign sign-blob --yes a'\n" + upload, ""},
		{"pwsh, last command", "- shell: pwsh\n  run: cosign sign-blob --yes a\n" + upload, ""},
		{"pwsh goes on", "- shell: pwsh\n  run: |\n    cosign sign-blob --yes a\n    Write-Host done\n" + upload, "goes on where"},
		{"only a comment", "- run: |\n    # cosign sign-blob a\n    true\n" + upload, "nothing in this workflow signs"},
		{"draft first", "- run: gh release create v1 a --draft\n" + sign + "- run: gh release edit v1 --draft=false\n", ""},
		{"upload to a draft", "- run: gh release create v1 --draft\n" + upload + sign + "- run: gh release edit v1 --draft=false\n", ""},
		{"unveiled too early", "- run: gh release create v1 a --draft\n- run: gh release edit v1 --draft=false\n" + sign, "comes after it"},
		{"notes alone", "- run: gh release create v1 --notes x\n", ""},
		{"softprops", "- uses: softprops/action-gh-release@v2\n  with:\n    files: dist/*\n", "nothing in this workflow signs"},
		{"softprops, draft", "- uses: softprops/action-gh-release@v2\n  with:\n    files: dist/*\n    draft: true\n", ""},
		{"image signed afterwards", "- run: docker push x\n- run: cosign sign --yes x\n", ""},
		{"image never signed", "- uses: docker/build-push-action@v6\n  with:\n    push: true\n", "nothing in this workflow signs"},
		{"npm with provenance", "- run: npm publish --provenance\n", ""},
		{"npm", "- run: npm publish\n", "nothing in this workflow signs"},
		{"hallmark", "- uses: hallmark-project/hallmark/actions/release@v1\n  with:\n    artifacts: dist/*\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) { wantUnsigned(t, test.text, test.want) })
	}
}

// TestUnsignedAcrossJobs is the same over more than one job.
func TestUnsignedAcrossJobs(t *testing.T) {
	job := func(id, head, steps string) string {
		return id + ":\n  runs-on: ubuntu-latest\n" + head + "  steps:\n" + strings.TrimRight(indent(strings.TrimRight(steps, "\n"), "    "), " ")
	}
	generator := "prov:\n  uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0\n"
	for _, test := range []struct{ name, text, want string }{
		{"needed", job("s", "", sign) + job("p", "  needs: s\n", upload), ""},
		{"not needed", job("s", "", sign) + job("p", "", upload), "job p does not need job s"},
		{"the other way", job("p", "", upload) + job("s", "  needs: p\n", sign), "job p does not need job s"},
		{"through another", job("s", "", sign) + job("m", "  needs: s\n", "- run: true\n") + job("p", "  needs: [m]\n", upload), ""},
		{"always", job("s", "", sign) + job("p", "  needs: s\n  if: always()\n", upload), "lets it run although job s failed"},
		{"always, but its result", job("s", "", sign) + job("p", "  needs: s\n  if: always() && needs.s.result == 'success'\n", upload), ""},
		{"through one that always runs", job("s", "", sign) + job("m", "  needs: s\n  if: always()\n", "- run: true\n") + job("p", "  needs: m\n", upload), "does not need"},
		{"job condition", job("s", "  if: github.ref == 'x'\n", sign) + job("p", "  needs: s\n", upload), ""},
		{"step condition", job("s", "", sign+"  if: github.ref == 'x'\n") + job("p", "  needs: s\n", upload), "runs only if"},
		{"job never runs", job("s", "  if: false\n", sign) + job("p", "  needs: s\n", upload), "from ever running"},
		{"publishing never runs", job("p", "  if: false\n", upload), ""},
		{"job may fail", job("s", "  continue-on-error: true\n", sign) + job("p", "  needs: s\n", upload), "continue-on-error hides"},
		{"generator", generator + job("p", "  needs: prov\n", upload), ""},
		{"generator not needed", generator + job("p", "", upload), "job p does not need job prov"},
		{"generator may fail", generator + "  with:\n    continue-on-error: true\n" + job("p", "  needs: prov\n", upload), "continue-on-error hides"},
		{"image signed by a later job", job("p", "", "- run: docker push x\n") + job("s", "  needs: p\n", "- run: cosign sign --yes x\n"), ""},
	} {
		t.Run(test.name, func(t *testing.T) { wantUnsigned(t, test.text, test.want) })
	}
}

func wantUnsigned(t *testing.T, text, want string) {
	t.Helper()
	w := mustParse(t, text)
	got := ""
	for _, p := range w.Publishes() {
		if why := w.Unsigned(p); why != "" {
			got = why
			break
		}
	}
	if (want == "") != (got == "") || !strings.Contains(got, want) {
		t.Errorf("got reason %q, want %q in\n%s", got, want, text)
	}
}
