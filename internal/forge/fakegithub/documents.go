package fakegithub

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"strings"
)

// repositoryURLs are the addresses that a repository's document lists, most of
// them followed by what their names say.
var repositoryURLs = strings.Fields(`archive assignees blobs branches collaborators comments commits compare
	contents contributors deployments downloads events forks git_commits git_refs git_tags hooks issue_comment
	issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses
	subscribers subscription tags teams trees`)

func (s *Server) getRepository(w http.ResponseWriter, _ *http.Request, in *Repository, _ *Token) {
	give(w, http.StatusOK, repositoryDocument(in))
}

func (r *Repository) full() string { return r.Owner + "/" + r.Name }

func (r *Repository) apiURL() string { return "https://" + apiHost + "/repos/" + r.full() }

func (r *Repository) webURL() string { return "https://" + webHost + "/" + r.full() }

func repositoryDocument(r *Repository) document {
	d := document{
		"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.Name, "full_name": r.full(),
		"private": r.Visibility != "public", "visibility": r.Visibility,
		"owner":       account(r.Owner, r.OwnerID, r.OwnerType),
		"description": nil, "fork": r.Fork, "archived": r.Archived, "disabled": false,
		"default_branch": r.DefaultBranch, "homepage": nil, "language": nil, "license": nil, "mirror_url": nil,
		"forks": 0, "forks_count": 0, "open_issues": 0, "open_issues_count": 0, "size": 0,
		"stargazers_count": 0, "watchers": 0, "watchers_count": 0, "network_count": 0, "subscribers_count": 0,
		"has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false, "has_discussions": false, "has_downloads": true,
		"url": r.apiURL(), "html_url": r.webURL(), "clone_url": r.webURL() + ".git", "svn_url": r.webURL(),
		"git_url": "git://" + webHost + "/" + r.full() + ".git", "ssh_url": "git@" + webHost + ":" + r.full() + ".git",
		"created_at": r.CreatedAt, "updated_at": r.CreatedAt, "pushed_at": r.CreatedAt,
	}
	for _, name := range repositoryURLs {
		d[name+"_url"] = r.apiURL() + "/" + name
	}
	return d
}

// user is the document of somebody of whom only the login is known.
func user(login string) document {
	number := fnv.New32a()
	_, _ = number.Write([]byte(login))
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return account(login, int64(number.Sum32()), kind)
}

func account(login string, id int64, kind string) document {
	at := "https://" + apiHost + "/users/" + strings.TrimSuffix(login, "[bot]")
	d := document{
		"login": login, "id": id, "node_id": nodeID("U", id), "type": kind, "site_admin": false, "gravatar_id": "",
		"url": at, "html_url": "https://" + webHost + "/" + strings.TrimSuffix(login, "[bot]"),
		"avatar_url": fmt.Sprintf("https://avatars.githubusercontent.com/u/%d", id),
	}
	for _, name := range strings.Fields("events followers following gists organizations received_events repos starred subscriptions") {
		d[name+"_url"] = at + "/" + name
	}
	return d
}

func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprint(id)))
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
