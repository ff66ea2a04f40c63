package main

import (
	"encoding/json"
	"strconv"
	"strings"
)

// event is the webhook payload that a job finds at GITHUB_EVENT_PATH: what all
// events share, and the few fields that push, release and workflow_dispatch add.
func (j *Job) event() ([]byte, error) {
	_, name, _ := strings.Cut(j.Repository, "/")
	ownerID, err := strconv.ParseInt(j.OwnerID, 10, 64)
	if err != nil {
		return nil, err
	}
	repositoryID, err := strconv.ParseInt(j.RepositoryID, 10, 64)
	if err != nil {
		return nil, err
	}
	actorID, err := strconv.ParseInt(j.ActorID, 10, 64)
	if err != nil {
		return nil, err
	}
	payload := map[string]any{
		"repository": map[string]any{
			"id":             repositoryID,
			"name":           name,
			"full_name":      j.Repository,
			"private":        j.Visibility != "public",
			"visibility":     j.Visibility,
			"html_url":       "https://github.com/" + j.Repository,
			"default_branch": "main",
			"owner":          map[string]any{"id": ownerID, "login": j.Owner(), "type": "Organization"},
		},
		"sender": map[string]any{"id": actorID, "login": j.Actor, "type": "User"},
	}
	switch j.Event {
	case "push":
		payload["ref"] = j.Ref
		payload["before"] = strings.Repeat("0", len(j.SHA))
		payload["after"] = j.SHA
		payload["created"] = true
		payload["head_commit"] = map[string]any{"id": j.SHA}
		payload["pusher"] = map[string]any{"name": j.Actor}
	case "release":
		payload["action"] = "published"
		payload["release"] = map[string]any{"tag_name": j.RefName(), "target_commitish": "main", "draft": false}
	case "workflow_dispatch":
		payload["ref"] = j.Ref
		payload["workflow"] = j.Workflow
		payload["inputs"] = map[string]any{}
	}
	return json.MarshalIndent(payload, "", "  ")
}
