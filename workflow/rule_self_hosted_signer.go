package workflow

var selfHostedSigner = Rule{
	ID: "self-hosted-signer", Name: "signatures are made on a self-hosted runner", Severity: Error,
	Help:  "What ran there before may still be there. Build L3, and by default hallmark verify, want a runner of GitHub's.",
	check: checkSelfHostedSigner,
}

func checkSelfHostedSigner(in *inspection) {
	for _, j := range in.Jobs {
		if !in.signs(j) || !j.SelfHosted() {
			continue
		}
		at := j.Pos
		if len(j.RunsOn) > 0 {
			at = j.RunsOn[0].Pos
		}
		in.find(at, "runs-on: ubuntu-latest for the job that signs; the build may stay where it is", "job %s signs on a self-hosted runner", j.ID)
	}
}
