package workflow

var skippableSigning = Rule{
	ID: "skippable-signing", Name: "a release can be published without the step that signs it", Severity: Error,
	Help:  "A condition lets the publication run where the signature was left out.",
	check: checkSkippableSigning,
}

func checkSkippableSigning(in *inspection) {
	for _, p := range in.publications {
		if between, why := in.gap(p, in.signings); between == mayBeSkipped {
			in.find(p.Pos, "let both stand under the same condition, and publish only where signing succeeded",
				"%s can publish to %s unsigned: %s", p.Tool, p.Kind, why)
		}
	}
}
