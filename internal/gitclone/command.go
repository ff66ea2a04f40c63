package gitclone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const maxOutput = 64 << 20

var (
	// errNothing is git's status 1 without a complaint: the answer is no.
	errNothing = errors.New("not there")
	errOutput  = fmt.Errorf("git prints more than %d bytes", maxOutput)
)

// command is git, and what keeps it from running anything else.
type command struct {
	path        string
	dir         string
	options     []string
	environment []string
}

func newCommand(o Options) (*command, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("git is needed to read a project's history: %w", err)
	}
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("git found at %s: only absolute folders of PATH are used", path)
	}
	g := &command{path: path, options: []string{
		"--no-pager", "--no-replace-objects", "--literal-pathspecs",
		"-c", "core.hooksPath=" + null,
		"-c", "core.fsmonitor=false",
		"-c", "core.attributesFile=" + null,
		"-c", "credential.helper=",
		"-c", "gc.auto=0",
		"-c", "maintenance.auto=false",
		"-c", "submodule.recurse=false",
		"-c", "http.followRedirects=initial",
		"-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30",
		"-c", "protocol.allow=never",
		"-c", "protocol.https.allow=always",
	}}
	for _, p := range o.Protocols {
		g.options = append(g.options, "-c", "protocol."+p+".allow=always")
	}
	g.environment = append([]string{
		"PATH=" + filepath.Dir(path),
		"HOME=" + null,
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_SYSTEM=" + null,
		"GIT_CONFIG_GLOBAL=" + null,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ASKPASS=",
	}, o.Environment...)
	return g, nil
}

// line runs git and returns the one line that it prints.
func (g *command) line(ctx context.Context, args ...string) (string, error) {
	out, err := g.run(ctx, nil, args...)
	if err != nil {
		return "", err
	}
	line := strings.TrimSuffix(string(out), "\n")
	if line == "" || strings.ContainsAny(line, "\n\x00") {
		return "", fmt.Errorf("git %s: want one line, got %.200q", args[0], line)
	}
	return line, nil
}

func (g *command) run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	stdout, stderr := &capped{limit: maxOutput}, &capped{limit: 64 << 10}
	cmd := exec.CommandContext(ctx, g.path, append(append([]string{}, g.options...), args...)...)
	cmd.Dir = g.dir
	cmd.Env = g.environment
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), stdout, stderr
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
		return nil, fmt.Errorf("git %s: %.500s", args[0], lastLine(complaint, exit.String()))
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return stdout.Bytes(), nil
}

// lastLine is where git says why; before it, what it was about.
func lastLine(complaint, otherwise string) string {
	if complaint == "" {
		return otherwise
	}
	return complaint[strings.LastIndexByte(complaint, '\n')+1:]
}

// capped keeps what comes up to a limit and swallows the rest, so that git
// never blocks on a full pipe.
type capped struct {
	bytes.Buffer
	limit int
	full  bool
}

func (c *capped) Write(p []byte) (int, error) {
	room := c.limit - c.Len()
	if len(p) > room {
		c.full = true
		c.Buffer.Write(p[:room])
		return len(p), nil
	}
	return c.Buffer.Write(p)
}
