// Command hallmark makes, signs and verifies supply-chain provenance.
package main

import (
	"fmt"

	_ "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
	_ "github.com/sigstore/cosign/v2/pkg/providers/github"
	_ "github.com/sigstore/sigstore-go/pkg/sign"
	_ "github.com/sigstore/sigstore-go/pkg/tuf"
	_ "github.com/sigstore/sigstore-go/pkg/verify"
	_ "github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
	_ "github.com/urfave/cli/v2"
)

var version = "dev"

func main() { fmt.Println("hallmark", version) }
