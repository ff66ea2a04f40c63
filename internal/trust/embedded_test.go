package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/tuf"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// TestEmbedded holds the embedded files to what the TUF repository of the public
// Sigstore instance signed. What exactly is proved: the digests of the two
// targets are those in the targets metadata of that repository, read from it and
// written down here when the release of the npm package was pinned (the package
// carries the targets, not the metadata that names them, so the signature over
// the digest is checked by the first refresh of every installation and not
// here). The TUF root is checked here: it is signed by a threshold of its own
// keys, and it is the one that sigstore-go ships, which came another way.
func TestEmbedded(t *testing.T) {
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"trusted_root.json":            {embeddedRoot, "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66"},
		"registry.npmjs.org/keys.json": {embeddedNPMKeys, "160677eb6e1c7083c89b166b20f8fe4e837fb71181506aff1991b80b89184f7d"},
	} {
		sum := sha256.Sum256(tc.data)
		if got := hex.EncodeToString(sum[:]); got != tc.want {
			t.Errorf("%s has sha256 %s, the signed targets name %s", name, got, tc.want)
		}
	}
	trusted, err := trustedmetadata.New(embeddedTUFRoot)
	if err != nil {
		t.Fatal(err)
	}
	if got := trusted.Root.Signed.Version; got != 14 {
		t.Errorf("TUF root has version %d, want 14", got)
	}
	if !bytes.Equal(bytes.TrimSpace(embeddedTUFRoot), bytes.TrimSpace(tuf.DefaultRoot())) {
		t.Error("the TUF root is not the one that sigstore-go ships; if one of them is newer, check that it chains from the other")
	}
}

func TestEmbeddedRootIsUsable(t *testing.T) {
	r, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	m := r.Material
	if len(m.FulcioCertificateAuthorities()) == 0 || len(m.RekorLogs()) < 2 || len(m.CTLogs()) == 0 || len(m.TimestampingAuthorities()) == 0 {
		t.Errorf("the embedded root lacks something: %d CAs, %d logs, %d CT logs, %d TSAs", len(m.FulcioCertificateAuthorities()),
			len(m.RekorLogs()), len(m.CTLogs()), len(m.TimestampingAuthorities()))
	}
	if r.Source != "embedded, @sigstore/tuf@4.0.2 of 2026-03-18" || r.Date.IsZero() {
		t.Errorf("source is %q, date %s", r.Source, r.Date)
	}
}

func TestNPMKeys(t *testing.T) {
	keys, err := NPMKeys()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{
		"SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA": true,
		"SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U": true,
		"SHA256:unknown": false,
	} {
		if _, err := keys.PublicKeyVerifier(id); (err == nil) != want {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestCorpusRoots reads the roots of the public conformance suite's cases, which
// are no part of the project.
func TestCorpusRoots(t *testing.T) {
	corpus := os.Getenv("HALLMARK_CORPUS")
	if corpus == "" {
		corpus = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	files, err := filepath.Glob(filepath.Join(corpus, "bundle-verify", "*", "trusted_root.json"))
	if err != nil || len(files) == 0 {
		t.Skipf("no corpus of conformance cases at %s (set HALLMARK_CORPUS)", corpus)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			_, err := FromFile(file)
			if bad := name == "trust-root-tlog-missing-validity-start_fail"; bad != (err != nil) {
				t.Errorf("got %v", err)
			}
		})
	}
}
