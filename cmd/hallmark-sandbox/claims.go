package main

import (
	"crypto/rand"
	"time"
)

// clockSkew is how far before its issue a token of GitHub's is already valid.
const clockSkew = 10 * time.Minute

// claims are those of a GitHub Actions token; every one but the times is a
// string there, numbers and truth values too.
// https://docs.github.com/en/actions/reference/security/oidc
type claims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"`
	ID        string `json:"jti"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expiry    int64  `json:"exp"`

	Actor                string `json:"actor"`
	ActorID              string `json:"actor_id"`
	BaseRef              string `json:"base_ref"`
	Environment          string `json:"environment,omitempty"`
	EventName            string `json:"event_name"`
	HeadRef              string `json:"head_ref"`
	JobWorkflowRef       string `json:"job_workflow_ref"`
	JobWorkflowSHA       string `json:"job_workflow_sha"`
	Ref                  string `json:"ref"`
	RefProtected         string `json:"ref_protected"`
	RefType              string `json:"ref_type"`
	Repository           string `json:"repository"`
	RepositoryID         string `json:"repository_id"`
	RepositoryOwner      string `json:"repository_owner"`
	RepositoryOwnerID    string `json:"repository_owner_id"`
	RepositoryVisibility string `json:"repository_visibility"`
	RunAttempt           string `json:"run_attempt"`
	RunID                string `json:"run_id"`
	RunNumber            string `json:"run_number"`
	RunnerEnvironment    string `json:"runner_environment"`
	SHA                  string `json:"sha"`
	Workflow             string `json:"workflow"`
	WorkflowRef          string `json:"workflow_ref"`
	WorkflowSHA          string `json:"workflow_sha"`
}

// claims says what GitHub would say of the job at the given time. A ttl below
// zero makes a token that has already expired.
func (j *Job) claims(issuer, audience string, now time.Time, ttl time.Duration) claims {
	return claims{
		Issuer:    issuer,
		Audience:  audience,
		Subject:   j.Subject(),
		ID:        rand.Text(),
		IssuedAt:  now.Unix(),
		NotBefore: now.Add(-clockSkew).Unix(),
		Expiry:    now.Add(ttl).Unix(),

		Actor:                j.Actor,
		ActorID:              j.ActorID,
		Environment:          j.Environment,
		EventName:            j.Event,
		JobWorkflowRef:       j.JobWorkflowRef,
		JobWorkflowSHA:       j.JobWorkflowSHA,
		Ref:                  j.Ref,
		RefProtected:         "false",
		RefType:              j.RefType(),
		Repository:           j.Repository,
		RepositoryID:         j.RepositoryID,
		RepositoryOwner:      j.Owner(),
		RepositoryOwnerID:    j.OwnerID,
		RepositoryVisibility: j.Visibility,
		RunAttempt:           j.RunAttempt,
		RunID:                j.RunID,
		RunNumber:            j.RunNumber,
		RunnerEnvironment:    j.RunnerEnvironment,
		SHA:                  j.SHA,
		Workflow:             j.WorkflowName(),
		WorkflowRef:          j.WorkflowRef(),
		WorkflowSHA:          j.SHA,
	}
}
