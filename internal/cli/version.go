package cli

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
)

// versionDocument is the JSON of `hallmark version`; docs/schema/version.v1.json
// describes it.
type versionDocument struct {
	MediaType string `json:"mediaType"`
	Version   string `json:"version"`
	Commit    string `json:"commit,omitempty"`
	Go        string `json:"go"`
	Platform  string `json:"platform"`
}

func versionCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print which hallmark this is",
		UsageText: "hallmark version\nhallmark version --format json\nhallmark --version",
		Flags:     []cli.Flag{formatFlag("text", "json")},
		Action: func(c *cli.Context) error {
			doc := versionDocument{
				MediaType: "application/vnd.hallmark.version.v1+json",
				Version:   env.Version,
				Commit:    env.Commit,
				Go:        runtime.Version(),
				Platform:  runtime.GOOS + "/" + runtime.GOARCH,
			}
			if c.String("format") == "json" {
				return report.WriteJSON(env.Stdout, doc)
			}
			return printVersion(env, doc)
		},
	}
}

func printVersion(env *Env, doc versionDocument) error {
	commit := doc.Commit
	if commit == "" {
		commit = "not stamped"
	}
	_, err := fmt.Fprintf(env.Stdout, "hallmark %s\n  commit    %s\n  go        %s\n  platform  %s\n",
		doc.Version, commit, doc.Go, doc.Platform)
	return err
}
