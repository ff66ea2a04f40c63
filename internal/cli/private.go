package cli

import (
	"context"
	"encoding/json"
	"io"
	"os"

	"github.com/urfave/cli/v2"
)

// guardPrivate asks before a public log is told anything of a private
// repository: what it is told stands there for ever.
func (s *signing) guardPrivate(ctx context.Context, c *cli.Context) error {
	if c.Bool("yes-public-log") || s.signer.NoLog {
		return nil
	}
	visibility, told := "", "the digests of its artifacts"
	switch {
	case s.key == nil:
		told = "its name, workflow and commit"
		if err := s.ids.fetch(ctx); err != nil {
			return err
		}
		visibility = s.ids.token.Claims().SourceVisibility()
	default:
		visibility = s.ids.env.eventVisibility()
	}
	if visibility == "" || visibility == "public" {
		return nil
	}
	return withHint(usagef("the source repository is %s: signing would publish %s in a log for ever", shown(visibility), told),
		"--yes-public-log if that is meant, or --signing-config FILE with it for a Sigstore of your own")
}

// maxEvent bounds a job's event file; GitHub's own bound on payloads is lower.
const maxEvent = 32 << 20

// eventVisibility is what the event that started a job of GitHub Actions says of
// its repository: a key that signs knows nothing of it. It is "" where there is
// no job or its event does not say.
func (env *Env) eventVisibility() string {
	if env.getenv("GITHUB_ACTIONS") != "true" {
		return ""
	}
	f, err := os.Open(env.getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return ""
	}
	defer f.Close()
	var event struct {
		Repository struct {
			Visibility string `json:"visibility"`
			Private    bool   `json:"private"`
		} `json:"repository"`
	}
	if err := json.NewDecoder(io.LimitReader(f, maxEvent)).Decode(&event); err != nil {
		return ""
	}
	if event.Repository.Visibility == "" && event.Repository.Private {
		return "private"
	}
	return event.Repository.Visibility
}
