package verify

import (
	"errors"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// An input is one that somebody gave to the workflow: by starting it, or by
// calling it from another. Its value is text, or JSON's spelling of another
// value.
type input struct{ name, value string }

// inputPaths are the places of inputs in a predicate by its build type. What
// GitHub's event says is recorded beside what the workflow was called with.
var inputPaths = map[string][][]string{
	buildTypeGeneric:        dispatchedInputs,
	buildTypeGo:             dispatchedInputs,
	buildTypeGoFirst:        dispatchedInputs,
	buildTypeGoSecond:       dispatchedInputs,
	buildTypeContainer:      dispatchedInputs,
	buildTypeContainerBased: {{"buildDefinition", "internalParameters", "GITHUB_EVENT_PAYLOAD", "inputs"}},
	buildTypeDelegated: {
		{"invocation", "parameters", "inputs"},
		{"invocation", "environment", "GITHUB_EVENT_PAYLOAD", "inputs"},
		{"buildDefinition", "externalParameters", "inputs"},
		{"buildDefinition", "internalParameters", "GITHUB_EVENT_PAYLOAD", "inputs"},
	},
	buildTypeWorkflow:     {{"buildDefinition", "externalParameters", "inputs"}},
	buildTypeWorkflowSLSA: {{"buildDefinition", "externalParameters", "inputs"}},
	buildTypeRecorded: {
		{"buildDefinition", "externalParameters", "inputs"},
		{"buildDefinition", "externalParameters", "params"},
	},
}

var dispatchedInputs = [][]string{
	{"invocation", "parameters", "event_inputs"},
	{"invocation", "environment", "github_event_payload", "inputs"},
}

// readInputs collects what a predicate records as inputs, in the order of
// their names. One that stands in two places with one value counts once.
func readInputs(predicate jsontext.Value, buildType string) ([]input, error) {
	var all []input
	for _, path := range inputPaths[buildType] {
		value := predicate
		for _, name := range path {
			value = members(value)[name]
		}
		if kind := value.Kind(); len(value) == 0 || kind == 'n' {
			continue
		} else if kind != '{' {
			return nil, errors.New("the inputs are no object")
		}
		recorded := members(value)
		for _, name := range slices.Sorted(maps.Keys(recorded)) {
			in := input{name, text(recorded[name])}
			if !slices.Contains(all, in) {
				all = append(all, in)
			}
		}
	}
	return all, nil
}

// members returns the members of an object, and none of anything else.
func members(v jsontext.Value) map[string]jsontext.Value {
	var object map[string]jsontext.Value
	if len(v) == 0 || json.Unmarshal(v, &object) != nil {
		return nil
	}
	return object
}

func text(v jsontext.Value) string {
	var s string
	if v.Kind() == '"' && json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}

// checkInputs holds the recorded inputs to the policy's. What is not on its
// list may have steered the build as well as what is.
func checkInputs(recorded []input, p *Policy) error {
	if p.Inputs == nil {
		return nil
	}
	found := make(map[string]bool)
	for _, in := range recorded {
		want, named := p.Inputs[in.name]
		switch {
		case !named:
			return &Rejection{Check: CheckInput, Want: "no input that the policy does not name", Got: in.name + "=" + in.value,
				Hint: "ask the project what this input does; where its value is right, name it as well: --input NAME=VALUE"}
		case want != in.value:
			return &Rejection{Check: CheckInput, Want: in.name + "=" + want, Got: in.name + "=" + in.value}
		}
		found[in.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(p.Inputs)) {
		if !found[name] {
			return &Rejection{Check: CheckInput, Want: name + "=" + p.Inputs[name], Got: "none", Why: "the provenance records no such input"}
		}
	}
	return nil
}

func inputNames(inputs []input) []string {
	var names []string
	for _, in := range inputs {
		if !slices.Contains(names, in.name) {
			names = append(names, in.name)
		}
	}
	return names
}
