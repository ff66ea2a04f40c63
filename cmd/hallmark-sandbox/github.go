package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// githubServer is the fake GitHub. It belongs to hallmark's module, whose
// requirements must not become this one's, so it is a program of its own that
// stands beside this one.
const githubServer = "hallmark-sandbox-github"

// gitHub is the running fake.
type gitHub struct {
	Address string   `json:"address"`
	Hosts   []string `json:"hosts"`

	token string // the job's
	stop  func()
}

// permissions reads contents:write,attestations:read.
func permissions(s string) (map[string]string, error) {
	may := map[string]string{}
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' }) {
		name, access, _ := strings.Cut(one, ":")
		if name == "" || access != "read" && access != "write" {
			return nil, fmt.Errorf("--permissions %q: want NAME:read or NAME:write, with commas between", s)
		}
		may[name] = access
	}
	return may, nil
}

// startGitHub starts the fake with the job's repository and a token of the job's.
// Its end of the pipe tells it when to end.
func startGitHub(o Options) (*gitHub, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	program := filepath.Join(filepath.Dir(self), githubServer)
	if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--github needs %s beside hallmark-sandbox: in hallmark's own folder, go build -o %s ./internal/forge/fakegithub/serve", githubServer, program)
	}
	cmd := exec.Command(program)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	orders, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	g := &gitHub{token: "ghs_" + rand.Text(), stop: func() {
		_ = orders.Close()
		_ = cmd.Wait()
	}}
	err = json.NewEncoder(orders).Encode(g.order(o))
	if err == nil {
		err = json.NewDecoder(said).Decode(g)
	}
	if err != nil {
		g.stop()
		return nil, fmt.Errorf("github: %w", err)
	}
	return g, nil
}

// order says what the fake is to know.
func (g *gitHub) order(o Options) any {
	_, name, _ := strings.Cut(o.Job.Repository, "/")
	id, _ := strconv.ParseInt(o.Job.RepositoryID, 10, 64) // checked to be numbers
	ownerID, _ := strconv.ParseInt(o.Job.OwnerID, 10, 64)
	return map[string]any{
		"dir": o.GitHub,
		"repository": map[string]any{
			"ID": id, "OwnerID": ownerID, "Owner": o.Job.Owner(), "Name": name, "Visibility": o.Job.Visibility,
		},
		"tokens": map[string]any{g.token: map[string]any{"Login": "github-actions[bot]", "Permissions": o.permissions}},
	}
}

// handler passes requests for one of the hosts on. A connection that the fake
// cuts is cut here too.
func (g *gitHub) handler(host string) (http.Handler, error) {
	to, err := url.Parse(g.Address)
	if err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = host
		},
		Transport:     &http.Transport{DisableCompression: true}, // which knows of no proxy
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}, nil
}

// joinGitHub starts the fake where one is wanted.
func (s *Sandbox) joinGitHub() (*gitHub, error) {
	if s.options.GitHub == "" {
		return nil, nil
	}
	g, err := startGitHub(s.options)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, g.stop)
	return g, nil
}

// environment is what a job has to reach GitHub; without --github it has
// no token.
func (g *gitHub) environment(o Options) []variable {
	if g == nil {
		return nil
	}
	return []variable{{"GITHUB_TOKEN", g.token}, {"HALLMARK_SANDBOX_GITHUB", o.GitHub}}
}
