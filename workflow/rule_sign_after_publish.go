package workflow

var signAfterPublish = Rule{
	ID: "sign-after-publish", Name: "something is published before it is signed", Severity: Error,
	Help:  "Where signing then fails the release is out, unsigned; and a release that GitHub holds immutable takes no signature any more.",
	check: checkSignAfterPublish,
}

func checkSignAfterPublish(in *inspection) {
	for _, p := range in.publications {
		if between, why := in.gap(p, in.signings); between == wrongOrder {
			fix := "sign first, or publish a draft and unveil it when all is there"
			if p.Step == nil || in.signsElsewhere(p) {
				fix = "let job " + p.Job.ID + " need the job that signs"
			}
			in.find(p.Pos, fix, "%s publishes to %s before it is signed: %s", p.Tool, p.Kind, why)
		}
	}
}

func (in *inspection) signsElsewhere(p *Publication) bool {
	for _, g := range in.signings {
		if g.concerns(p) && g.Job == p.Job {
			return false
		}
	}
	return true
}
