package workflow

var unsignedPublication = Rule{
	ID: "unsigned-publication", Name: "nothing signs what is published", Severity: Warning,
	Help:  "Users cannot tell the release from one that somebody else has put there.",
	check: checkUnsignedPublication,
}

func checkUnsignedPublication(in *inspection) {
	if in.Composite {
		return
	}
	for _, p := range in.publications {
		if between, why := in.gap(p, in.signings); between == nothingSigns {
			in.find(p.Pos, "`hallmark init` shows the change that signs it", "%s publishes to %s: %s", p.Tool, p.Kind, why)
		}
	}
}
