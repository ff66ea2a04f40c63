package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/common"
)

// provenanceV1Predicate is what is read of SLSA provenance v1. The library's
// type for it is deprecated, and what it points to refuses members that the
// specification has readers ignore.
type provenanceV1Predicate struct {
	BuildDefinition struct {
		BuildType            string       `json:"buildType"`
		ExternalParameters   any          `json:"externalParameters"`
		InternalParameters   any          `json:"internalParameters"`
		ResolvedDependencies []dependency `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	RunDetails struct {
		Builder struct {
			ID string `json:"id"`
		} `json:"builder"`
		Metadata struct {
			InvocationID string `json:"invocationId"`
		} `json:"metadata"`
	} `json:"runDetails"`
}

type dependency struct {
	URI    string           `json:"uri"`
	Digest common.DigestSet `json:"digest"`
}

// claimsV1 reads SLSA provenance v1 of the build types in the builders table.
func claimsV1(p *provenanceV1Predicate) (*claims, error) {
	def := p.BuildDefinition
	c := &claims{buildType: def.BuildType, external: memberNames(def.ExternalParameters), dependencies: len(def.ResolvedDependencies)}
	c.add(FactBuilder, p.RunDetails.Builder.ID)
	c.add(FactBuildType, def.BuildType)
	if len(def.ResolvedDependencies) > 0 {
		c.addSource(def.ResolvedDependencies[0].URI, def.ResolvedDependencies[0].Digest)
	}
	external, ok := def.ExternalParameters.(map[string]any)
	if !ok && def.ExternalParameters != nil {
		return nil, &Rejection{Check: CheckPredicate, Want: "an object of external parameters", Got: "another value"}
	}
	internal, _ := def.InternalParameters.(map[string]any)
	run := p.RunDetails.Metadata.InvocationID
	if source, ok := external["source"].(string); ok && def.BuildType == buildTypeGitLab && digits.MatchString(run) {
		run = source + "/-/jobs/" + run // as Fulcio writes it
	}
	c.add(FactRun, run)
	switch def.BuildType {
	case buildTypeWorkflow, buildTypeWorkflowSLSA, buildTypeRecorded:
		w := stringMembers(external["workflow"])
		if w["repository"] == "" || w["path"] == "" || w["ref"] == "" {
			return nil, &Rejection{Check: CheckPredicate, Want: "a workflow's repository, path and ref in the external parameters",
				Got: fmt.Sprintf("%v", slices.Sorted(maps.Keys(w)))}
		}
		c.add(FactWorkflow, w["repository"]+"/"+w["path"]+"@"+w["ref"])
		github := stringMembers(internal["github"])
		c.add(FactEvent, github["event_name"])
		c.add(FactRepositoryID, github["repository_id"])
		c.add(FactOwnerID, github["repository_owner_id"])
		c.add(FactRunner, github["runner_environment"])
	case buildTypeContainerBased:
		var source dependency
		if err := convert(external["source"], &source); err != nil {
			return nil, &Rejection{Check: CheckPredicate, Why: "unreadable source in the external parameters", Err: err}
		}
		c.addSource(source.URI, source.Digest)
		c.addEnvironment(stringMembers(internal))
	case buildTypeDelegated:
		c.addEnvironment(stringMembers(internal))
	}
	return c, nil
}

func convert(v any, into any) error {
	var data jsontext.Value
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
