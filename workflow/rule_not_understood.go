package workflow

var notUnderstood = Rule{
	ID: "not-understood", Name: "not a workflow as GitHub describes it", Severity: Error,
	Help:  "GitHub refuses a workflow that it cannot read, and then no release is made. The other rules see only the parts that can be read.",
	check: checkNotUnderstood,
}

const actionlintFix = "run actionlint over the file"

func checkNotUnderstood(in *inspection) {
	for _, p := range in.Problems {
		in.find(p.Pos, actionlintFix, "%s", p.Message)
	}
}
