package workflow

var unsignedPublication = Rule{
	ID: "unsigned-publication", Name: "nothing signs what is published", Severity: Warning,
	Help:  "Users cannot tell the release from one that somebody else has put there.",
	check: checkUnsignedPublication,
}

// checkUnsignedPublication leaves to the caller what only others use: it may have
// signed before.
func checkUnsignedPublication(in *inspection) {
	if in.Composite || len(in.Events) == 1 && in.Events[0].Name == "workflow_call" {
		return
	}
	for _, p := range in.publications {
		if between, why := in.gap(p, in.signings); between == nothingSigns {
			in.find(p.Pos, "`hallmark init` shows the change that signs it", "%s publishes to %s: %s", p.Tool, p.Kind, why)
		}
	}
}
