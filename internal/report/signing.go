package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	slsav02 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v0.2"
	slsav1 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// Signing is the outcome of signing or attesting: what went where, and what
// whoever downloads it needs.
type Signing struct {
	Source      string // where the identity came from, or the key
	PublicKey   string // the file with the public half of a key, "" where it is not known
	Attestation bool   // statements were signed, not artifacts' digests
	Signed      []Signed
	Targets     []string // the artifacts that are no images, as the command line names them
	LeftOut     []LeftOut
	Stored      []Stored // at GitHub
	Trust       []string // the flags that name the trusted root; none where it is the usual one
}

// Signed is one bundle that stands now.
type Signed struct {
	Name      string // the artifact, or the file of statements
	Bundle    string // the file that holds it, or what does in the image's registry
	Attached  bool   // to an image, which is named by its digest
	Artifacts int    // how many a statement is about
	Verdict   *verify.Verdict
	Kept      bool // it stood there before and verifies
}

// Stored is a bundle that GitHub keeps, and the page that shows it.
type Stored struct {
	ID  int64  `json:"id"`
	URL string `json:"url"`
}

// Text writes the outcome for a person, with the command that verifies it.
func (s *Signing) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	p.rows(0, []row{
		s.identityRow(),
		s.doneRow("signed", s.which(false, false)),
		s.doneRow("kept", s.which(false, true)),
		attachedRow("attached", s.which(true, false)),
		attachedRow("kept", s.which(true, true)),
		storedRow(s.Stored),
	})
	if len(s.LeftOut) > 0 {
		p.line("")
		p.table(leftOutLines(s.LeftOut))
	}
	for i, command := range s.commands() {
		if i == 0 {
			p.line("\nverify it with")
		}
		p.line("  %s", command) // never wrapped: it is to be copied
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// which are the bundles that were attached or not, and kept or not.
func (s *Signing) which(attached, kept bool) []Signed {
	var some []Signed
	for _, one := range s.Signed {
		if one.Attached == attached && one.Kept == kept {
			some = append(some, one)
		}
	}
	return some
}

func (s *Signing) identityRow() row {
	if len(s.Signed) == 0 {
		return row{label: "identity"}
	}
	label, who := "identity", name(s.signer().Identity)
	if s.signer().Key != "" {
		label, who = "key", s.signer().Key
	}
	return row{label, []part{{text: join("  ", who, "("+Escape(s.Source)+")")}}}
}

func (s *Signing) signer() verify.Signer { return s.Signed[0].Verdict.Signer }

// doneRow sums up bundles that were made, or kept.
func (s *Signing) doneRow(label string, bundles []Signed) row {
	if len(bundles) == 0 {
		return row{label: label}
	}
	text := count(len(bundles), "artifact") + ", a bundle beside each as ARTIFACT.sigstore.json"
	if len(bundles) == 1 {
		text = fileName(bundles[0].Name) + " in " + fileName(bundles[0].Bundle)
	}
	if s.Attestation {
		artifacts := 0
		for _, one := range bundles {
			artifacts += one.Artifacts
		}
		text = fmt.Sprintf("%s attested in %s", count(artifacts, "artifact"), fileName(bundles[0].Bundle))
	}
	return row{label, []part{{text: join("  ", text, logRange(bundles))}}}
}

// attachedRow names images, each with what holds its bundle.
func attachedRow(label string, bundles []Signed) row {
	r := row{label: label}
	for _, one := range bundles {
		_, digest, _ := strings.Cut(one.Bundle, "@")
		r.parts = append(r.parts, part{text: join("  ", name(one.Name), "as"+together+name(digest), logRange([]Signed{one}))})
	}
	return r
}

// storedRow names what GitHub keeps by its pages.
func storedRow(all []Stored) row {
	r := row{label: "stored"}
	for _, one := range all {
		r.parts = append(r.parts, part{text: "at GitHub as " + name(one.URL)})
	}
	return r
}

// logRange names the log entries of bundles by the first and last index, and
// says where there is none.
func logRange(bundles []Signed) string {
	var indexes []int64
	for _, one := range bundles {
		for _, l := range one.Verdict.Logs {
			indexes = append(indexes, l.Index)
		}
	}
	if len(indexes) == 0 {
		return "in no log"
	}
	slices.Sort(indexes)
	if first, last := indexes[0], indexes[len(indexes)-1]; first != last {
		return fmt.Sprintf("log #%d to #%d", first, last)
	}
	return fmt.Sprintf("log #%d", indexes[0])
}

// commands are what verifies the outcome, ready to be pasted: what is in files
// and what is in registries is looked for in different places.
func (s *Signing) commands() []string {
	var commands []string
	if files := append(s.which(false, false), s.which(false, true)...); len(files) > 0 {
		where := s.Targets
		if s.Attestation {
			where = append([]string{"--bundle", files[0].Bundle}, where...)
		}
		commands = append(commands, s.command(files[0].Verdict, where))
	}
	var images []string
	for _, one := range s.Signed {
		if one.Attached {
			images = append(images, "oci://"+one.Name)
		}
	}
	if len(images) > 0 {
		first := slices.IndexFunc(s.Signed, func(one Signed) bool { return one.Attached })
		commands = append(commands, s.command(s.Signed[first].Verdict, images))
	}
	return commands
}

// command verifies what is named by the last words, as v was.
func (s *Signing) command(v *verify.Verdict, last []string) string {
	words := []string{"hallmark", "verify"}
	repository, ref := v.Fact(verify.FactRepository).Value, v.Fact(verify.FactRef).Value
	switch {
	case s.signer().Key != "":
		words = append(words, "--key", cmp.Or(s.PublicKey, "PUBLIC-KEY-FILE"))
		if len(v.Logs) == 0 {
			words = append(words, "--allow-unlogged")
		}
	case strings.HasPrefix(repository, "https://github.com/"):
		words = append(words, "--repo", strings.TrimPrefix(repository, "https://github.com/"))
		if tag, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
			words = append(words, "--tag", tag)
		} else if ref != "" {
			words = append(words, "--ref", ref)
		}
		words = append(words, exceptions(v)...)
	default:
		words = append(words, "--identity", s.signer().Identity, "--issuer", s.signer().Issuer)
	}
	if v.Statement != nil && v.Statement.PredicateType != slsav1.PredicateSLSAProvenance && v.Statement.PredicateType != slsav02.PredicateSLSAProvenance {
		words = append(words, "--predicate-type", v.Statement.PredicateType)
	}
	words = append(words, s.Trust...)
	words = append(words, last...)
	return Command(words...)
}

// exceptions are what a verifier refuses unless told: a workflow of somebody
// else's, an event that others can start, and a runner of the project's own.
func exceptions(v *verify.Verdict) []string {
	var words []string
	signer := v.Fact(verify.FactSigner).Value
	if workflow, ok := strings.CutPrefix(signer, "https://github.com/"); ok && !strings.HasPrefix(signer, v.Fact(verify.FactRepository).Value+"/") {
		workflow, _, _ = strings.Cut(workflow, "@")
		words = append(words, "--signer-workflow", workflow)
	}
	if event := v.Fact(verify.FactEvent).Value; event != "" && !verify.UsualEvent(event) {
		words = append(words, "--event", event)
	}
	if v.Fact(verify.FactRunner).Value == "self-hosted" {
		words = append(words, "--allow-self-hosted")
	}
	return words
}

// Command is a line that a shell takes for these words.
func Command(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

var plainWord = regexp.MustCompile(`\A[A-Za-z0-9@%+=:,./_-]+\z`)

// quote makes a word one for a shell, with what could not be seen escaped.
func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(Escape(word), "'", `'\''`) + "'"
}

// JSON writes the outcome as one document; docs/schema/signing.v1.json.
func (s *Signing) JSON(w io.Writer) error {
	type entry struct {
		URI   string `json:"uri"`
		Index int64  `json:"index"`
	}
	type signed struct {
		Name      string  `json:"name"`
		Bundle    string  `json:"bundle"`
		Artifacts int     `json:"artifacts,omitzero"`
		Kept      bool    `json:"kept"`
		Logs      []entry `json:"logs"`
	}
	document := struct {
		MediaType string       `json:"mediaType"`
		Kind      string       `json:"kind"`
		Identity  string       `json:"identity,omitzero"`
		Issuer    string       `json:"issuer,omitzero"`
		Key       string       `json:"key,omitzero"`
		Signed    []signed     `json:"signed"`
		LeftOut   []leftOutDoc `json:"leftOut,omitempty"`
		Stored    []Stored     `json:"stored,omitempty"`
	}{MediaType: "application/vnd.hallmark.signing.v1+json", Kind: "signature", Signed: []signed{}}
	document.Stored = s.Stored
	if s.Attestation {
		document.Kind = "attestation"
	}
	if len(s.Signed) > 0 {
		document.Identity, document.Issuer, document.Key = s.signer().Identity, s.signer().Issuer, s.signer().Key
	}
	for _, one := range s.Signed {
		out := signed{Name: one.Name, Bundle: one.Bundle, Artifacts: one.Artifacts, Kept: one.Kept, Logs: []entry{}}
		for _, l := range one.Verdict.Logs {
			out.Logs = append(out.Logs, entry{l.URI, l.Index})
		}
		document.Signed = append(document.Signed, out)
	}
	for _, l := range s.LeftOut {
		document.LeftOut = append(document.LeftOut, leftOutDoc(l))
	}
	return WriteJSON(w, document)
}
