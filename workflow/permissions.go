package workflow

import "strings"

// Permissions are what a job's token may do, as a permissions: key says it.
type Permissions struct {
	All    string            // read-all, write-all, or "" where scopes are listed
	Scopes map[string]string // scope to read, write or none; not listed is none
	Pos    Pos
}

// PermissionsOf are the permissions that hold in job: its own, which replace the
// workflow's as a whole, or else the workflow's. It is nil where neither says
// and a setting of the repository decides.
func (w *Workflow) PermissionsOf(job *Job) *Permissions {
	if job.Permissions != nil {
		return job.Permissions
	}
	return w.Permissions
}

// Allows tells whether the token has the access to scope: "read" or "write", of
// which the second includes the first. nil allows reading the contents and
// nothing else, the least that a repository's setting can mean.
func (p *Permissions) Allows(scope, access string) bool {
	granted := ""
	switch {
	case p == nil:
		return scope == "contents" && access == "read"
	case p.All == "write-all":
		granted = "write"
	case p.All == "read-all" && scope != "id-token": // which has no read
		granted = "read"
	default:
		granted = strings.ToLower(p.Scopes[scope])
	}
	return granted == "write" || granted == "read" && access == "read"
}

// Writes are the scopes that the token may write, in no order; nil with all set
// for each there is.
func (p *Permissions) Writes() (scopes []string, all bool) {
	if p == nil {
		return nil, false
	}
	for scope, access := range p.Scopes {
		if strings.EqualFold(access, "write") {
			scopes = append(scopes, scope)
		}
	}
	return scopes, p.All == "write-all"
}
