package cli

import (
	"context"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sigstore/cosign/v2/pkg/cosign"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
	"github.com/sigstore/sigstore-go/pkg/root"
)

// cmdCosign has cosign's library find and verify what is attached to an image,
// by anybody who has an identity in the sandbox.
func cmdCosign(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: cosign IMAGE")
	}
	image, err := name.NewDigest(args[0])
	ts.Check(err)
	trusted, err := root.NewTrustedRootFromPath(ts.Getenv("ROOT"))
	ts.Check(err)
	_, _, err = cosign.VerifyImageAttestations(context.Background(), image, &cosign.CheckOpts{
		TrustedMaterial:     trusted,
		NewBundleFormat:     true,
		UseSignedTimestamps: true,
		RegistryClientOpts:  []ociremote.Option{ociremote.WithRemoteOptions()},
		Identities: []cosign.Identity{{
			Subject: "https://github.com/hallmark-project/hallmark/.github/workflows/release.yml@refs/tags/v0.0.0-demo",
			Issuer:  "https://token.actions.githubusercontent.com",
		}},
	})
	if (err != nil) != neg {
		ts.Fatalf("cosign: %v", err)
	}
}
