package fakegithub

import (
	"fmt"
	"net/http"
	"slices"
)

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
