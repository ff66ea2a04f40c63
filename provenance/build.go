// Package provenance turns the facts of a build into SLSA provenance.
//
// It answers, for the files of a release, from which source and by which
// builder they were made, as in-toto statements whose predicate is
// https://slsa.dev/provenance/v1. The facts come from a GitHub Actions job
// ([FromGitHub]), a GitLab CI job ([FromGitLab]), a local checkout ([FromGit])
// or straight from the caller (a [Build] is a plain struct). [Build.Add] adds
// what the platform does not state, [ParseLockfile] what went in;
// [Build.Statements] binds it all to the files:
//
//	build, err := provenance.FromGitHub(claims, environment)
//	err = build.Add(provenance.Extras{Params: map[string]string{"target": "linux"}})
//	statements, err := build.Statements(subjects)
//	payload, err := provenance.Marshal(statements[0])
//
// The package is pure: it opens no file, no connection, reads no clock and no
// environment, so the same facts give the same bytes.
//
// What it writes is a claim of whoever signs it. The job that builds also
// writes its provenance, so a verifier believes what the signing certificate
// says and lets the statement only agree (SLSA Build L2 at most; a higher level
// follows from who signed, never from what is written here).
package provenance

import (
	"errors"
	"fmt"
	"time"

	provenancev1 "github.com/in-toto/attestation/go/predicates/provenance/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	slsa "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// PredicateType names the predicate that this package writes; SLSA 1.0, 1.1
// and 1.2 share it.
const PredicateType = slsa.PredicateSLSAProvenance

// Build holds what is to be said about one run of a build, in SLSA's words. Its
// zero value says too little to become a statement.
type Build struct {
	// BuildType is the URI of the page that defines the parameters.
	BuildType string
	// ExternalParameters are what the build's user could choose: JSON values,
	// that is nil, bool, string, float64, []any and map[string]any. Required.
	ExternalParameters map[string]any
	// InternalParameters are what the platform set by itself.
	InternalParameters map[string]any
	// ResolvedDependencies are what went in, the source first.
	ResolvedDependencies []*intoto.ResourceDescriptor
	// BuilderID is the URI of who ran the build.
	BuilderID string
	// InvocationID tells this run from all others.
	InvocationID string
	// StartedOn and FinishedOn are left out when zero.
	StartedOn, FinishedOn time.Time
	// Byproducts are what came out beside the subjects, logs for example.
	Byproducts []*intoto.ResourceDescriptor
}

// predicate is the Build as SLSA writes it, checked by in-toto's own rules.
func (b *Build) predicate() (*structpb.Struct, error) {
	external, err := parameters("external", b.ExternalParameters)
	if err != nil {
		return nil, err
	}
	internal, err := parameters("internal", b.InternalParameters)
	if err != nil {
		return nil, err
	}
	if !b.FinishedOn.IsZero() && b.FinishedOn.Before(b.StartedOn) {
		return nil, errors.New("provenance: the build finished before it started")
	}
	p := &provenancev1.Provenance{
		BuildDefinition: &provenancev1.BuildDefinition{
			BuildType:            b.BuildType,
			ExternalParameters:   external,
			InternalParameters:   internal,
			ResolvedDependencies: b.ResolvedDependencies,
		},
		RunDetails: &provenancev1.RunDetails{
			Builder:    &provenancev1.Builder{Id: b.BuilderID},
			Metadata:   b.metadata(),
			Byproducts: b.Byproducts,
		},
	}
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("provenance: %w", err)
	}
	data, err := protojson.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("provenance: %w", err)
	}
	generic := new(structpb.Struct)
	if err := protojson.Unmarshal(data, generic); err != nil {
		return nil, fmt.Errorf("provenance: %w", err)
	}
	return generic, nil
}

// metadata is nil where there is nothing to say, so that no empty object is
// written.
func (b *Build) metadata() *provenancev1.BuildMetadata {
	if b.InvocationID == "" && b.StartedOn.IsZero() && b.FinishedOn.IsZero() {
		return nil
	}
	m := &provenancev1.BuildMetadata{InvocationId: b.InvocationID}
	if !b.StartedOn.IsZero() {
		m.StartedOn = timestamppb.New(b.StartedOn)
	}
	if !b.FinishedOn.IsZero() {
		m.FinishedOn = timestamppb.New(b.FinishedOn)
	}
	return m
}

func parameters(kind string, values map[string]any) (*structpb.Struct, error) {
	if values == nil {
		return nil, nil
	}
	s, err := structpb.NewStruct(values)
	if err != nil {
		return nil, fmt.Errorf("provenance: %s parameters: %w", kind, err)
	}
	return s, nil
}
