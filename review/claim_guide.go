package review

import (
	"fmt"

	"github.com/hallmark-project/hallmark/verify"
)

// E16: whether users are told how to verify, and whether what they are told
// works and keeps strangers out.

func verificationDocumented(j *judge) Finding {
	f := Finding{ID: "E16", Name: "verification-documented", Grade: GradeC, Baseline: []string{"OSPS-DO-03.01", "OSPS-DO-03.02"},
		Claim: "the verification that users are told to run works, and accepts nobody but the project"}
	guides := j.guides()
	if len(guides) == 0 {
		return f.unknown("no README, SECURITY or release notes were read")
	}
	r, a := j.newestCovered(nil)
	var good, bad []Case
	seen := make(map[string]bool)
	for _, g := range guides {
		for _, c := range readCommands(g.text) {
			if seen[c.text] {
				continue
			}
			seen[c.text] = true
			says, works := j.follow(c, r, a)
			cs := Case{Says: fmt.Sprintf("%s: %s", c.text, says), Path: g.path, Line: c.line, Evidence: []Pointer{g.pointer}}
			if works {
				good = append(good, cs)
			} else {
				bad = append(bad, cs)
			}
		}
	}
	switch {
	case len(bad) > 0:
		return f.settle(true, append(bad, good...))
	case len(good) == 0:
		return f.settle(true, []Case{{Says: "nothing that users read says how to verify"}})
	}
	f = f.settle(true, nil)
	f.Cases = good
	return f
}

// A guide is a text that users read.
type guide struct {
	path, text string
	pointer    Pointer
}

// guides are the documents of the default branch and the notes of the newest
// release.
func (j *judge) guides() []guide {
	var all []guide
	for _, d := range j.record.Documents {
		if text, ok := j.record.content(d); ok && d.Kind == GuideDocument {
			all = append(all, guide{d.Name, string(text), d.Asked.pointer()})
		}
	}
	if n := len(j.releases); n > 0 {
		r := j.releases[n-1]
		if text, ok := j.record.Blobs[r.Notes]; ok {
			all = append(all, guide{"", string(text), Pointer{Source: "notes of " + r.Tag, SHA256: r.Notes}})
		}
	}
	return all
}

// follow does what the command would: it verifies the newest covered artifact
// with the identity that is documented.
func (j *judge) follow(c command, r *release, a *asset) (says string, works bool) {
	tag := ""
	if r != nil {
		tag = r.Tag
	}
	p, err := c.policy(tag)
	if err != nil {
		return err.Error(), false
	}
	if stranger := letsIn(p, j.record.Repository.Name); stranger != "" {
		return "would accept " + stranger, false
	}
	if a == nil {
		return "no release is covered that it could be tried on", false
	}
	digest, _ := a.digest()
	control, err := j.control(a.by, a.Name, digest, p)
	switch {
	case err != nil:
		return err.Error(), false
	case control.Outcome == False: // it was not refused
		return "verifies " + a.Name + " of " + r.Tag, true
	}
	return "refuses " + a.Name + " of " + r.Tag + ": " + control.Says, false
}

// strangers are names that no project's verification should accept.
func strangers(project string) []string {
	const tail = "/.github/workflows/release.yml@refs/heads/main"
	return []string{
		"https://github.com/stranger/evil" + tail,
		"https://github.com/stranger/" + project + tail,
		"https://github.com/" + project + "-evil" + tail,
		"https://evil.example/https://github.com/" + project + tail,
	}
}

// letsIn returns a stranger whom a documented identity would accept.
func letsIn(p *verify.Policy, project string) string {
	for _, id := range p.Identities {
		if id.Pattern == nil {
			continue
		}
		for _, s := range strangers(project) {
			if id.Pattern.MatchString(s) {
				return s
			}
		}
	}
	return ""
}
