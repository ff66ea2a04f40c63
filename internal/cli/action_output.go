package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
)

// output is one output of a step.
type output struct{ name, value string }

// setOutputs appends to the outputs of the step that this run is part of, if it
// is part of one. The delimiter cannot be foreseen, so no value can end itself
// and begin another output; values have one line, as those who read them expect.
func (env *Env) setOutputs(outputs ...output) error {
	path := env.getenv("GITHUB_OUTPUT")
	if path == "" {
		return nil
	}
	var b strings.Builder
	for _, o := range outputs {
		if strings.ContainsAny(o.value, "\r\n") {
			return fmt.Errorf("output %s: %s has several lines", o.name, shown(o.value))
		}
		delimiter := rand.Text()
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", o.name, delimiter, o.value, delimiter)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(b.String())
	return errors.Join(err, f.Close())
}
