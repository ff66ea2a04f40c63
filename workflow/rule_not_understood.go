package workflow

var notUnderstood = Rule{
	ID: "not-understood", Name: "not a workflow as GitHub describes it", Severity: Error,
	Help:  "GitHub refuses a workflow that it cannot read, and then no release is made. The other rules see only the parts that can be read.",
	check: checkNotUnderstood,
}

func checkNotUnderstood(in *inspection) {
	for _, p := range in.Problems {
		in.find(p.Pos, "run actionlint over the file", "%s", p.Message)
	}
}
