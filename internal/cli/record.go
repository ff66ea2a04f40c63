package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/provenance"
)

// recordFlags are what the owner of a build may add to what its platform says.
func recordFlags() []cli.Flag {
	return []cli.Flag{
		newListFlag("param", groupBuilt, "record a choice as `NAME=VALUE`"),
		newListFlag("material", groupBuilt, "record that `URI[@ALG:HEX]` went in"),
		newListFlag("lockfile", groupBuilt, "record all packages that lock `FILE` pins"),
		newListFlag("byproduct", groupBuilt, "record the digest of `FILE`, a log for example"),
		&cli.StringFlag{Name: "builder-id", Category: groupBuilt, Usage: "say that `URI` built it"},
		&cli.StringFlag{Name: "build-type", Category: groupBuilt, Usage: "say that `URI` defines the parameters"},
		&cli.StringFlag{Name: "started", Category: groupBuilt, Usage: "say when the build began, as `RFC3339`"},
		&cli.StringFlag{Name: "finished", Category: groupBuilt, Usage: "say when the build ended, as `RFC3339`"},
	}
}

// recordFlagNames are for commands that must know whether one was given.
var recordFlagNames = []string{"param", "material", "lockfile", "byproduct", "builder-id", "build-type", "started", "finished"}

// extras reads the flags of recordFlags and the files that they name.
func (env *Env) extras(ctx context.Context, c *cli.Context) (provenance.Extras, error) {
	extras := provenance.Extras{BuilderID: c.String("builder-id"), BuildType: c.String("build-type")}
	var err error
	if extras.Params, err = params(c.StringSlice("param")); err != nil {
		return extras, err
	}
	if extras.Materials, err = materials(c.StringSlice("material"), c.StringSlice("lockfile")); err != nil {
		return extras, err
	}
	if extras.Byproducts, err = byproducts(ctx, c.StringSlice("byproduct")); err != nil {
		return extras, err
	}
	if extras.StartedOn, err = moment(c, "started"); err != nil {
		return extras, err
	}
	if extras.FinishedOn, err = moment(c, "finished"); err != nil {
		return extras, err
	}
	if !extras.FinishedOn.IsZero() && extras.FinishedOn.Before(extras.StartedOn) {
		return extras, usagef("--finished %s is before --started %s", c.String("finished"), c.String("started"))
	}
	return extras, nil
}

// params does not repeat what has no name: it may be a secret.
func params(given []string) (map[string]string, error) {
	all := make(map[string]string)
	for _, one := range given {
		name, value, ok := strings.Cut(one, "=")
		if !ok || name == "" {
			return nil, withHint(usagef("one --param is not NAME=VALUE"), "--param NAME= records that it is empty")
		}
		if _, twice := all[name]; twice {
			return nil, usagef("--param %s twice", shown(name))
		}
		all[name] = value
	}
	return all, nil
}

func materials(uris, lockfiles []string) ([]*intoto.ResourceDescriptor, error) {
	var all []*intoto.ResourceDescriptor
	for _, one := range uris {
		m, err := provenance.ParseMaterial(one)
		if err != nil {
			return nil, withHint(usagef("--material: %w", err), "--material URI or URI@sha256:HEX, for example pkg:generic/tool@1.0@sha256:...")
		}
		all = append(all, m)
	}
	for _, path := range lockfiles {
		data, err := readBounded("--lockfile", path, provenance.MaxLockfile)
		if err != nil {
			return nil, err
		}
		found, err := provenance.ParseLockfile(path, data)
		if err != nil {
			return nil, &usageError{err}
		}
		all = append(all, found...)
	}
	return all, nil
}

func byproducts(ctx context.Context, paths []string) ([]*intoto.ResourceDescriptor, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	set, err := artifact.Collect(ctx, paths, artifact.Options{})
	if err != nil {
		return nil, fmt.Errorf("--byproduct: %w", err)
	}
	var all []*intoto.ResourceDescriptor
	for _, a := range set.Artifacts {
		if !a.Explicit {
			return nil, usagef("--byproduct %s: name each file", shown(a.Name))
		}
		all = append(all, a.ResourceDescriptor)
	}
	return all, nil
}

func moment(c *cli.Context, flag string) (time.Time, error) {
	value := c.String(flag)
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil || t.Unix() <= 0 {
		return time.Time{}, withHint(usagef("--%s %s is no time of a build", flag, shown(value)), "--%s 2026-11-20T14:02:11Z", flag)
	}
	return t, nil
}

// readBounded reads a small file that a flag names.
func readBounded(flag, path string, limit int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("%s: %w", flag, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", flag, shown(path), err)
	}
	if len(data) > limit {
		return nil, usagef("%s %s: larger than %d bytes", flag, shown(path), limit)
	}
	return data, nil
}

// record adds extras to the facts of a build.
func record(build *provenance.Build, extras provenance.Extras) error {
	err := build.Add(extras)
	if err == nil {
		return nil
	}
	var secret *provenance.SecretError
	if errors.As(err, &secret) && secret.Kind == "input" {
		return withHint(&usageError{err}, "take it out of the workflow's inputs, hand it over as a secret and revoke it; if it is none, give the input another name or the value another form")
	}
	return &usageError{err}
}

// dispatched are the inputs of a run that a person started by hand. The event's
// kind is the token's word; what it holds is the word of a file that earlier
// steps could reach.
func (env *Env) dispatched(claims provenance.Claims) (map[string]any, error) {
	if claims.EventName != "workflow_dispatch" {
		return nil, nil
	}
	path := env.getenv("GITHUB_EVENT_PATH")
	if path == "" {
		return nil, usagef("GITHUB_EVENT_PATH is not set: the inputs of this run cannot be recorded")
	}
	data, err := readBounded("GITHUB_EVENT_PATH", path, maxEvent)
	if err != nil {
		return nil, err
	}
	event, err := provenance.ParseEvent(data)
	if err != nil {
		return nil, &usageError{err}
	}
	if event.Repository != "" && event.Repository != claims.Repository {
		return nil, usagef("the job's token and its event disagree: claim repository is %s, the event's is %s",
			shown(claims.Repository), shown(event.Repository))
	}
	return event.Inputs, nil
}

// given returns the first of the flags that the command line holds.
func given(c *cli.Context, flags ...string) string {
	i := slices.IndexFunc(flags, c.IsSet)
	if i < 0 {
		return ""
	}
	return flags[i]
}
