package fakegithub

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) listPulls(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	var all []document
	for _, pull := range in.Pulls[r.PathValue("sha")] {
		all = append(all, pullDocument(in, pull, r.PathValue("sha")))
	}
	give(w, http.StatusOK, list(page(w, r, all)))
}

// getPull says more of a pull request than a list: who merged it, above all.
func (s *Server) getPull(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	for sha, pulls := range in.Pulls {
		for _, pull := range pulls {
			d := pullDocument(in, pull, sha)
			if fmt.Sprint(d["number"]) != r.PathValue("number") {
				continue
			}
			var known struct {
				Merger string `json:"merger"`
			}
			_ = json.Unmarshal(pull, &known)
			whole := document{"merged": d["merged_at"] != nil, "merged_by": nil, "mergeable": nil, "rebaseable": nil, "mergeable_state": "unknown",
				"comments": 0, "review_comments": 0, "maintainer_can_modify": false, "commits": 1, "additions": 1, "deletions": 0, "changed_files": 1}
			if known.Merger != "" {
				whole["merged_by"] = user(known.Merger)
			}
			maps.Copy(whole, d)
			give(w, http.StatusOK, whole)
			return
		}
	}
	refuse(w, http.StatusNotFound, "Not Found")
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
	delete(d, "merger")
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
