package verify

import (
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
	inputs       []string // names of the workflow inputs
	dependencies int
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
		return claimsV02(&p), nil
	case slsav1.PredicateSLSAProvenance:
		var p slsav1.ProvenancePredicate
		if err := json.Unmarshal(s.Predicate, &p); err != nil {
			return nil, malformed(err)
		}
		return claimsV1(&p)
	}
	return nil, nil
}

func (c *claims) add(name FactName, value string) {
	if value != "" {
		c.facts = append(c.facts, Fact{name, value, SelfAsserted})
	}
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

// claimsV02 reads SLSA provenance v0.2 as slsa-github-generator writes it.
func claimsV02(p *slsav02.ProvenancePredicate) *claims {
	c := &claims{buildType: p.BuildType, dependencies: len(p.Materials)}
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
	if parameters, ok := p.Invocation.Parameters.(map[string]any); ok {
		c.inputs = memberNames(parameters["event_inputs"])
	}
	return c
}

// addEnvironment reads the variables of a GitHub job as slsa-github-generator
// records them, in both of its spellings: none goes uncompared.
func (c *claims) addEnvironment(env map[string]string) {
	repository := factValue(c.facts, FactRepository)
	for _, spelled := range []func(string) string{strings.ToLower, strings.ToUpper} {
		get := func(name string) string { return env[spelled("github_"+name)] }
		c.add(FactEvent, get("event_name"))
		c.add(FactRef, get("ref"))
		c.add(FactCommit, get("sha"))
		c.add(FactCommit, get("sha1"))
		c.add(FactRepositoryID, get("repository_id"))
		c.add(FactOwnerID, get("repository_owner_id"))
		if id, attempt := get("run_id"), get("run_attempt"); id != "" && attempt != "" && repository != "" {
			c.add(FactRun, repository+"/actions/runs/"+id+"/attempts/"+attempt)
		}
	}
}

// claimsV1 reads SLSA provenance v1 of the build types in the builders table.
func claimsV1(p *slsav1.ProvenancePredicate) (*claims, error) {
	def := p.BuildDefinition
	c := &claims{buildType: def.BuildType, external: memberNames(def.ExternalParameters), dependencies: len(def.ResolvedDependencies)}
	c.add(FactBuilder, p.RunDetails.Builder.ID)
	c.add(FactBuildType, def.BuildType)
	if len(def.ResolvedDependencies) > 0 {
		c.addSource(def.ResolvedDependencies[0].URI, def.ResolvedDependencies[0].Digest)
	}
	c.add(FactRun, p.RunDetails.BuildMetadata.InvocationID)
	external, _ := def.ExternalParameters.(map[string]any)
	internal, _ := def.InternalParameters.(map[string]any)
	switch def.BuildType {
	case buildTypeWorkflow, buildTypeWorkflowSLSA:
		w := stringMembers(external["workflow"])
		if w["repository"] == "" || w["path"] == "" || w["ref"] == "" {
			return nil, &Rejection{Check: CheckPredicate, Want: "a workflow's repository, path and ref in the external parameters",
				Got: fmt.Sprintf("%v", slices.Sorted(maps.Keys(w)))}
		}
		c.add(FactWorkflow, w["repository"]+"/"+w["path"]+"@"+w["ref"])
		c.inputs = memberNames(external["inputs"])
		github := stringMembers(internal["github"])
		c.add(FactEvent, github["event_name"])
		c.add(FactRepositoryID, github["repository_id"])
		c.add(FactOwnerID, github["repository_owner_id"])
		c.add(FactRunner, github["runner_environment"])
	case buildTypeContainerBased:
		var source struct {
			URI    string           `json:"uri"`
			Digest common.DigestSet `json:"digest"`
		}
		if err := convert(external["source"], &source); err != nil {
			return nil, &Rejection{Check: CheckPredicate, Why: "unreadable source in the external parameters", Err: err}
		}
		c.addSource(source.URI, source.Digest)
		c.addEnvironment(stringMembers(internal))
	}
	return c, nil
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

func convert(v any, into any) error {
	var data jsontext.Value
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
