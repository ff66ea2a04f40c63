package provenance

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Event is what the file says that a GitHub job finds at GITHUB_EVENT_PATH, as
// far as it may have steered the build. An earlier step of the job can have
// changed the file: inputs are the workflow's own word.
type Event struct {
	Repository string         // OWNER/NAME, "" where the event names none
	Inputs     map[string]any // of a workflow_dispatch: strings and bools
}

// ParseEvent reads the event file.
func ParseEvent(data []byte) (Event, error) {
	if err := checkJSON(data, nil); err != nil {
		return Event{}, fmt.Errorf("event: %w", bare(err))
	}
	var file struct {
		Inputs     map[string]jsontext.Value `json:"inputs"`
		Repository struct {
			FullName string `json:"full_name"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Event{}, fmt.Errorf("event: %w", bare(err))
	}
	event := Event{Repository: file.Repository.FullName}
	for name, raw := range file.Inputs {
		var value any
		switch raw.Kind() {
		case 'n':
			continue // declared, and left empty by whoever started the run
		case '"', 't', 'f':
			if err := json.Unmarshal(raw, &value); err != nil {
				return Event{}, fmt.Errorf("event: input %q cannot be read", name)
			}
		default:
			return Event{}, fmt.Errorf("event: input %q is neither text nor true or false", name)
		}
		if event.Inputs == nil {
			event.Inputs = make(map[string]any)
		}
		event.Inputs[name] = value
	}
	return event, nil
}

// bare keeps a decoder's error from quoting the value that it stumbled over.
func bare(err error) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return fmt.Errorf("malformed JSON at byte %d", syntax.ByteOffset)
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return fmt.Errorf("another type than expected at byte %d", semantic.ByteOffset)
	}
	return err
}
