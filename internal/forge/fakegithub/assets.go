package fakegithub

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) listAssets(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if r.PathValue("what") != "assets" {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	of := release(w, r, in, by)
	if of == nil {
		return
	}
	var all []document
	for _, a := range of.Assets {
		all = append(all, assetDocument(in, of, a))
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

// asset finds the one that a path names, nil after a refusal.
func asset(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) (*Release, *Asset) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	for _, release := range in.Releases {
		for _, a := range release.Assets {
			if err == nil && a.ID == id && visible(release, by) {
				return release, a
			}
		}
	}
	refuse(w, http.StatusNotFound, "Not Found")
	return nil, nil
}

func (s *Server) getAsset(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	of, a := asset(w, r, in, by)
	switch {
	case a == nil:
	case r.Header.Get("Accept") == "application/octet-stream" && a.State == "uploaded":
		w.Header().Set("Location", assetURL(a))
		w.WriteHeader(http.StatusFound)
	default:
		give(w, http.StatusOK, assetDocument(in, of, a))
	}
}

func (s *Server) deleteAsset(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if !by.may("contents", "write") {
		forbidden(w)
		return
	}
	of, gone := asset(w, r, in, by)
	switch {
	case gone == nil:
		return
	case of.Immutable:
		refuse(w, http.StatusUnprocessableEntity, "Cannot delete asset from an immutable release")
		return
	}
	of.Assets = slices.DeleteFunc(of.Assets, func(a *Asset) bool { return a == gone })
	if err := s.save(); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// disliked are the characters that GitHub does not keep in names. It documents
// that there are some, not which; this is what has been seen.
// https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
var disliked = regexp.MustCompile(`[^A-Za-z0-9@+_.~-]+`)

func rename(name string) string { return strings.Trim(disliked.ReplaceAllString(name, "."), ".") }

// uploadAsset takes a file. It is called without the lock, since the bytes may
// take their time.
func (s *Server) uploadAsset(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	faults, err := s.faults()
	if err != nil {
		refuse(w, http.StatusTeapot, err.Error())
		return
	}
	if !by.may("contents", "write") {
		forbidden(w)
		return
	}
	s.mu.Lock()
	of := release(w, r, in, by)
	made := s.reserve(w, r, of, by)
	s.mu.Unlock()
	if made == nil {
		return
	}
	// The dice are cast once for each upload, so that one more roll elsewhere
	// does not shift them.
	trouble := none
	if s.dice.roll(faults.Seed) < faults.Uploads {
		trouble = troubles[int(s.dice.roll(faults.Seed)*float64(len(troubles)))]
	}
	var digest string
	var size int64
	if trouble == starterLeft {
		_, _ = io.CopyN(io.Discard, r.Body, max(1, r.ContentLength/2))
	} else if digest, size, err = s.Put(r.Body); err != nil || r.ContentLength >= 0 && size != r.ContentLength {
		panic(http.ErrAbortHandler) // the client has gone, and the starter remains
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch trouble {
	case nothingLeft:
		of.Assets = slices.DeleteFunc(of.Assets, func(a *Asset) bool { return a == made })
	case starterLeft:
	default:
		made.State, made.SHA256, made.Size, made.UpdatedAt = "uploaded", digest, size, s.now()
	}
	switch err := s.save(); {
	case err != nil:
		refuse(w, http.StatusInternalServerError, err.Error())
	case trouble == answerLost:
		panic(http.ErrAbortHandler)
	case trouble != none:
		refuse(w, http.StatusBadGateway, "Server Error")
	default:
		give(w, http.StatusCreated, assetDocument(in, of, made))
	}
}

// What may become of an upload.
const (
	none        = iota
	nothingLeft // 502, as if it had never been
	starterLeft // 502, and the name is taken by a file without bytes
	answerLost  // it is there, but nobody was told
)

var troubles = []int{nothingLeft, starterLeft, answerLost}

// reserve takes the name, as GitHub does before the bytes come. It returns nil
// after a refusal.
func (s *Server) reserve(w http.ResponseWriter, r *http.Request, of *Release, by *Token) *Asset {
	query := r.URL.Query()
	name := rename(query.Get("name"))
	switch {
	case of == nil:
		return nil
	case r.PathValue("what") != "assets":
		refuse(w, http.StatusNotFound, "Not Found")
		return nil
	case of.Immutable:
		refuse(w, http.StatusUnprocessableEntity, "Cannot upload assets to an immutable release")
		return nil
	case name == "":
		invalid(w, "ReleaseAsset", "name", "missing_field")
		return nil
	case slices.ContainsFunc(of.Assets, func(a *Asset) bool { return a.Name == name }):
		invalid(w, "ReleaseAsset", "name", "already_exists")
		return nil
	}
	made := &Asset{
		ID: s.id(), Name: name, MediaType: or(r.Header.Get("Content-Type"), "application/octet-stream"),
		State: "starter", Uploader: by.Login, CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	of.Assets = append(of.Assets, made)
	if err := s.save(); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return nil
	}
	return made
}
