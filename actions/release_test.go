package actions_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// buildInfo is what go version -m says of two binaries: modules that both have,
// one that is replaced by another, one in an odd version.
const buildInfo = `dist/a: go1.26.8\n\tpath\texample.com/a\n\tmod\texample.com/a\t(devel)\t\n` +
	`\tdep\tgithub.com/blang/semver\tv3.5.1+incompatible\th1:x=\n` +
	`\tdep\texample.com/origin\tv1.0.0\n\t=>\texample.com/fork\tv1.0.1\th1:y=\n\tbuild\t-compiler=gc\n` +
	`dist/b: go1.26.8\n\tdep\tgithub.com/blang/semver\tv3.5.1+incompatible\th1:x=\n`

// TestReleaseScripts makes what goes with a release's binaries, and pins them.
func TestReleaseScripts(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the release is made on Linux")
	}
	dir := t.TempDir()
	for _, folder := range []string{"scripts", "dist", "actions/setup", "path"} {
		mustDo(t, os.MkdirAll(filepath.Join(dir, folder), 0o755))
	}
	for _, script := range []string{"install.sh", "scripts/pin.sh", "scripts/sbom.sh", "scripts/release-extras.sh"} {
		data, err := os.ReadFile(filepath.Join("..", script))
		mustDo(t, err)
		mustScript(t, filepath.Join(dir, script), string(data))
	}
	const binary = "\x7fELF"
	mustDo(t, os.WriteFile(filepath.Join(dir, "dist", "hallmark_linux_amd64"), []byte(binary), 0o755))
	mustDo(t, os.WriteFile(filepath.Join(dir, "dist", "SHA256SUMS"), []byte(sum(binary)+"  hallmark_linux_amd64\n"), 0o644))
	mustScript(t, filepath.Join(dir, "path", "go"), "#!/bin/sh\nprintf '%b' '"+buildInfo+"'\n")
	run := func(code int, script string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, script), args...)
		cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "path")+":"+os.Getenv("PATH"))
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Fatalf("%s %q: exit %d\n%s", script, args, got, out)
		}
		return string(out)
	}
	read := func(name string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, name))
		mustDo(t, err)
		return string(data)
	}

	mustDo(t, os.WriteFile(filepath.Join(dir, "actions/setup/checksums.txt"), nil, 0o644))
	if out := run(0, "scripts/pin.sh", "--check", "v1.0.0"); !strings.Contains(out, "pins no binary") {
		t.Errorf("nothing is pinned, and it says %q", out)
	}
	run(0, "scripts/pin.sh", "v1.0.0")
	if got, want := read("actions/setup/checksums.txt"), sum(binary)+"  v1.0.0/hallmark_linux_amd64\n"; got != want {
		t.Errorf("pinned %q, want %q", got, want)
	}
	run(0, "scripts/pin.sh", "--check", "v1.0.0")
	run(1, "scripts/pin.sh", "--check", "v1.0.1")

	run(0, "scripts/release-extras.sh", "v1.0.0")
	if install := read("dist/install.sh"); !strings.Contains(install, "\nversion='v1.0.0'\nsums='"+sum(binary)+"  hallmark_linux_amd64'\n") {
		t.Errorf("install.sh holds no digest: %.600s", install)
	}
	if formula := read("dist/hallmark.rb"); !strings.Contains(formula, `sha256 "`+sum(binary)+`"`) {
		t.Errorf("the formula holds no digest:\n%s", formula)
	}
	var bom struct {
		Format     string `json:"bomFormat"`
		Components []struct{ Name, Version, PURL string }
	}
	mustDo(t, json.Unmarshal([]byte(read("dist/hallmark.cdx.json")), &bom))
	var names []string
	for _, c := range bom.Components {
		names = append(names, c.Name)
		if c.PURL != "pkg:golang/"+c.Name+"@"+strings.ReplaceAll(c.Version, "+", "%2B") || c.Version == "" {
			t.Errorf("component %+v", c)
		}
	}
	want := []string{"example.com/fork", "github.com/blang/semver", "stdlib"}
	if diff := cmp.Diff(want, names); bom.Format != "CycloneDX" || diff != "" {
		t.Errorf("%s: -want +got\n%s", bom.Format, diff)
	}
	for _, name := range []string{"install.sh", "hallmark.cdx.json", "hallmark.rb"} {
		if !strings.Contains(read("dist/SHA256SUMS"), sum(read("dist/"+name))+"  "+name+"\n") {
			t.Errorf("SHA256SUMS has no %s", name)
		}
	}
}
