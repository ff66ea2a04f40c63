package cli

import (
	"io"
	"os"
)

// addJobSummary appends to the summary of the step that this run is part of, if
// it is part of one. A summary is no result: that it cannot be written is a
// warning.
func (env *Env) addJobSummary(write func(io.Writer) error) {
	path := env.getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		err = write(f)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		env.warnf("no job summary: %v", err)
	}
}
