package cli

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// printJSON writes document, which carries its mediaType, as the one JSON
// document of a run. The same value gives the same bytes.
func printJSON(env *Env, document any) error {
	text, err := json.Marshal(document, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = env.Stdout.Write(append(text, '\n'))
	return err
}
