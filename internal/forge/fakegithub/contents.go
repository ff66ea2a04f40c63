package fakegithub

import (
	"encoding/base64"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// getContents gives a file of the git repository, at a commit, tag or branch.
func (s *Server) getContents(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	name, ref := r.PathValue("path"), or(r.URL.Query().Get("ref"), in.DefaultBranch)
	object := ref + ":" + name
	if strings.HasPrefix(ref, "-") {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	sha, err := s.git(s.gitDir(in), "rev-parse", "--verify", "--quiet", object)
	if err != nil {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	kind, err := s.git(s.gitDir(in), "cat-file", "-t", sha)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	if kind != "blob" {
		s.listFolder(w, in, name, ref, sha)
		return
	}
	content, err := s.gitBytes(s.gitDir(in), "cat-file", "blob", sha)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	d := entry(in, name, ref, sha, "file", len(content))
	d["encoding"], d["content"] = "base64", lines(base64.StdEncoding.EncodeToString(content))
	give(w, http.StatusOK, d)
}

func (s *Server) listFolder(w http.ResponseWriter, in *Repository, name, ref, tree string) {
	listed, err := s.git(s.gitDir(in), "ls-tree", "--long", tree)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	all := []document{}
	for line := range strings.Lines(listed) {
		facts, base, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		words := strings.Fields(facts) // mode, type, object, size
		kind := map[string]string{"blob": "file", "tree": "dir", "commit": "submodule"}[words[1]]
		size, _ := strconv.Atoi(words[3])
		all = append(all, entry(in, path.Join(name, base), ref, words[2], kind, size))
	}
	give(w, http.StatusOK, all)
}

// lines breaks base64 as GitHub does.
func lines(encoded string) string {
	var b strings.Builder
	for chunk := range slices.Chunk([]byte(encoded), 60) {
		b.Write(chunk)
		b.WriteByte('\n')
	}
	return b.String()
}

func entry(in *Repository, name, ref, sha, kind string, size int) document {
	at := in.apiURL() + "/contents/" + name + "?ref=" + ref
	page := in.webURL() + "/blob/" + ref + "/" + name
	git := in.apiURL() + "/git/blobs/" + sha
	return document{
		"type": kind, "name": path.Base(name), "path": name, "sha": sha, "size": size, "url": at,
		"git_url": git, "html_url": page, "download_url": "https://raw.githubusercontent.com/" + in.full() + "/" + ref + "/" + name,
		"_links": document{"self": at, "git": git, "html": page},
	}
}
