package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// Review is the judgement of a project, to be shown: [Review.Text] for a
// terminal, [Review.Markdown] for a pull request or a form, [Review.HTML] for a
// browser, [Review.SARIF] for code scanning, [Review.JSON] for programs.
type Review struct {
	*review.Report
	Version string // of hallmark
	Pack    string // the file that holds the evidence; "" where none was written or read
	// PublicGood says that what was trusted is the public good Sigstore's root, as
	// hallmark knows it. A document that anybody can make does not say so.
	PublicGood bool
}

// JSON writes the report's own document; docs/schema/review.v1.json. It says
// nothing of where the evidence is kept, so a replay gives the same bytes.
func (r *Review) JSON(w io.Writer) error {
	document, err := r.Encode()
	if err != nil {
		return err
	}
	_, err = w.Write(escapeJSON(document))
	return err
}

// verdicts are all there are, least first, with what each says of a project.
var verdicts = []struct {
	verdict review.Verdict
	says    string
}{
	{review.None, "shows nothing of signing its releases"},
	{review.Declared, "says that it signs its releases, and none shows it"},
	{review.Present, "has signatures, and none verifies as its own"},
	{review.Partial, "signs some of its releases"},
	{review.Verified, "signs its releases"},
	{review.Enforced, "signs its releases and leaves no way around it"},
}

// sentence is the verdict in words, without its name.
func (r *Review) sentence() string {
	s := name(r.Project) + " " + r.says()
	if a := r.Adoption; a != nil {
		s += fmt.Sprintf(", since %s (%s)", fileName(a.Tag), date(a.Time))
	}
	return s
}

// says is what the verdict says of the project.
func (r *Review) says() string {
	for _, v := range verdicts {
		if v.verdict == r.Verdict {
			return v.says
		}
	}
	return "was judged"
}

// root names what was trusted.
func (r *Review) root() string {
	switch {
	case r.TrustedRoot == "":
		return ""
	case r.PublicGood:
		return "sha256:" + name(r.TrustedRoot) + ", the public good Sigstore's"
	}
	return "sha256:" + name(r.TrustedRoot) + ", not the public good Sigstore's: whoever keeps its keys can have signed anything"
}

// next is the verdict above the report's, "" above the last.
func (r *Review) next() review.Verdict {
	for i, v := range verdicts[:len(verdicts)-1] {
		if v.verdict == r.Verdict {
			return verdicts[i+1].verdict
		}
	}
	return ""
}

func (r *Review) finding(name string) *review.Finding {
	for i := range r.Findings {
		if r.Findings[i].Name == name {
			return &r.Findings[i]
		}
	}
	return nil
}

// failing says which claims fail, of those named.
func failing(claims []string) string {
	if len(claims) == 0 {
		return ""
	}
	return "fails " + strings.Join(claims, ", ")
}

// with picks the findings of an outcome.
func (r *Review) with(o review.Outcome) []*review.Finding {
	var all []*review.Finding
	for i := range r.Findings {
		if r.Findings[i].Outcome == o {
			all = append(all, &r.Findings[i])
		}
	}
	return all
}

// speakAgainst names the claims that fail for a release, by its tag, to be shown.
func (r *Review) speakAgainst() map[string][]string {
	notes := make(map[string][]string)
	for _, f := range r.with(review.False) {
		for _, c := range f.Cases {
			if claim, named := name(f.Name), notes[c.Release]; c.Release != "" && (len(named) == 0 || named[len(named)-1] != claim) {
				notes[c.Release] = append(named, claim)
			}
		}
	}
	return notes
}

// covered is how much of what is offered is covered, in words.
func covered(c review.Count) string {
	s := fmt.Sprintf("%d of %s", c.Covered, count(c.Artifacts, "artifact"))
	if c.Unknown > 0 {
		s += fmt.Sprintf(" (%d unknown)", c.Unknown)
	}
	return s
}

// coverage is that of before and since adoption, on a line.
func (r *Review) coverage() string {
	before, since := r.Coverage.Before, r.Coverage.Since
	s := covered(before) + " in " + count(before.Releases, "release")
	if r.Adoption == nil {
		return s
	}
	s = covered(since) + " in " + count(since.Releases, "release") + " since adoption"
	if before.Releases > 0 {
		s += fmt.Sprintf(", %s in %d before", covered(before), before.Releases)
	}
	return s
}

// controls says how the controls went, on a line.
func (r *Review) controls() string {
	var refused, accepted, untried []string
	for _, c := range r.Controls {
		switch c.Outcome {
		case review.True:
			refused = append(refused, name(c.Name))
		case review.False:
			accepted = append(accepted, name(c.Name))
		default:
			untried = append(untried, name(c.Name))
		}
	}
	var parts []string
	for _, p := range []struct {
		names []string
		say   string
	}{{accepted, "accepted, so believe nothing of this"}, {refused, "refused, as it must be"}, {untried, "not tried"}} {
		if len(p.names) > 0 {
			parts = append(parts, strings.Join(p.names, ", ")+": "+p.say)
		}
	}
	return strings.Join(parts, "; ")
}

// scorecard is what another's rule gives for the names of the files.
func (r *Review) scorecard() string {
	if r.Scorecard.Score < 0 {
		return name(r.Scorecard.Rule) + " would give no score"
	}
	return fmt.Sprintf("%s would give %d of 10, by the names of files alone", name(r.Scorecard.Rule), r.Scorecard.Score)
}

// signer says who signs, and whether always.
func (r *Review) signer() string {
	if r.Identity == nil {
		return ""
	}
	s := name(r.Identity.Signer)
	if s == "" {
		s = "as the policy says"
	}
	if f := r.finding("same-signer"); f != nil && f.Outcome == review.True {
		s += ", the same in every release"
	}
	return s
}

// commands are what a reader runs to come to the same, or to look further, with
// the evidence where pack is.
func (r *Review) commands(pack string) []string {
	var profile, all []string
	switch {
	case r.SOS != nil:
		profile = []string{"--profile", string(review.SOSProfile)}
	case len(r.OSPS) > 0:
		profile = []string{"--profile", string(review.OSPSProfile)}
	}
	if pack != "" {
		all = append(all, Command(append([]string{"hallmark", "review", pack}, profile...)...))
	}
	all = append(all, Command(append([]string{"hallmark", "review", r.Project, "--since", date(r.Since)}, profile...)...))
	for _, c := range slices.Backward(r.Releases) {
		if c.Count.Covered > 0 && r.Identity != nil {
			words := []string{"hallmark", "verify", r.Project + "@" + c.Tag}
			if signer := r.Identity.Signer; signer != "" && !strings.HasPrefix(signer, r.Project+"/") {
				words = append(words, "--signer-workflow", signer)
			}
			return append(all, Command(words...))
		}
	}
	return all
}

// packName is the evidence's file for whoever gets it from somebody else.
func (r *Review) packName() string {
	if r.Pack == "" {
		return ""
	}
	return filepath.Base(r.Pack)
}

// outcomes are the words for how a claim came out.
var outcomes = map[review.Outcome]string{
	review.True: "holds", review.False: "does not hold", review.Unknown: "not known", review.NotApplicable: "does not apply",
}

// answers are the words for how a question came out.
var answers = map[review.Outcome]string{
	review.True: "yes", review.False: "no", review.Unknown: "not known", review.NotApplicable: "does not apply",
}

func date(t time.Time) string {
	if t.IsZero() {
		return "no date"
	}
	return t.UTC().Format(time.DateOnly)
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// where a case is: a release, an asset of it, a line of a file.
func where(c review.Case) string {
	place := join(" ", optional(c.Release), optional(c.Asset))
	if c.Path != "" {
		file := fileName(c.Path)
		if c.Line > 0 {
			file += fmt.Sprintf(":%d", c.Line)
		}
		place = join(" ", place, file)
	}
	return place
}

// optional is a name, or nothing where there is none.
func optional(s string) string {
	if s == "" {
		return ""
	}
	return fileName(s)
}
