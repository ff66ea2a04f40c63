package verify_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// A release of octo/widget comes with its bundle. What is wanted of it is what
// the reader knows beforehand: where it must have been built, and from which
// tag.
func ExampleVerifier_Verify() {
	trusted, err := root.NewTrustedRootFromPath("testdata/example/trusted_root.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := os.ReadFile("testdata/example/bundle.sigstore.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	bundle, err := verify.ParseBundle(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	sum := sha256.Sum256([]byte("the bytes of widget.tar.gz"))
	file := &intoto.ResourceDescriptor{Name: "widget.tar.gz", Digest: map[string]string{"sha256": hex.EncodeToString(sum[:])}}

	v := verify.Verifier{Root: trusted}
	verdict, err := v.Verify(bundle, file, &verify.Policy{Repository: "octo/widget", Ref: "refs/tags/v1.4.0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []verify.FactName{verify.FactRepository, verify.FactRef, verify.FactCommit} {
		fact := verdict.Fact(name)
		fmt.Println(fact.Name, fact.Value, "by", fact.By)
	}
	fmt.Println("level", verdict.Level.Build)

	_, err = v.Verify(bundle, file, &verify.Policy{Repository: "octo/widget", Ref: "refs/tags/v1.5.0"})
	var no *verify.Rejection
	if errors.As(err, &no) {
		fmt.Printf("%s: want %s, got %s\n", no.Check, no.Want, no.Got)
	}
	// Output:
	// repository https://github.com/octo/widget by certificate
	// ref refs/tags/v1.4.0 by certificate
	// commit 9f2d1c7a64a5e3a3f3a1f7b9c1c0d2e4f6a8b0c2 by certificate
	// level 2
	// ref: want refs/tags/v1.5.0, got refs/tags/v1.4.0
}

// Whoever is asked for, a pattern is matched with the whole of a name.
func ExampleCompilePattern() {
	pattern, err := verify.CompilePattern(`https://github\.com/octo/.*@refs/tags/v.*`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pattern.MatchString("https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0"))
	fmt.Println(pattern.MatchString("https://evil.example/https://github.com/octo/widget@refs/tags/v1.4.0"))
	// Output:
	// true
	// false
}
