package workflow

var toleratedSigning = Rule{
	ID: "tolerated-signing", Name: "a signature may fail and nobody notices", Severity: Error,
	Help:  "The job goes on as if the release were signed.",
	check: checkToleratedSigning,
}

func checkToleratedSigning(in *inspection) {
	for _, g := range in.signings {
		switch why := g.tolerated(); {
		case why != "":
			in.find(g.Pos, "let the step fail: no continue-on-error, no || true, no pipe without pipefail", "%s", why)
		case g.Job.ContinueOnError.Possible():
			in.find(g.Job.ContinueOnError.Pos, "remove continue-on-error from the job that signs",
				"continue-on-error hides that job %s failed, which signs by %s", g.Job.ID, g.Tool)
		}
	}
}
