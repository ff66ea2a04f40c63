package workflow

var installInSigningJob = Rule{
	ID: "install-in-signing-job", Name: "the job that signs also builds or installs", Severity: Note,
	Help:  "What the build runs can ask for the same identity token: Build L2 at most. `hallmark init --level 3` puts signing in a job of its own.",
	check: checkInstallInSigningJob,
}

func checkInstallInSigningJob(in *inspection) {
	if in.Composite {
		return
	}
	for _, j := range in.Jobs {
		if !in.signs(j) {
			continue
		}
		for _, s := range j.Steps {
			if s.Builds() && len(s.Signs()) == 0 {
				at := s.Uses.Text.Pos
				if s.Run.Given() {
					at = s.Run.Pos
				}
				in.find(at, "build in a job without id-token: write, and hand the artifacts over with their hashes",
					"job %s signs, and runs %s", j.ID, firstLine(s.Label()))
				break
			}
		}
	}
}
