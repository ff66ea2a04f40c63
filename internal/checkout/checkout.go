// Package checkout reads what a local git working tree says about itself.
//
// It stands apart because it is the one place that runs another program to
// learn about a build: provenance is pure and takes the answer as a plain
// struct, artifacts are files whatever folder they lie in, and the forge is
// asked over HTTP.
//
// A working tree may have come from anywhere, an unpacked archive with a .git
// folder of its own included, and git's configuration can name programs to run.
// So git is looked up in PATH only at absolute places, gets an environment of
// its own in which no system and no user configuration is read, and every key
// of the repository's configuration that makes a read-only command run
// something is overridden. It has ten seconds and a megabyte of output.
package checkout

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/hallmark-project/hallmark/provenance"
)

// Read describes the working tree that holds dir.
func Read(ctx context.Context, dir string) (provenance.Git, error) {
	git, err := open(ctx, dir)
	if err != nil {
		return provenance.Git{}, err
	}
	var facts provenance.Git
	if facts.Commit, err = git.line(ctx, "rev-parse", "--verify", "HEAD^{commit}"); err != nil {
		return provenance.Git{}, fmt.Errorf("%s: no commit is checked out: %w", dir, err)
	}
	if facts.Ref, err = git.ref(ctx); err != nil {
		return provenance.Git{}, err
	}
	if facts.Remote, err = git.remote(ctx, facts.Ref); err != nil {
		return provenance.Git{}, err
	}
	// A submodule has a configuration of its own, so git must not read its
	// files: only the commit that it stands at counts.
	changes, err := git.run(ctx, "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--ignore-submodules=dirty", "--no-renames")
	switch {
	case errors.Is(err, errOutput):
		facts.Dirty = true // what overflows the buffer is not empty
	case err != nil:
		return provenance.Git{}, err
	default:
		facts.Dirty = len(changes) > 0
	}
	return facts, nil
}

// Remote is where the working tree that holds dir comes from, with or without a
// commit: the URL of the remote that its branch follows, else of origin, "" if
// there is none.
func Remote(ctx context.Context, dir string) (string, error) {
	git, err := open(ctx, dir)
	if err != nil {
		return "", err
	}
	branch, err := git.branch(ctx)
	if err != nil {
		return "", err
	}
	return git.remote(ctx, branch)
}

// ref prefers a tag on the commit, which is what a release is built from, then
// the branch; a detached HEAD without a tag has none.
func (g *command) ref(ctx context.Context) (string, error) {
	tags, err := g.run(ctx, "for-each-ref", "--points-at=HEAD", "--sort=-creatordate", "--count=1", "--format=%(refname)", "refs/tags/")
	if err != nil {
		return "", err
	}
	if tag := strings.TrimSpace(string(tags)); tag != "" {
		return tag, nil
	}
	return g.branch(ctx)
}

// branch is the ref that is checked out, "" where HEAD is detached.
func (g *command) branch(ctx context.Context) (string, error) {
	branch, err := g.line(ctx, "symbolic-ref", "--quiet", "HEAD")
	if errors.Is(err, errNothing) {
		return "", nil
	}
	return branch, err
}

// remote is the URL of the remote that the branch follows, else of origin.
func (g *command) remote(ctx context.Context, ref string) (string, error) {
	name := "origin"
	if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		follows, err := g.line(ctx, "config", "--get", "branch."+branch+".remote")
		switch {
		case err == nil && follows != ".":
			name = follows
		case err != nil && !errors.Is(err, errNothing):
			return "", err
		}
	}
	url, err := g.line(ctx, "config", "--get", "remote."+name+".url")
	if errors.Is(err, errNothing) {
		return "", nil
	}
	return url, err
}

// running matches the keys of a repository's own configuration that name a
// program which reading commands would run on the content of files.
const running = `^(filter\..*\.(clean|smudge|process|required)|diff\..*\.(textconv|command))$`

var keyPattern = regexp.MustCompile(`^(filter|diff)\.[^\x00-\x1f=]+\.[a-z]+$`)

// quiet finds those keys and returns options that empty each of them.
func (g *command) quiet(ctx context.Context) ([]string, error) {
	names, err := g.run(ctx, "config", "-z", "--name-only", "--get-regexp", running)
	if err != nil && !errors.Is(err, errNothing) {
		return nil, err
	}
	var options []string
	for key := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		switch {
		case key == "":
		case !keyPattern.MatchString(key):
			return nil, fmt.Errorf("git configuration key %q cannot be switched off", key)
		default:
			options = append(options, "-c", key+"=")
		}
	}
	return options, nil
}
