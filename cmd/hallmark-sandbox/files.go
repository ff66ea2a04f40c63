package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// The files of a sandbox's directory.
const (
	envFile             = "env"
	caFile              = "ca.pem"
	trustedRootFile     = "trusted_root.json"
	signingConfigFile   = "signing_config.json"
	signingConfigV1File = "signing_config_v1.json"
	tufDir              = "tuf"
	eventFile           = "event.json"
	requestsFile        = "requests.log"
	runnerTemp          = "runner_temp"
	noCertificates      = "no_certificates" // an empty folder
)

// makeDir makes the folder and the files that a job finds there before it does
// anything.
func (s *Sandbox) makeDir() error {
	dir := s.options.Dir
	for _, name := range []string{"", runnerTemp, noCertificates} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	// An environment of an earlier run names ports that are gone.
	if err := os.Remove(filepath.Join(dir, envFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, name := range []string{"github_step_summary", "github_output", "github_env", "github_path"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			return err
		}
	}
	event, err := s.options.Job.event()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, eventFile), event, 0o644); err != nil {
		return err
	}
	s.requests, err = newRequestLog(filepath.Join(dir, requestsFile), s.options.Verbose)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, s.requests.close)
	return nil
}

// writeTrust writes the trusted root and the signing config, as files and as
// targets of the TUF repository.
func (s *Sandbox) writeTrust(t *trust) error {
	trustedRoot, err := t.trustedRoot()
	if err != nil {
		return err
	}
	signingConfig, err := t.signingConfig(t.rekor)
	if err != nil {
		return err
	}
	files := map[string][]byte{trustedRootFile: trustedRoot, signingConfigFile: signingConfig}
	if s.options.Rekor == rekorBoth {
		// Clients that know v2 prefer it: to sign with v1 they have to be told
		// of nothing else.
		v1 := slices.DeleteFunc(slices.Clone(t.rekor), func(l rekorLog) bool { return l.version != 1 })
		if files[signingConfigV1File], err = t.signingConfig(v1); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(s.options.Dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return writeTUF(filepath.Join(s.options.Dir, tufDir), map[string][]byte{
		"trusted_root.json":        trustedRoot,
		"signing_config.v0.2.json": signingConfig,
	})
}
