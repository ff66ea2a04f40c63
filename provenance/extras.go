package provenance

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
)

// Extras are what the owner of a build says beyond what its platform states.
// The zero value adds nothing.
type Extras struct {
	// Inputs are what a person started the workflow with: strings and bools.
	Inputs map[string]any
	// Params are further choices that the build depended on.
	Params map[string]string
	// Materials went in beside the source. They are written in the order of
	// their URIs, each once.
	Materials []*intoto.ResourceDescriptor
	// Byproducts came out beside the subjects.
	Byproducts []*intoto.ResourceDescriptor
	// StartedOn and FinishedOn are left as they are when zero.
	StartedOn, FinishedOn time.Time
	// BuilderID and BuildType replace those of the facts unless empty.
	BuilderID, BuildType string
}

const (
	maxParameters = 1024
	maxName       = 256
	maxValue      = 64 << 10
)

// Add writes extras into the build. A job of GitHub Actions that records more
// than GitHub's own build type defines becomes one of [RecordedBuildType]. A
// value that looks like a secret is an error that names it and does not repeat
// it: what is signed is public for ever. On an error the build is unchanged.
func (b *Build) Add(extras Extras) error {
	if err := extras.check(); err != nil {
		return err
	}
	external := maps.Clone(b.ExternalParameters)
	if external == nil {
		external = make(map[string]any)
	}
	if len(extras.Inputs) > 0 {
		external["inputs"] = maps.Clone(extras.Inputs)
	}
	if len(extras.Params) > 0 {
		params := make(map[string]any, len(extras.Params))
		for name, value := range extras.Params {
			params[name] = value
		}
		external["params"] = params
	}
	b.ExternalParameters = external
	b.ResolvedDependencies = append(slices.Clip(b.ResolvedDependencies), sortedMaterials(extras.Materials)...)
	b.Byproducts = append(slices.Clip(b.Byproducts), extras.Byproducts...)
	if b.BuildType == GitHubBuildType && len(extras.Inputs)+len(extras.Params)+len(extras.Materials) > 0 {
		b.BuildType = RecordedBuildType
	}
	for _, replace := range []struct {
		field *string
		with  string
	}{{&b.BuildType, extras.BuildType}, {&b.BuilderID, extras.BuilderID}} {
		if replace.with != "" {
			*replace.field = replace.with
		}
	}
	if !extras.StartedOn.IsZero() {
		b.StartedOn = extras.StartedOn
	}
	if !extras.FinishedOn.IsZero() {
		b.FinishedOn = extras.FinishedOn
	}
	return nil
}

func (e Extras) check() error {
	if n := len(e.Inputs) + len(e.Params); n > maxParameters {
		return fmt.Errorf("%d inputs and parameters, at most %d are recorded", n, maxParameters)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Inputs)) {
		if err := checkParameter("input", name, e.Inputs[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		if err := checkParameter("parameter", name, e.Params[name]); err != nil {
			return err
		}
		if _, twice := e.Inputs[name]; twice {
			return fmt.Errorf("parameter %q is also an input of the workflow: a verifier could not tell them apart", name)
		}
	}
	for what, uri := range map[string]string{"builder id": e.BuilderID, "build type": e.BuildType} {
		if uri != "" {
			if err := checkTypeURI(uri); err != nil {
				return fmt.Errorf("%s %w", what, err)
			}
		}
	}
	return nil
}

// checkParameter never repeats a value: it may be a secret that is not
// recognised as one.
func checkParameter(kind, name string, value any) error {
	if looks := secretKind(name); looks != "" {
		return fmt.Errorf("the name of one %s looks like %s", kind, looks)
	}
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, isControl) {
		return fmt.Errorf("%s %.40q: a name is 1 to %d characters, none of them a control character", kind, name, maxName)
	}
	switch value := value.(type) {
	case bool:
		return nil
	case string:
		if len(value) > maxValue {
			return fmt.Errorf("%s %q: %d bytes, at most %d are recorded", kind, name, len(value), maxValue)
		}
		if looks := secretKind(value); looks != "" {
			return &SecretError{Kind: kind, Name: name, Looks: looks}
		}
		if namedLikeCredential(name) && !holdsNothing(value) {
			return &SecretError{Kind: kind, Name: name, Looks: "a credential by its name"}
		}
		return nil
	}
	return fmt.Errorf("%s %q is neither text nor true or false", kind, name)
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// checkTypeURI wants what may name a builder or a type: an absolute URI that
// carries no credentials. The error reads on after the URI's own name.
func checkTypeURI(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil, strings.ContainsFunc(uri, isControl), strings.Contains(uri, " "):
		return errors.New("is no URI")
	case u.User != nil:
		return errors.New("holds a user or password")
	case !u.IsAbs(), u.Opaque == "" && u.Host == "":
		return fmt.Errorf("%q is no absolute URI", uri)
	}
	if looks := secretKind(uri); looks != "" {
		return fmt.Errorf("looks like %s", looks)
	}
	return nil
}
