package fakegithub

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// gitDir is the bare repository, to which tests may push by its path.
func (s *Server) gitDir(r *Repository) string {
	return filepath.Join(s.dir, "git", r.Owner, r.Name+".git")
}

// GitDir is where the repository's git data is.
func (s *Server) GitDir(owner, name string) string {
	return s.gitDir(&Repository{Owner: owner, Name: name})
}

func (s *Server) initGit(r *Repository) error {
	dir := s.gitDir(r)
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	_, err := s.git(filepath.Dir(dir), "init", "--quiet", "--bare", "--initial-branch", r.DefaultBranch, dir)
	return err
}

// git runs git on a bare repository, as nobody in particular.
func (s *Server) git(dir string, args ...string) (string, error) {
	out, err := s.gitBytes(dir, args...)
	return strings.TrimSpace(string(out)), err
}

func (s *Server) gitBytes(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = s.gitEnvironment()
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out, nil
}

func (s *Server) gitEnvironment() []string {
	at := s.now().Format("2006-01-02T15:04:05Z")
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + os.DevNull,
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Somebody", "GIT_AUTHOR_EMAIL=somebody@example.com", "GIT_AUTHOR_DATE=" + at,
		"GIT_COMMITTER_NAME=Somebody", "GIT_COMMITTER_EMAIL=somebody@example.com", "GIT_COMMITTER_DATE=" + at,
	}
}

// Commit puts an empty commit on the repository's default branch, and returns
// it; tests that want files push some.
func (s *Server) Commit(owner, name, message string) (sha string, err error) {
	s.mu.Lock()
	r := s.state.Repositories[key(owner, name)]
	s.mu.Unlock()
	if r == nil {
		return "", fmt.Errorf("no repository %s/%s", owner, name)
	}
	dir, branch := s.gitDir(r), "refs/heads/"+r.DefaultBranch
	tree, err := s.git(dir, "hash-object", "-t", "tree", "-w", os.DevNull)
	if err != nil {
		return "", err
	}
	args := []string{"commit-tree", tree, "-m", message}
	if parent, err := s.git(dir, "rev-parse", "--verify", "--quiet", branch); err == nil {
		args = append(args, "-p", parent)
	}
	if sha, err = s.git(dir, args...); err != nil {
		return "", err
	}
	_, err = s.git(dir, "update-ref", branch, sha)
	return sha, err
}

// Tag points a tag at a commit, annotated where a message is given. A tag that
// is there is moved.
func (s *Server) Tag(owner, name, tag, commit, message string) error {
	args := []string{"tag", "--force"}
	if message != "" {
		args = append(args, "--annotate", "--message", message)
	}
	_, err := s.git(s.GitDir(owner, name), append(args, tag, commit)...)
	return err
}

// makeTag makes the tag of a release that is published, if it is not there.
func (s *Server) makeTag(in *Repository, release *Release) error {
	dir, ref := s.gitDir(in), "refs/tags/"+release.Tag
	if _, err := s.git(dir, "rev-parse", "--verify", "--quiet", ref); err == nil {
		return nil
	}
	if strings.HasPrefix(release.Target, "-") {
		return errors.New("not a commit")
	}
	commit, err := s.git(dir, "rev-parse", "--verify", "--quiet", release.Target+"^{commit}")
	if err != nil {
		return err
	}
	_, err = s.git(dir, "update-ref", ref, commit)
	return err
}

func (s *Server) getRef(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	ref := "refs/" + r.PathValue("ref")
	sha, err := s.git(s.gitDir(in), "rev-parse", "--verify", "--quiet", ref)
	if err != nil {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	object, err := s.object(in, sha)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	give(w, http.StatusOK, document{
		"ref": ref, "node_id": nodeID("REF", in.ID), "url": in.apiURL() + "/git/" + ref, "object": object,
	})
}

func (s *Server) object(in *Repository, sha string) (document, error) {
	kind, err := s.git(s.gitDir(in), "cat-file", "-t", sha)
	return document{"sha": sha, "type": kind, "url": in.apiURL() + "/git/" + kind + "s/" + sha}, err
}

func (s *Server) getTag(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	sha := r.PathValue("sha")
	content, err := s.git(s.gitDir(in), "cat-file", "tag", sha)
	if err != nil || strings.HasPrefix(sha, "-") {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	header, message, _ := strings.Cut(content, "\n\n")
	fields := map[string]string{}
	for line := range strings.Lines(header) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		fields[name] = value
	}
	give(w, http.StatusOK, document{
		"sha": sha, "node_id": nodeID("TA", in.ID), "url": in.apiURL() + "/git/tags/" + sha,
		"tag": fields["tag"], "message": message,
		"tagger":       document{"name": "Somebody", "email": "somebody@example.com", "date": s.now()},
		"object":       document{"sha": fields["object"], "type": fields["type"], "url": in.apiURL() + "/git/" + fields["type"] + "s/" + fields["object"]},
		"verification": document{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
	})
}

// isGit tells git's requests from those for pages and files.
func isGit(rest string) bool {
	return rest == "info/refs" || rest == "git-upload-pack" || rest == "git-receive-pack" || rest == "HEAD" || strings.HasPrefix(rest, "objects/")
}

// serveGit has git itself answer, by the smart protocol; pushing takes a token
// that may write.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request, in *Repository, rest string) {
	pushes := rest == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	if pushes && !s.token(r).may("contents", "write") {
		w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		http.Error(w, "authentication is needed", http.StatusUnauthorized)
		return
	}
	backend, err := s.git(s.dir, "--exec-path")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	// The folder's name is the one that the repository was made with.
	r = r.Clone(r.Context())
	r.URL.Path = "/" + in.Owner + "/" + in.Name + ".git/" + rest
	env := append(s.gitEnvironment(), "GIT_PROJECT_ROOT="+filepath.Join(s.dir, "git"), "GIT_HTTP_EXPORT_ALL=1")
	if pushes {
		env = append(env, "REMOTE_USER=somebody")
	}
	if r.ContentLength < 0 {
		// A large pack comes in chunks, and CGI knows none.
		whole, err := os.CreateTemp(s.dir, "pack-")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer os.Remove(whole.Name())
		defer whole.Close()
		if r.ContentLength, err = io.Copy(whole, r.Body); err == nil {
			_, err = whole.Seek(0, io.SeekStart)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.TransferEncoding = whole, nil
	}
	(&cgi.Handler{Path: filepath.Join(backend, "git-http-backend"), Dir: s.dir, Env: env}).ServeHTTP(w, r)
}
