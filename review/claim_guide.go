package review

import (
	"errors"
	"slices"
	"strings"

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
	cases := make(map[Outcome][]Case)
	seen := make(map[string]bool)
	for _, g := range guides {
		for _, c := range readCommands(g.text) {
			if seen[c.text] || c.aboutImage() {
				continue
			}
			seen[c.text] = true
			outcome, says := j.follow(c, r, a)
			cases[outcome] = append(cases[outcome], Case{Says: c.text + ": " + says, Path: g.path, Line: c.line, Evidence: []Pointer{g.pointer}})
		}
	}
	good, bad, untried := cases[True], cases[False], cases[Unknown]
	switch {
	case len(bad) > 0:
		return f.settle(true, slices.Concat(bad, good))
	case len(good) > 0:
		f = f.settle(true, nil)
		f.Cases = good
		return f
	case len(untried) > 0:
		f = f.unknown("what is documented could not be tried")
		f.Cases = untried
		return f
	}
	return f.settle(true, []Case{{Says: "nothing that users read says how to verify"}})
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
func (j *judge) follow(c command, r *release, a *asset) (Outcome, string) {
	tag := ""
	if r != nil {
		tag = r.Tag
	}
	p, err := j.documentedPolicy(c, tag)
	if errors.Is(err, errNotInRecord) {
		return Unknown, err.Error()
	}
	if err != nil {
		return False, err.Error()
	}
	if stranger := letsIn(p, j.record.Repository.Name); stranger != "" {
		return False, "would accept " + stranger
	}
	if a == nil {
		return False, "no release is covered that it could be tried on"
	}
	digest, _ := a.digest()
	control, err := j.control(a.by, a.Name, digest, p)
	switch {
	case err != nil:
		return False, err.Error()
	case control.Outcome == False: // it was not refused
		return True, "verifies " + a.Name + " of " + r.Tag
	}
	return False, "refuses " + a.Name + " of " + r.Tag + ": " + control.Says
}

var errNotInRecord = errors.New("its policy file is not in the record")

// documentedPolicy is that of the command's flags, or of the file of the project
// that it names.
func (j *judge) documentedPolicy(c command, tag string) (*verify.Policy, error) {
	file := strings.TrimPrefix(c.flag("policy"), "./")
	if file == "" {
		return c.policy(tag)
	}
	for _, d := range j.record.Documents {
		if text, ok := j.record.content(d); ok && d.Name == file && d.Kind == GuideDocument {
			p, err := verify.ParsePolicy(text)
			if err != nil {
				return nil, err
			}
			return p, p.Validate()
		}
	}
	return nil, errNotInRecord
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
