package fakegithub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
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

// filled is a document that a test has given in part.
func filled(given json.RawMessage, base document) document {
	var d document
	if json.Unmarshal(given, &d) != nil {
		d = document{}
	}
	maps.Copy(base, d)
	return base
}

func (s *Server) listRules(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	var all []document
	for _, rule := range in.Rules[r.PathValue("branch")] {
		all = append(all, filled(rule, document{
			"ruleset_source_type": "Repository", "ruleset_source": in.full(), "ruleset_id": 1,
		}))
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

// listBranches lists those that are protected, which is all it can be asked for.
func (s *Server) listBranches(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	if r.URL.Query().Get("protected") != "true" {
		refuse(w, http.StatusNotFound, "the fake lists protected branches alone")
		return
	}
	names := slices.Clone(in.Protected)
	for branch, rules := range in.Rules {
		if len(rules) > 0 && !slices.Contains(names, branch) {
			names = append(names, branch)
		}
	}
	slices.Sort(names)
	var all []document
	for _, name := range names {
		sha, err := s.git(s.gitDir(in), "rev-parse", "--verify", "--quiet", "refs/heads/"+name)
		if err != nil {
			continue
		}
		all = append(all, document{"name": name, "protected": true, "commit": document{"sha": sha, "url": in.apiURL() + "/commits/" + sha}})
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

func (s *Server) rulesets(in *Repository) []document {
	var all []document
	for i, ruleset := range in.Rulesets {
		all = append(all, filled(ruleset, document{
			"id": i + 1, "name": fmt.Sprintf("ruleset %d", i+1), "source": in.full(), "source_type": "Repository",
			"target": "branch", "enforcement": "active", "node_id": nodeID("RRS", int64(i+1)),
			"created_at": in.CreatedAt, "updated_at": in.CreatedAt,
		}))
	}
	return all
}

func (s *Server) listRulesets(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	all := s.rulesets(in)
	for _, d := range all { // what the list leaves out
		delete(d, "rules")
		delete(d, "conditions")
		delete(d, "bypass_actors")
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

func (s *Server) getRuleset(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	for _, d := range s.rulesets(in) {
		if fmt.Sprint(d["id"]) == r.PathValue("id") {
			if !by.may("administration", "write") {
				delete(d, "bypass_actors")
			}
			give(w, http.StatusOK, d)
			return
		}
	}
	refuse(w, http.StatusNotFound, "Not Found")
}

func (s *Server) listPulls(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	var all []document
	for _, pull := range in.Pulls[r.PathValue("sha")] {
		all = append(all, pullDocument(in, pull, r.PathValue("sha")))
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

func pullDocument(in *Repository, given json.RawMessage, sha string) document {
	var known struct {
		Number int    `json:"number"`
		Author string `json:"author"`
	}
	_ = json.Unmarshal(given, &known)
	at := fmt.Sprintf("%s/pulls/%d", in.apiURL(), known.Number)
	issue := fmt.Sprintf("%s/issues/%d", in.apiURL(), known.Number)
	author := user(or(known.Author, in.Owner))
	side := func(ref string) document {
		return document{"label": in.Owner + ":" + ref, "ref": ref, "sha": sha, "user": author, "repo": repositoryDocument(in)}
	}
	links, d := document{}, document{
		"id": known.Number, "node_id": nodeID("PR", int64(known.Number)), "number": known.Number, "state": "closed", "locked": false,
		"title": fmt.Sprintf("pull request %d", known.Number), "body": nil, "user": author, "author_association": "CONTRIBUTOR",
		"labels": []document{}, "assignee": nil, "milestone": nil, "auto_merge": nil, "merge_commit_sha": sha,
		"created_at": in.CreatedAt, "updated_at": in.CreatedAt, "closed_at": nil, "merged_at": nil,
		"base": side(in.DefaultBranch), "head": side("topic"),
		"url": at, "html_url": fmt.Sprintf("%s/pull/%d", in.webURL(), known.Number), "issue_url": issue,
		"diff_url": at + ".diff", "patch_url": at + ".patch", "comments_url": issue + "/comments",
		"commits_url": at + "/commits", "review_comment_url": at + "/comments", "review_comments_url": at + "/comments",
		"statuses_url": in.apiURL() + "/statuses/" + sha,
	}
	for _, name := range strings.Fields("comments commits statuses html issue review_comments review_comment self") {
		links[name] = document{"href": at}
	}
	d["_links"] = links
	d = filled(given, d)
	delete(d, "author")
	return d
}

func (s *Server) listReviews(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	var all []document
	for i, review := range in.Reviews[r.PathValue("number")] {
		var known struct {
			Author string `json:"author"`
		}
		_ = json.Unmarshal(review, &known)
		at := fmt.Sprintf("%s/pulls/%s", in.apiURL(), r.PathValue("number"))
		d := filled(review, document{
			"id": i + 1, "node_id": nodeID("PRR", int64(i+1)), "user": user(or(known.Author, in.Owner)), "body": "",
			"state": "APPROVED", "commit_id": nil, "author_association": "MEMBER", "html_url": at, "pull_request_url": at,
			"submitted_at": in.CreatedAt,
			"_links":       document{"html": document{"href": at}, "pull_request": document{"href": at}},
		})
		delete(d, "author")
		all = append(all, d)
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

// listIssues knows the filters by label and state.
func (s *Server) listIssues(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	label, state := r.URL.Query().Get("labels"), or(r.URL.Query().Get("state"), "open")
	var all []document
	for _, issue := range in.Issues {
		var known struct {
			Number int      `json:"number"`
			Author string   `json:"author"`
			State  string   `json:"state"`
			Labels []string `json:"labels"`
		}
		_ = json.Unmarshal(issue, &known)
		known.State = or(known.State, "open")
		if label != "" && !slices.Contains(known.Labels, label) || state != "all" && state != known.State {
			continue
		}
		at := fmt.Sprintf("%s/issues/%d", in.apiURL(), known.Number)
		d := filled(issue, document{
			"id": known.Number, "node_id": nodeID("I", int64(known.Number)), "number": known.Number, "state": known.State,
			"title": fmt.Sprintf("issue %d", known.Number), "user": user(or(known.Author, in.Owner)), "locked": false,
			"assignee": nil, "milestone": nil, "comments": 0, "closed_at": nil, "created_at": in.CreatedAt, "updated_at": in.CreatedAt,
			"url": at, "repository_url": in.apiURL(), "labels_url": at + "/labels", "comments_url": at + "/comments",
			"events_url": at + "/events", "html_url": fmt.Sprintf("%s/issues/%d", in.webURL(), known.Number),
		})
		delete(d, "author")
		labels := []document{}
		for _, name := range known.Labels {
			labels = append(labels, document{"name": name})
		}
		d["labels"] = labels
		all = append(all, d)
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}
