package verify_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// moduleDir finds a module that the project is built with, for the evidence
// in its tests: releases and bundles that others made.
func moduleDir(t testing.TB, module string) string {
	t.Helper()
	dir, err := moduleDirs(module)()
	if err != nil || dir == "" {
		t.Skipf("module %s is not on this machine: %v", module, err)
	}
	return dir
}

var moduleCache sync.Map

func moduleDirs(module string) func() (string, error) {
	find, _ := moduleCache.LoadOrStore(module, sync.OnceValues(func() (string, error) {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		return strings.TrimSpace(string(out)), err
	}))
	return find.(func() (string, error))
}

const (
	slsaVerifier = "github.com/slsa-framework/slsa-verifier/v2"
	sigstoreGo   = "github.com/sigstore/sigstore-go"
)

// slsaTestdata is slsa-verifier's folder of real releases.
func slsaTestdata(t testing.TB) string {
	t.Helper()
	return filepath.Join(moduleDir(t, slsaVerifier), "cli", "slsa-verifier", "testdata")
}

// publicGood is the public instance's trusted root, as it ships in the binary.
func publicGood(t testing.TB) *root.TrustedRoot {
	t.Helper()
	return mustRoot(t, filepath.Join("..", "internal", "trust", "embedded", "trusted_root.json"))
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustRoot(t testing.TB, path string) *root.TrustedRoot {
	t.Helper()
	tr, err := root.NewTrustedRootFromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
