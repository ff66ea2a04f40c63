package fakegithub

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// serveWeb answers as github.com does for release files and git.
func (s *Server) serveWeb(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	if len(parts) < 3 {
		http.NotFound(w, r)
		return
	}
	owner, name, rest := parts[0], strings.TrimSuffix(parts[1], ".git"), parts[2]
	s.mu.Lock()
	in, moved := s.state.Repositories[key(owner, name)], s.state.Moved[key(owner, name)]
	s.mu.Unlock()
	if in == nil && moved != "" {
		http.Redirect(w, r, "https://"+webHost+"/"+moved+"/"+rest, http.StatusMovedPermanently)
		return
	}
	if in == nil || in.Visibility != "public" && !s.token(r).may("contents", "read") {
		http.NotFound(w, r)
		return
	}
	if isGit(rest) {
		s.serveGit(w, r, in, rest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if file, ok := strings.CutPrefix(rest, "releases/latest/download/"); ok {
		if latest := latestRelease(in); latest != nil {
			http.Redirect(w, r, in.webURL()+"/releases/download/"+latest.Tag+"/"+file, http.StatusFound)
			return
		}
	}
	file, ok := strings.CutPrefix(rest, "releases/download/")
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	tag, base := path.Dir(file), path.Base(file)
	for _, release := range in.Releases {
		for _, a := range release.Assets {
			if !release.Draft && release.Tag == tag && a.Name == base && a.State == "uploaded" {
				http.Redirect(w, r, assetURL(a), http.StatusFound)
				return
			}
		}
	}
	http.NotFound(w, r)
}

// assetURL is where the bytes are, open to whoever has the address.
func assetURL(a *Asset) string {
	return fmt.Sprintf("https://%s/github-production-release-asset/%d?sig=fake&response-content-disposition=attachment", assetHost, a.ID)
}

// serveAsset gives the bytes of a file.
func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(path.Base(r.URL.Path), 10, 64)
	if err != nil || r.URL.Query().Get("sig") == "" {
		http.Error(w, "no such blob", http.StatusForbidden)
		return
	}
	s.mu.Lock()
	digest := ""
	for _, in := range s.state.Repositories {
		for _, release := range in.Releases {
			for _, a := range release.Assets {
				if a.ID == id && a.State == "uploaded" {
					digest = a.SHA256
					a.Downloads++
				}
			}
		}
	}
	s.mu.Unlock()
	s.serveBlob(w, r, digest, "application/octet-stream")
}

// serveBlob gives bytes, or half of them where the faults will it so. Storage
// refuses credentials that it does not know.
func (s *Server) serveBlob(w http.ResponseWriter, r *http.Request, digest, mediaType string) {
	faults, err := s.faults()
	if err != nil || r.Header.Get("Authorization") != "" {
		http.Error(w, "InvalidAuthenticationInfo", http.StatusBadRequest)
		return
	}
	f, err := os.Open(s.blob(digest))
	if err != nil || digest == "" {
		http.Error(w, "BlobNotFound", http.StatusNotFound)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("ETag", `"`+digest+`"`)
	if info, err := f.Stat(); err == nil && s.dice.roll(faults.Seed) < faults.Downloads {
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		_, _ = io.CopyN(w, f, info.Size()/2)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, f)
}
