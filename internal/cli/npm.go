package cli

import (
	"crypto"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/verify"
)

// The registry's own attestation that it published a version.
//
// npm attestation, specs/publish/v0.1.
const (
	npmPublish  = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
	npmRegistry = "https://registry.npmjs.org"
)

func npmFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "npm-attestations", Category: groupBundles, Usage: "read what npm's registry answers from `FILE`"},
		&cli.StringFlag{Name: "package", Category: groupBuild, Usage: "published as `NAME@VERSION` (with --npm-attestations)"},
	}
}

// npmPackage is one version of a package and what the registry says of it. Both
// statements must hold for that name and version: the provenance by whoever the
// policy wants, and the publication by the registry. Either alone would let one
// package's tarball stand for another's.
type npmPackage struct {
	name, version string
	found         []material.Found
	keys          root.TrustedMaterial
}

var npmPattern = regexp.MustCompile(`\A((?:@[0-9A-Za-z._~-]+/)?[0-9A-Za-z._~-]+)@([0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?)\z`)

// npmFromFlags is nil where the command line is not about npm.
func npmFromFlags(c *cli.Context) (*npmPackage, error) {
	file, spec := c.String("npm-attestations"), c.String("package")
	switch {
	case file == "" && spec == "":
		return nil, nil
	case spec == "":
		return nil, withHint(usagef("--npm-attestations needs the package that it is to be about"), "--package NAME@VERSION")
	case file == "":
		return nil, withHint(usagef("--package goes with npm's attestations"), "--npm-attestations FILE")
	case len(c.StringSlice("bundle")) > 0:
		return nil, usagef("--npm-attestations and --bundle cannot both be given")
	case c.NArg() != 1:
		return nil, usagef("--npm-attestations is about one tarball: name it, and nothing else")
	}
	match := npmPattern.FindStringSubmatch(spec)
	if match == nil {
		return nil, usagef("--package %s: want NAME@VERSION, such as @octo/widget@1.4.0", shown(spec))
	}
	found, err := material.ReadFile(file)
	if err != nil {
		return nil, usagef("npm attestations: %w", err)
	}
	keys, err := trust.NPMKeys()
	if err != nil {
		return nil, err
	}
	return &npmPackage{name: match[1], version: match[2], found: found, keys: keys}, nil
}

// purl names the version as npm writes it into subjects: with the scope's sign
// percent-encoded, once.
func (n *npmPackage) purl() string {
	return "pkg:npm/" + strings.Replace(n.name, "@", "%40", 1) + "@" + n.version
}

// candidates is what may be the provenance: all but the registry's own word.
func (n *npmPackage) candidates() []material.Found {
	var all []material.Found
	for _, f := range n.found {
		if f.Err != nil || !isPublication(f) {
			all = append(all, f)
		}
	}
	return all
}

func isPublication(f material.Found) bool {
	d := verify.Describe(f.Bundle)
	return d.Statement != nil && d.Statement.PredicateType == npmPublish
}

// check holds what the provenance established, and the registry's publication,
// to the package's name and version.
func (n *npmPackage) check(v *verify.Verifier, a *artifact.Artifact, provenance *verify.Verdict) error {
	if provenance.Statement == nil {
		return &verify.Rejection{Check: verify.CheckPredicate, Want: "provenance", Got: "a message signature"}
	}
	if got := provenance.Statement.Subject; got != n.purl() {
		return &verify.Rejection{Check: verify.CheckSubject, Want: n.purl(), Got: got, Why: "the provenance is about another package or version"}
	}
	var publication *material.Found
	for i, f := range n.found {
		switch {
		case f.Err != nil || !isPublication(f):
		case publication != nil:
			return &verify.Rejection{Check: verify.CheckCoverage, Want: "one publish attestation of the registry", Got: "several"}
		default:
			publication = &n.found[i]
		}
	}
	if publication == nil {
		return &verify.Rejection{Check: verify.CheckCoverage, Want: "the registry's publish attestation beside the provenance", Got: "none"}
	}
	return ofPublication(n.checkPublication(v, a, publication))
}

// ofPublication says that it is the registry's attestation that was refused, and
// not the provenance under whose name that is reported.
func ofPublication(err error) error {
	var r *verify.Rejection
	if !errors.As(err, &r) {
		return err
	}
	with := *r
	with.Why = "the registry's own publish attestation does not hold"
	if r.Why != "" {
		with.Why += ": " + r.Why
	}
	return &with
}

func (n *npmPackage) checkPublication(v *verify.Verifier, a *artifact.Artifact, f *material.Found) error {
	key, err := n.keyOf(f)
	if err != nil {
		return err
	}
	verdict, err := v.Verify(f.Bundle, a.ResourceDescriptor, &verify.Policy{Key: key.public, PredicateTypes: []string{npmPublish}})
	if err != nil {
		return err
	}
	if len(verdict.Times) == 0 {
		return &verify.Rejection{Check: verify.CheckTimestamp, Want: "a trusted time", Got: "none"}
	}
	for _, t := range verdict.Times {
		if !key.validAt(t.Time) {
			return &verify.Rejection{Check: verify.CheckTimestamp, Want: "a time at which the registry used this key", Got: t.Time.Format(time.RFC3339)}
		}
	}
	if got := verdict.Statement.Subject; got != n.purl() {
		return &verify.Rejection{Check: verify.CheckSubject, Want: n.purl(), Got: got, Why: "the registry published another package or version"}
	}
	var statement struct {
		Predicate struct {
			Name     string `json:"name"`
			Version  string `json:"version"`
			Registry string `json:"registry"`
		} `json:"predicate"`
	}
	if err := json.Unmarshal(f.Bundle.GetDsseEnvelope().GetPayload(), &statement); err != nil {
		return &verify.Rejection{Check: verify.CheckPredicate, Why: "no readable publish attestation", Err: err}
	}
	p := statement.Predicate
	if p.Name != n.name || p.Version != n.version || p.Registry != npmRegistry {
		return &verify.Rejection{Check: verify.CheckPredicate, Want: fmt.Sprintf("%s@%s of %s", n.name, n.version, npmRegistry),
			Got: fmt.Sprintf("%s@%s of %s", p.Name, p.Version, p.Registry)}
	}
	return nil
}

// registryKey is one of the registry's keys and its time.
type registryKey struct {
	public  crypto.PublicKey
	validAt func(time.Time) bool
}

// keyOf is the key that the attestation names. The name only chooses among the
// keys that are trusted already.
func (n *npmPackage) keyOf(f *material.Found) (registryKey, error) {
	hint := f.Bundle.GetVerificationMaterial().GetPublicKey().GetHint()
	verifier, err := n.keys.PublicKeyVerifier(hint)
	if err != nil {
		return registryKey{}, &verify.Rejection{Check: verify.CheckIdentity, Want: "a key of the npm registry", Got: fmt.Sprintf("%.80q", hint)}
	}
	public, err := verifier.PublicKey()
	if err != nil {
		return registryKey{}, errors.Join(errors.New("npm key"), err)
	}
	return registryKey{public, verifier.ValidAtTime}, nil
}
