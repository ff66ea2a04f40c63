package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Options say what to start.
type Options struct {
	Job      Job
	Issuer   string
	Person   string // who signs in at the interactive issuer, an e-mail address
	TokenTTL time.Duration
	Rekor    string // v2, v1 or both
	Dir      string // where the files go; absolute
	GitHub   string // the folder of a fake GitHub; absolute, none if empty
	Verbose  bool

	issuerHost  string            // of Issuer, lower case
	permissions map[string]string // of the job's token at the fake GitHub
}

// Sandbox is a running Sigstore. It knows how to end everything it began.
type Sandbox struct {
	// Environment is that of the job.
	Environment []variable
	// Failed is closed when a part ended that should not have.
	Failed <-chan struct{}

	options  Options
	requests *requestLog
	closers  []func()
}

// Start starts all services, writes the files and returns when everything
// answers. State that nobody needs to see goes to the folder private. The
// context ends the start, not what was started.
func Start(ctx context.Context, private string, o Options) (*Sandbox, error) {
	s := &Sandbox{options: o}
	if err := s.start(ctx, private); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close stops what Start started, in reverse.
func (s *Sandbox) Close() {
	for _, stop := range slices.Backward(s.closers) {
		stop()
	}
	s.closers = nil
}

func (s *Sandbox) start(ctx context.Context, private string) error {
	o := s.options
	running := context.WithoutCancel(ctx)
	if err := s.makeDir(); err != nil {
		return err
	}
	t := &trust{start: time.Now().Add(-backdate)}

	// Rekor takes longest to come up, so it is launched first and met last.
	v2, err := s.launchRekor(private)
	if err != nil {
		return err
	}
	issuer := newIssuer(o.Issuer, &s.options.Job, o.TokenTTL)
	discovery, err := issuer.discovery()
	if err != nil {
		return err
	}
	issuerURL, err := s.serve("issuer", discovery)
	if err != nil {
		return err
	}
	tokenURL, err := s.serve("token", http.HandlerFunc(issuer.tokenEndpoint))
	if err != nil {
		return err
	}
	people := newPersonIssuer(o.Person, o.TokenTTL)
	if people.url, err = s.serve("person", people.handler()); err != nil {
		return err
	}
	t.oidcURL = people.url
	trillian, err := startTrillian(running)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, trillian.stop)
	if err := s.startFulcio(running, private, trillian, issuerURL, t); err != nil {
		return err
	}
	if err := s.startTimestampAuthority(private, t); err != nil {
		return err
	}
	registryURL, err := s.serve("registry", newRegistry())
	if err != nil {
		return err
	}
	if err := s.meetRekor(ctx, private, v2, trillian, t); err != nil {
		return err
	}
	if err := s.writeTrust(t); err != nil {
		return err
	}
	tufURL, err := s.serve("tuf", http.FileServer(http.Dir(filepath.Join(o.Dir, tufDir))))
	if err != nil {
		return err
	}
	github, err := s.joinGitHub()
	if err != nil {
		return err
	}
	proxyURL, err := s.startProxy(discovery, github)
	if err != nil {
		return err
	}
	for _, key := range []func() (*signingKey, error){issuer.signing, people.signing} {
		if _, err := key(); err != nil {
			return err
		}
	}

	workspace, err := os.Getwd()
	if err != nil {
		return err
	}
	s.Environment = s.options.Job.environment(endpoints{
		dir:       o.Dir,
		workspace: workspace,
		token:     tokenURL + "/token?api-version=2.0",
		bearer:    issuer.bearer,
		person:    people.url,
		proxy:     proxyURL,
		registry:  registryURL[len("http://"):],
		tufRepo:   tufURL,
	})
	s.Environment = append(s.Environment, github.environment(o)...)
	return writeEnvironment(filepath.Join(o.Dir, envFile), s.Environment)
}
