package checkout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	timeout   = 10 * time.Second
	maxOutput = 1 << 20
)

var (
	// errNothing is git's status 1: the key, the ref is not there.
	errNothing = errors.New("not there")
	errOutput  = fmt.Errorf("git prints more than %d bytes", maxOutput)
)

// command is git in one working tree, with what keeps it from running anything
// else.
type command struct {
	path    string
	dir     string
	options []string
}

func open(ctx context.Context, dir string) (*command, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("git is needed to describe a checkout: %w", err)
	}
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("git found at %s: only absolute folders of PATH are used", path)
	}
	g := &command{path: path, dir: dir, options: []string{
		"--no-pager", "--no-replace-objects", "--literal-pathspecs",
		"-c", "core.hooksPath=" + os.DevNull,
		"-c", "core.fsmonitor=false",
		"-c", "core.untrackedCache=false",
		"-c", "protocol.allow=never",
		"-c", "submodule.recurse=false",
	}}
	quiet, err := g.quiet(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	g.options = append(g.options, quiet...)
	return g, nil
}

// environment is all that git gets: no GIT_ variable of the caller, no token.
// PATH holds git's own folder, for its own helpers.
func (g *command) environment() []string {
	return []string{
		"PATH=" + filepath.Dir(g.path),
		"HOME=" + os.DevNull,
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ASKPASS=",
	}
}

// line runs git and returns the one line that it prints.
func (g *command) line(ctx context.Context, args ...string) (string, error) {
	out, err := g.run(ctx, args...)
	if err != nil {
		return "", err
	}
	line := strings.TrimSuffix(string(out), "\n")
	if line == "" || strings.ContainsAny(line, "\n\x00") {
		return "", fmt.Errorf("git %s: want one line, got %q", args[0], line)
	}
	return line, nil
}

func (g *command) run(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("git %s: no answer in %s", args[0], timeout))
	defer cancel()
	stdout, stderr := &capped{}, &capped{}
	cmd := exec.CommandContext(ctx, g.path, append(append([]string{}, g.options...), args...)...)
	cmd.Dir = g.dir
	cmd.Env = g.environment()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if stdout.full {
		return nil, errOutput
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		complaint := strings.TrimSpace(stderr.String())
		if exit.ExitCode() == 1 && complaint == "" {
			return nil, errNothing
		}
		return nil, fmt.Errorf("git %s: %s", args[0], firstLine(complaint, exit.String()))
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return stdout.Bytes(), nil
}

func firstLine(complaint, otherwise string) string {
	line, _, _ := strings.Cut(complaint, "\n")
	if line == "" {
		return otherwise
	}
	return line
}

// capped keeps the first megabyte and swallows the rest, so that git never
// blocks on a full pipe.
type capped struct {
	bytes.Buffer
	full bool
}

func (c *capped) Write(p []byte) (int, error) {
	room := maxOutput - c.Len()
	if len(p) > room {
		c.full = true
		c.Buffer.Write(p[:room])
		return len(p), nil
	}
	return c.Buffer.Write(p)
}
