package fakegithub

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// visible tells whether one who asks sees the release: drafts are for those who
// may push.
func visible(r *Release, by *Token) bool { return !r.Draft || by.may("contents", "write") }

func (s *Server) listReleases(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	var all []document
	sorted := slices.SortedStableFunc(slices.Values(in.Releases), func(a, b *Release) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	for _, release := range sorted {
		if visible(release, by) {
			all = append(all, releaseDocument(in, release))
		}
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

// list makes no documents an empty array, not null.
func list(all []document) []document {
	if all == nil {
		return []document{}
	}
	return all
}

func (s *Server) getReleaseByTag(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	i := slices.IndexFunc(in.Releases, func(release *Release) bool { return !release.Draft && release.Tag == r.PathValue("tag") })
	if i < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	give(w, http.StatusOK, releaseDocument(in, in.Releases[i]))
}

// latestRelease is the one that GitHub shows first, nil if there is none.
func latestRelease(in *Repository) *Release {
	var latest *Release
	for _, release := range in.Releases {
		if !release.Draft && !release.Prerelease && (latest == nil || release.PublishedAt.After(latest.PublishedAt)) {
			latest = release
		}
	}
	return latest
}

func (s *Server) getLatestRelease(w http.ResponseWriter, _ *http.Request, in *Repository, _ *Token) {
	latest := latestRelease(in)
	if latest == nil {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	give(w, http.StatusOK, releaseDocument(in, latest))
}

// release finds the one that a path names, nil after a refusal.
func release(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) *Release {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	i := slices.IndexFunc(in.Releases, func(release *Release) bool { return release.ID == id && visible(release, by) })
	if err != nil || i < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return nil
	}
	return in.Releases[i]
}

func (s *Server) getRelease(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if found := release(w, r, in, by); found != nil {
		give(w, http.StatusOK, releaseDocument(in, found))
	}
}

// wanted is what a call says of a release; nil is unsaid.
type wanted struct {
	Tag        *string `json:"tag_name"`
	Target     *string `json:"target_commitish"`
	Name       *string `json:"name"`
	Notes      *string `json:"body"`
	Draft      *bool   `json:"draft"`
	Prerelease *bool   `json:"prerelease"`
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *Server) createRelease(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if !by.may("contents", "write") {
		forbidden(w)
		return
	}
	made := &Release{Target: in.DefaultBranch, Author: by.Login, CreatedAt: s.now()}
	s.putRelease(w, r, in, made, http.StatusCreated)
}

func (s *Server) editRelease(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if !by.may("contents", "write") {
		forbidden(w)
		return
	}
	if edited := release(w, r, in, by); edited != nil {
		s.putRelease(w, r, in, edited, http.StatusOK)
	}
}

// putRelease makes a release what the call wants, and publishes it where that
// is no longer a draft.
func (s *Server) putRelease(w http.ResponseWriter, r *http.Request, in *Repository, release *Release, status int) {
	var want wanted
	if !decode(w, r, &want) {
		return
	}
	was, published := *release, release.ID != 0 && !release.Draft
	set(&release.Tag, want.Tag)
	set(&release.Target, want.Target)
	set(&release.Name, want.Name)
	set(&release.Notes, want.Notes)
	set(&release.Draft, want.Draft)
	set(&release.Prerelease, want.Prerelease)
	undo := func() { *release = was }
	if release.Tag == "" {
		undo()
		invalid(w, "Release", "tag_name", "missing_field")
		return
	}
	if was.Immutable && (want.Tag != nil || want.Draft != nil || want.Target != nil) {
		undo()
		refuse(w, http.StatusUnprocessableEntity, "Cannot change an immutable release")
		return
	}
	if !release.Draft && !published {
		if taken(in, release) {
			undo()
			invalid(w, "Release", "tag_name", "already_exists")
			return
		}
		if slices.Contains(in.Burned, release.Tag) {
			undo()
			invalidBecause(w, "Release", "tag_name", "tag_name was used by an immutable release")
			return
		}
		if err := s.makeTag(in, release); err != nil {
			undo()
			invalid(w, "Release", "target_commitish", "invalid")
			return
		}
		release.PublishedAt, release.Immutable = s.now(), in.Immutable
	}
	if release.ID == 0 {
		release.ID = s.id()
		in.Releases = append(in.Releases, release)
	}
	if err := s.save(); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	if status == http.StatusCreated {
		w.Header().Set("Location", fmt.Sprintf("%s/releases/%d", in.apiURL(), release.ID))
	}
	give(w, status, releaseDocument(in, release))
}

// taken tells whether another published release has the tag.
func taken(in *Repository, release *Release) bool {
	return slices.ContainsFunc(in.Releases, func(other *Release) bool {
		return other != release && !other.Draft && other.Tag == release.Tag
	})
}

func (s *Server) deleteRelease(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if !by.may("contents", "write") {
		forbidden(w)
		return
	}
	gone := release(w, r, in, by)
	if gone == nil {
		return
	}
	if gone.Immutable {
		in.Burned = append(in.Burned, gone.Tag)
	}
	in.Releases = slices.DeleteFunc(in.Releases, func(other *Release) bool { return other == gone })
	if err := s.save(); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) getImmutable(w http.ResponseWriter, _ *http.Request, in *Repository, by *Token) {
	if !in.Immutable || !by.may("administration", "read") {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	give(w, http.StatusOK, document{"enabled": true, "enforced_by_owner": false})
}

// webTag is the tag in the addresses of a release's files. A draft's are
// reserved, and lead nowhere.
func webTag(r *Release) string {
	if r.Draft {
		return fmt.Sprintf("untagged-%020x", r.ID)
	}
	return r.Tag
}

func releaseDocument(in *Repository, r *Release) document {
	at := fmt.Sprintf("%s/releases/%d", in.apiURL(), r.ID)
	d := document{
		"id": r.ID, "node_id": nodeID("RE", r.ID), "tag_name": r.Tag, "target_commitish": r.Target,
		"name": r.Name, "body": r.Notes, "draft": r.Draft, "prerelease": r.Prerelease, "immutable": r.Immutable,
		"created_at": r.CreatedAt, "published_at": nil, "updated_at": nil,
		"author": user(or(r.Author, in.Owner)),
		"url":    at, "assets_url": at + "/assets", "html_url": in.webURL() + "/releases/tag/" + url.PathEscape(webTag(r)),
		"upload_url":  fmt.Sprintf("https://%s/repos/%s/releases/%d/assets{?name,label}", uploadHost, in.full(), r.ID),
		"tarball_url": nil, "zipball_url": nil,
	}
	if !r.PublishedAt.IsZero() {
		d["published_at"] = r.PublishedAt
	}
	assets := []document{}
	for _, a := range r.Assets {
		assets = append(assets, assetDocument(in, r, a))
	}
	d["assets"] = assets
	return d
}

func assetDocument(in *Repository, r *Release, a *Asset) document {
	d := document{
		"id": a.ID, "node_id": nodeID("RA", a.ID), "name": a.Name, "label": "", "content_type": a.MediaType,
		"state": a.State, "size": a.Size, "digest": nil, "download_count": a.Downloads,
		"created_at": a.CreatedAt, "updated_at": a.UpdatedAt, "uploader": user(or(a.Uploader, in.Owner)),
		"url":                  fmt.Sprintf("%s/releases/assets/%d", in.apiURL(), a.ID),
		"browser_download_url": in.webURL() + "/releases/download/" + (&url.URL{Path: webTag(r) + "/" + a.Name}).EscapedPath(),
	}
	if a.SHA256 != "" && !a.NoDigest && a.State == "uploaded" {
		d["digest"] = "sha256:" + a.SHA256
	}
	return d
}
