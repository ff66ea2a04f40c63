package workflow

var defaultPermissions = Rule{
	ID: "default-permissions", Name: "the token's permissions are left to a setting", Severity: Warning,
	Help:  "Where neither the job nor the workflow says what the token may do, a setting of the repository decides; in older ones it may write everything.",
	check: checkDefaultPermissions,
}

func checkDefaultPermissions(in *inspection) {
	if in.Composite {
		return
	}
	for _, j := range in.Jobs {
		switch p := in.PermissionsOf(j); {
		case p == nil:
			in.find(j.Pos, "begin the workflow with `permissions: {}` and give each job what it needs", "job %s says nothing of permissions", j.ID)
		case p.All == "write-all":
			in.find(p.Pos, "list the scopes that the job needs", "job %s may write everything", j.ID)
		}
	}
}
