package cli

import "github.com/hallmark-project/hallmark/internal/report"

// textOptions say how results look on this run's stdout.
func (env *Env) textOptions() report.TextOptions {
	_, plain := env.LookupEnv("NO_COLOR")
	return report.TextOptions{Color: env.StdoutTerminal && !plain}
}
