package cli

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/weather"
)

// gitHub asks GitHub as anybody, or with the token of the environment.
func (env *Env) gitHub(retryFor time.Duration) (*forge.Client, error) {
	if server := env.getenv("GITHUB_SERVER_URL"); server != "" && server != "https://github.com" {
		return nil, usagef("this job runs on %s, and only github.com is known", shown(server))
	}
	token, err := env.gitHubToken()
	if err != nil {
		return nil, err
	}
	transport := env.transport(retryFor)
	transport.MaxBody = forge.MaxAnswer + 1 // for the client to see that it is too much
	transport.Limit = forge.RateLimit
	return &forge.Client{
		API:       transport,
		Transfer:  env.Network,
		Repeat:    transport.Repeat,
		Token:     token,
		UserAgent: "hallmark/" + cmp.Or(env.Version, "devel"),
	}, nil
}

// gitHubTokens are the variables that may hold a token for GitHub.
var gitHubTokens = []string{"GITHUB_TOKEN", "GH_TOKEN"}

// gitHubToken reads the token, and takes it out of the environment: no program
// that is started is to have it.
func (env *Env) gitHubToken() (string, error) {
	token := ""
	for _, name := range gitHubTokens {
		token = cmp.Or(token, strings.TrimSpace(env.getenv(name)))
		if err := env.Unsetenv(name); err != nil {
			return "", err
		}
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", usagef("the token in %s holds what no token does", strings.Join(gitHubTokens, " or "))
	}
	return token, nil
}

// writeHint says what a job or a person lacks that may not write to a repository.
func (env *Env) writeHint(err error, token string, permissions ...string) error {
	status, refused := errors.AsType[*forge.StatusError](err)
	switch {
	case token == "" && (errors.Is(err, forge.ErrDenied) || errors.Is(err, forge.ErrNotFound)):
		return withHint(&usageError{err}, "GITHUB_TOKEN or GH_TOKEN with a token that may write to the repository")
	case refused && status.Code == 401:
		return withHint(&usageError{err}, "GitHub does not know the token in GITHUB_TOKEN or GH_TOKEN: it may have expired")
	case errors.Is(err, forge.ErrDenied) && env.getenv("GITHUB_ACTIONS") == "true":
		return withLines(&usageError{err}, "the job may not write there: add to it", append([]string{"permissions:"}, permissions...)...)
	case errors.Is(err, forge.ErrDenied):
		return withHint(&usageError{err}, "the token must be allowed to write: %s", strings.TrimSpace(strings.Join(permissions, ",")))
	}
	return limitHint(err, token)
}

// limitHint says how GitHub is to be asked more often.
func limitHint(err error, token string) error {
	if gone, ok := errors.AsType[*weather.Error](err); ok && token == "" && strings.Contains(gone.Status, "rate limit") {
		return withHint(err, "GITHUB_TOKEN with any token raises the limit; none is needed otherwise")
	}
	return err
}
