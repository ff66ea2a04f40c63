package verify_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "make the bundle and the trusted root of the examples anew")

// TestExampleData holds the files of the examples, which the virtual Sigstore
// made, to what they are for; -update makes them anew.
func TestExampleData(t *testing.T) {
	dir := filepath.Join("testdata", "example")
	if *update {
		v := newVirtual(t)
		trusted, err := v.trusted().file(t).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"bundle.sigstore.json": encode(t, v.bundle(t, attestation())), "trusted_root.json": trusted} {
			if err := os.WriteFile(filepath.Join(dir, name), append(data, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	v, err := verifyBytes(mustRead(t, filepath.Join(dir, "bundle.sigstore.json")), mustRoot(t, filepath.Join(dir, "trusted_root.json")), widget(), release())
	if err != nil {
		t.Fatal(err)
	}
	if v.Level.Build != 2 {
		t.Errorf("level %d, want 2", v.Level.Build)
	}
}
