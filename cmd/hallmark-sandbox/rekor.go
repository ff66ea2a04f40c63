package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix/app"
)

// rekorVerb is the hidden first argument with which this binary is Rekor.
const rekorVerb = "rekor-tiles-server"

// The shortest checkpoint interval that the posix log accepts, and a batch that
// does not make an entry wait for company. Upstream still looks for the new
// checkpoint only once a second, which is what an entry costs here.
const (
	checkpointInterval = 100 * time.Millisecond
	batchMaxAge        = 50 * time.Millisecond
)

// rekorServer is upstream's Rekor v2 server over a directory. It runs in a
// process of its own because it takes its arguments from os.Args, ends the
// process on any error and cannot be stopped otherwise.
type rekorServer struct {
	public  crypto.PublicKey
	keyFile string
	storage string
	log     io.Writer

	cmd     *exec.Cmd
	backend *url.URL
	exited  chan struct{} // closed when the process is gone
}

// rekorMain is the child's main: upstream's own command line.
func rekorMain(args []string) {
	os.Args = append([]string{"rekor-server", "serve"}, args...)
	app.Execute()
}

// launchRekor starts the server and returns while it still comes up. Its
// checkpoints are signed under the name origin, which verifiers take from the
// host of the log's URL.
func launchRekor(dir, origin string, log io.Writer) (*rekorServer, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("rekor: %w", err)
	}
	key, err := privateKeyPEM(private)
	if err != nil {
		return nil, fmt.Errorf("rekor: %w", err)
	}
	r := &rekorServer{
		public:  public,
		keyFile: filepath.Join(dir, "rekor.key"),
		storage: filepath.Join(dir, "rekor"),
		log:     log,
	}
	if err := os.WriteFile(r.keyFile, key, 0o600); err != nil {
		return nil, fmt.Errorf("rekor: %w", err)
	}
	return r, r.launch(origin)
}

func (r *rekorServer) launch(origin string) error {
	ports, err := freePorts(3)
	if err != nil {
		return fmt.Errorf("rekor: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("rekor: %w", err)
	}
	r.backend = &url.URL{Scheme: "http", Host: net.JoinHostPort(loopback, ports[0])}
	r.cmd = exec.Command(self, rekorVerb,
		"--hostname", origin,
		"--signer-filepath", r.keyFile,
		"--storage-dir", r.storage,
		"--http-address", loopback, "--http-port", ports[0],
		"--grpc-address", loopback, "--grpc-port", ports[1],
		"--http-metrics-port", ports[2],
		"--checkpoint-interval", checkpointInterval.String(),
		"--batch-max-age", batchMaxAge.String(),
	)
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	// A group of its own keeps a terminal's Ctrl-C away from it: the sandbox
	// decides when it ends. Pdeathsig is for the sandbox that cannot decide.
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("rekor: %w", err)
	}
	exited := make(chan struct{})
	r.exited = exited
	go func(cmd *exec.Cmd) {
		defer close(exited)
		_ = cmd.Wait()
	}(r.cmd)
	return nil
}

// ready waits until the server answers. The server refuses to choose its ports,
// and another process may take the ones chosen for it before it listens: then
// it ends, and is launched again with others.
func (r *rekorServer) ready(ctx context.Context, origin string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for launches := 1; ; {
		select {
		case <-r.exited:
			if launches == 3 {
				return errors.New("rekor: the server ended while it started (--verbose shows its log)")
			}
			launches++
			if err := r.launch(origin); err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("rekor: no answer: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
			if r.healthy(ctx) {
				return nil
			}
		}
	}
}

func (r *rekorServer) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.backend.JoinPath("healthz").String(), nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// stop kills the server: nothing that it could still write is wanted.
func (r *rekorServer) stop() {
	_ = r.cmd.Process.Kill()
	<-r.exited
}

// front adds the read path, which the posix server leaves to whatever serves
// its directory.
func (r *rekorServer) front() http.Handler {
	write := httputil.NewSingleHostReverseProxy(r.backend)
	read := http.StripPrefix("/api/v2/", http.FileServer(http.Dir(r.storage)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, "/api/v2/")
		if ok && (name == "checkpoint" || strings.HasPrefix(name, "tile/")) {
			// A checkpoint read twice may have grown.
			w.Header().Set("Cache-Control", "no-store")
			read.ServeHTTP(w, r)
			return
		}
		write.ServeHTTP(w, r)
	})
}

// freePorts returns ports that were free a moment ago.
func freePorts(n int) ([]string, error) {
	ports := make([]string, n)
	for i := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports[i] = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
