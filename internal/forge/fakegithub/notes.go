package fakegithub

import "net/http"

// generateNotes drafts a release's notes and keeps nothing. It is let do it only
// who may write a release, though nothing is written.
// https://docs.github.com/en/rest/releases/releases#generate-release-notes-content-for-a-release
func (s *Server) generateNotes(w http.ResponseWriter, r *http.Request, _ *Repository, by *Token) {
	if !by.may("contents", "write") {
		forbidden(w)
		return
	}
	var want struct {
		Tag string `json:"tag_name"`
	}
	if !decode(w, r, &want) {
		return
	}
	if want.Tag == "" {
		invalid(w, "Release", "tag_name", "missing_field")
		return
	}
	give(w, http.StatusOK, document{"name": want.Tag, "body": ""})
}
