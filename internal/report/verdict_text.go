package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// verdictRows say what a yes rests on, each with who vouches for it.
func (v *Verification) verdictRows(r *Result) []row {
	d := r.Verdict
	var rows []row
	switch {
	case d.Summary != nil:
		rows = append(summaryRows(d.Summary), signerRows(d.Signer)...)
	case d.Question == verify.ProvenanceQuestion && d.Fact(verify.FactRepository).Value != "" && d.Fact(verify.FactSigner).Value != "":
		rows = []row{sourceRow("built from", d), builderRow(d)}
	default:
		rows = append(signerRows(d.Signer), sourceRow("source", d))
	}
	rows = append(rows, builderIDRow(d), timeRow(d), uncountedRow(d))
	if l := d.Level; l != nil {
		rows = append(rows, row{"level", []part{{text: fmt.Sprintf("SLSA Build L%d: %s", l.Build, clip(l.Why, longText))}}})
	}
	rows = append(rows, statementRow(r), viaRow(r))
	if r.Bundle != "" {
		rows = append(rows, row{"bundle", []part{{text: fileName(r.Bundle)}}})
	}
	if !v.Root.Default {
		rows = append(rows, v.rootRow())
	}
	return rows
}

func signerRows(s verify.Signer) []row {
	if s.Key != "" {
		return []row{{"signed by", []part{{text: "key " + name(s.Key)}}}}
	}
	return []row{
		{"signed by", []part{{name(s.Identity), string(verify.ByCertificate)}}},
		{"issuer", []part{{name(s.Issuer), string(verify.ByCertificate)}}},
	}
}

// summaryRows are what a verifier says. That they say so is established, and
// that it is so is for them to answer for.
func summaryRows(s *verify.Summary) []row {
	levels := "none named"
	if len(s.Levels) > 0 {
		levels = names(s.Levels)
	}
	when := "not said"
	if !s.Time.IsZero() {
		when = s.Time.UTC().Format("2006-01-02 15:04:05 UTC") + " by the verifier's own clock"
	}
	return []row{
		{"passed by", []part{{text: name(s.Verifier)}}},
		{"resource", []part{{text: name(s.Resource)}}},
		{"levels", []part{{text: levels}}},
		{"checked at", []part{{text: when}}},
	}
}

// pieces gather what is shown of facts, those of one voucher together.
type pieces struct{ parts []part }

func (p *pieces) add(separator, text string, f verify.Fact) {
	if f.Value == "" {
		return
	}
	if n := len(p.parts); n > 0 && p.parts[n-1].voucher == string(f.By) {
		p.parts[n-1].text += separator + text
		return
	}
	p.parts = append(p.parts, part{text, string(f.By)})
}

func sourceRow(label string, d *verify.Verdict) row {
	var p pieces
	repository, ref, commit := d.Fact(verify.FactRepository), d.Fact(verify.FactRef), d.Fact(verify.FactCommit)
	p.add("  ", name(strings.TrimPrefix(repository.Value, "https://")), repository)
	p.add("  ", name(ref.Value), ref)
	p.add("  ", "commit"+together+name(commit.Value), commit)
	return row{label, p.parts}
}

func builderRow(d *verify.Verdict) row {
	var p pieces
	signer, workflow := d.Fact(verify.FactSigner), d.Fact(verify.FactWorkflow)
	runner, event, run := d.Fact(verify.FactRunner), d.Fact(verify.FactEvent), d.Fact(verify.FactRun)
	p.add("", shortWorkflow(signer.Value, d), signer)
	p.add(" ", runnerText(runner.Value), runner)
	p.add(", ", "event"+together+name(event.Value), event)
	p.add(", ", "run"+together+runText(run.Value), run)
	if workflow.Value != signer.Value {
		p.add(", ", "called by "+shortWorkflow(workflow.Value, d), workflow)
	}
	return row{"by", p.parts}
}

// builderIDRow names the builder for which the signer speaks, where that is
// another one.
func builderIDRow(d *verify.Verdict) row {
	var p pieces
	id := d.Fact(verify.FactBuilder)
	p.add("", name(strings.TrimPrefix(id.Value, "https://")), id)
	return row{"builder", p.parts}
}

// shortWorkflow leaves out of a workflow's URI what goes without saying: the
// host, and a ref that is the one which was built.
func shortWorkflow(uri string, d *verify.Verdict) string {
	short, github := strings.CutPrefix(uri, "https://github.com/")
	if github && strings.HasPrefix(uri, d.Fact(verify.FactRepository).Value+"/") {
		short = strings.TrimSuffix(short, "@"+d.Fact(verify.FactRef).Value)
	}
	return name(short)
}

func runnerText(runner string) string {
	switch runner {
	case "github-hosted":
		return "on a GitHub-hosted runner"
	case "self-hosted":
		return "on a self-hosted runner"
	case "unknown":
		return "on a runner that its certificate does not name"
	}
	return "on runner " + name(runner)
}

// runText is the number of a GitHub run, with the attempt if it was not the
// first; of another run the whole URI.
func runText(uri string) string {
	_, run, ok := strings.Cut(uri, "/actions/runs/")
	number, attempt, hasAttempt := strings.Cut(run, "/attempts/")
	if !ok || !isNumber(number) || hasAttempt && !isNumber(attempt) {
		return name(uri)
	}
	if hasAttempt && attempt != "1" {
		return number + together + "attempt" + together + attempt
	}
	return number
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// timeRow says since when the signature is known to exist, and who says so.
func timeRow(d *verify.Verdict) row {
	when := "no trusted clock says when"
	if len(d.Times) > 0 {
		when = d.Times[0].Time.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	var who []string
	for _, l := range d.Logs {
		entry := fmt.Sprintf("log %s"+together+"#%d", host(l.URI), l.Index)
		if l.Proof == verify.InclusionPromise {
			entry += " (" + string(l.Proof) + ")"
		}
		who = append(who, entry)
	}
	if len(d.Logs) == 0 {
		who = append(who, "no transparency log")
	}
	for _, t := range d.Times {
		if t.Source == verify.AuthorityTime {
			who = append(who, "timestamp authority "+host(t.URI))
		}
	}
	return row{"signed at", []part{{text: when + "  " + strings.Join(who, ", ")}}}
}

// uncountedRow says why timestamps that came along count for nothing.
func uncountedRow(d *verify.Verdict) row {
	r := row{label: "not counted"}
	for _, err := range d.Uncounted {
		r.parts = append(r.parts, part{text: "a timestamp: " + summary(err)})
	}
	return r
}

// statementRow says what the statement says beyond the facts shown. Nothing
// but the signer's own word stands behind it.
func statementRow(r *Result) row {
	d := r.Verdict
	s := d.Statement
	if s == nil {
		return row{}
	}
	var items []string
	if d.Level == nil {
		items = append(items, "predicate "+name(s.PredicateType))
	} else {
		if s.Dependencies > 0 {
			items = append(items, count(s.Dependencies, "material"))
		}
		if s.Parameters > 0 {
			items = append(items, count(s.Parameters, "parameter"))
		}
	}
	if len(d.InputsNotChecked) > 0 {
		items = append(items, "inputs not checked: "+names(d.InputsNotChecked))
	}
	if s.Subject != d.Artifact.GetName() {
		items = append(items, "knows the file as "+fileName(s.Subject))
	}
	if len(s.UnknownFields) > 0 {
		items = append(items, count(len(s.UnknownFields), "member")+" that in-toto does not define")
	}
	if len(items) == 0 {
		return row{}
	}
	return row{"also says", []part{{text: strings.Join(items, ", ") + " (" + string(verify.SelfAsserted) + ")"}}}
}

// viaRow says that all of the above is about a checksum file.
func viaRow(r *Result) row {
	if r.Via == "" {
		return row{}
	}
	return row{"via", []part{{text: fileName(r.Via) + ": all of this is about that checksum file, which lists this one"}}}
}

func (v *Verification) rootRow() row {
	return row{"trusted root", []part{{text: join("  ", name(v.Root.Source), shortDigest(map[string]string{"sha256": v.Root.SHA256}))}}}
}
