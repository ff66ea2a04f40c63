package verify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/common"
	slsav02 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v0.2"
	slsav1 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
)

// claims are what a provenance predicate says of the build. They are the
// workflow's own words: checkClaims compares them with the certificate.
type claims struct {
	facts        []Fact
	buildType    string
	external     []string // names of the external parameters
	inputs       []input
	dependencies int
	first        bool // read from provenance v0.2
}

// readClaims reads a predicate by its type; nil for other than provenance.
func readClaims(s *statement) (*claims, error) {
	malformed := func(err error) error {
		return &Rejection{Check: CheckPredicate, Why: "the predicate is no " + s.PredicateType, Err: err}
	}
	switch s.PredicateType {
	case slsav02.PredicateSLSAProvenance:
		var p slsav02.ProvenancePredicate
		if err := json.Unmarshal(s.Predicate, &p); err != nil {
			return nil, malformed(err)
		}
		c, err := claimsV02(&p)
		if err == nil {
			c.addInvocation(s.Predicate)
			c.inputs, err = readInputs(s.Predicate, c.buildType)
		}
		if err != nil {
			return nil, malformed(err)
		}
		return c, nil
	case slsav1.PredicateSLSAProvenance:
		var p provenanceV1Predicate
		if err := json.Unmarshal(s.Predicate, &p); err != nil {
			return nil, malformed(err)
		}
		c, err := claimsV1(&p)
		if err != nil {
			return nil, err
		}
		if c.inputs, err = readInputs(s.Predicate, c.buildType); err != nil {
			return nil, malformed(err)
		}
		return c, nil
	}
	return nil, nil
}

func (c *claims) add(name FactName, value string) {
	if value != "" {
		c.facts = append(c.facts, Fact{name, value, SelfAsserted})
	}
}

// ofItsVersion tells whether the build type belongs to the version of
// provenance that states it: in the other one its parameters and inputs have no
// place, and would go unread.
func (c *claims) ofItsVersion() bool {
	switch c.buildType {
	case buildTypeDelegated:
		return true
	case buildTypeWorkflow, buildTypeWorkflowSLSA, buildTypeRecorded, buildTypeContainerBased, buildTypeGitLab:
		return !c.first
	}
	return c.first
}

// addSource adds repository, ref and commit as a source descriptor states them.
func (c *claims) addSource(uri string, digest common.DigestSet) {
	repository, ref, err := sourceURI(uri)
	if err != nil {
		repository, ref = uri, "" // disagrees with any certificate
	}
	c.add(FactRepository, repository)
	c.add(FactRef, ref)
	for _, algorithm := range []string{"gitCommit", "sha1"} {
		c.add(FactCommit, digest[algorithm])
	}
}

// claimsV02 reads SLSA provenance v0.2 as slsa-github-generator and npm's
// client write it.
func claimsV02(p *slsav02.ProvenancePredicate) (*claims, error) {
	parameters, ok := p.Invocation.Parameters.(map[string]any)
	if !ok && p.Invocation.Parameters != nil {
		return nil, errors.New("the parameters are no object")
	}
	c := &claims{buildType: p.BuildType, external: memberNames(parameters), dependencies: len(p.Materials), first: true}
	c.add(FactBuilder, p.Builder.ID)
	c.add(FactBuildType, p.BuildType)
	source := p.Invocation.ConfigSource
	c.addSource(source.URI, source.Digest)
	if len(p.Materials) > 0 {
		c.addSource(p.Materials[0].URI, p.Materials[0].Digest)
	}
	if repository, ref, err := sourceURI(source.URI); err == nil && source.EntryPoint != "" {
		c.add(FactWorkflow, repository+"/"+source.EntryPoint+"@"+ref)
	}
	c.addEnvironment(stringMembers(p.Invocation.Environment))
	return c, nil
}

// addInvocation reads the number and attempt of a run, RUN-ATTEMPT, from v0.2
// metadata, whose member signers spell in two ways.
func (c *claims) addInvocation(predicate jsontext.Value) {
	metadata := members(members(predicate)["metadata"])
	for _, name := range []string{"buildInvocationID", "buildInvocationId"} {
		id, attempt, ok := strings.Cut(text(metadata[name]), "-")
		if ok && digits.MatchString(id) && digits.MatchString(attempt) {
			c.addRun(id, attempt)
		}
	}
}

func (c *claims) addRun(id, attempt string) {
	if repository := factValue(c.facts, FactRepository); id != "" && attempt != "" && repository != "" {
		c.add(FactRun, repository+"/actions/runs/"+id+"/attempts/"+attempt)
	}
}

// addEnvironment reads the variables of a GitHub job as slsa-github-generator
// records them, in both of its spellings: none goes uncompared.
func (c *claims) addEnvironment(env map[string]string) {
	for _, spelled := range []func(string) string{strings.ToLower, strings.ToUpper} {
		get := func(name string) string { return env[spelled("github_"+name)] }
		c.add(FactEvent, get("event_name"))
		c.add(FactRef, get("ref"))
		c.add(FactCommit, get("sha"))
		c.add(FactCommit, get("sha1"))
		c.add(FactRepositoryID, get("repository_id"))
		c.add(FactOwnerID, get("repository_owner_id"))
		c.add(FactRepository, prefixed(githubURL, get("repository")))
		c.add(FactWorkflow, prefixed(githubURL, get("workflow_ref")))
		c.addRun(get("run_id"), get("run_attempt"))
	}
}

// stringMembers returns the members of an object that are strings or numbers.
func stringMembers(v any) map[string]string {
	out := make(map[string]string)
	object, _ := v.(map[string]any)
	for name, value := range object {
		switch value := value.(type) {
		case string:
			out[name] = value
		case float64:
			out[name] = fmt.Sprintf("%.0f", value)
		}
	}
	return out
}

func memberNames(v any) []string {
	object, _ := v.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}
