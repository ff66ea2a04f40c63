package report

import (
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// Text writes for a person what the files say, and first of all that nobody
// checked it.
func (i *Inspection) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	p.line("nothing here was checked: it is what the files say, and anybody can write one")
	for n := range i.Documents {
		p.document(&i.Documents[n])
	}
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *page) document(d *Document) {
	kind := string(d.Kind)
	if d.Kind == Unknown {
		kind = "nothing that hallmark knows"
	}
	p.line("\n%s  %s", fileName(d.Name), join(" ", kind, name(d.Format)))
	if d.Says != nil {
		p.certificate(d.Says)
		p.statement(d.Says)
		p.proofs(d.Says)
	}
	p.services(d.Services)
	if problems := d.problems(); len(problems) > 0 {
		p.line("\n  not readable")
		for _, err := range problems {
			p.rows(4, []row{{string(checkOf(err)), refusalParts(err)}})
		}
	}
}

func said(label, text string) row { return row{label, []part{{text: text}}} }

func (p *page) certificate(d *verify.Description) {
	leaf := d.Certificate
	if leaf == nil {
		if d.KeyHint != "" {
			p.section("signed with a key", []row{said("hint", name(d.KeyHint))})
		}
		return
	}
	var rows []row
	if d.Identity != "" {
		rows = []row{said("identity", name(d.Identity)), said("issuer", name(d.Issuer))}
	}
	rows = append(rows,
		said("authority", name(leaf.Issuer.String())),
		said("in use", period(leaf.NotBefore, leaf.NotAfter)),
		said("key", join(" ", keyKind(leaf), verify.Fingerprint(leaf.PublicKey))))
	p.section("the certificate says", append(rows, factRows(d.Facts)...))
}

// keyKind is the kind of a certificate's key.
func keyKind(leaf *x509.Certificate) string {
	if leaf.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		return "unknown kind"
	}
	return leaf.PublicKeyAlgorithm.String()
}

func factRows(facts []verify.Fact) []row {
	var rows []row
	for _, f := range facts {
		rows = append(rows, said(string(f.Name), name(f.Value)))
	}
	return rows
}

func (p *page) statement(d *verify.Description) {
	var rows []row
	heading := "the signature is over"
	if d.PayloadType != "" {
		heading = "the statement says"
		rows = append(rows, said("payload", name(d.PayloadType)))
	}
	s := d.Statement
	if s != nil {
		rows = append(rows, said("type", name(s.Type)), said("predicate", name(s.PredicateType)))
	}
	rows = append(rows, subjectRow(d.Subjects))
	if s != nil {
		rows = append(rows, factRows(s.Claims)...)
		if len(s.Parameters) > 0 {
			rows = append(rows, said("parameters", names(s.Parameters)))
		}
		if len(s.Inputs) > 0 {
			rows = append(rows, said("inputs", names(s.Inputs)))
		}
		if s.Dependencies > 0 {
			rows = append(rows, said("materials", fmt.Sprint(s.Dependencies)))
		}
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return len(r.parts) == 0 })
	p.section(heading, rows)
	if s != nil {
		p.section("the statement contradicts its certificate", contradictionRows(s.Contradicts))
	}
}

// subjectRow lists the first few subjects.
func subjectRow(subjects []*intoto.ResourceDescriptor) row {
	const few = 16
	r := row{label: "subjects"}
	if len(subjects) == 1 {
		r.label = "subject"
	}
	for _, s := range subjects[:min(len(subjects), few)] {
		text := ""
		if called := s.GetName() + s.GetUri(); called != "" {
			text = fileName(called)
		}
		for _, algorithm := range slices.Sorted(maps.Keys(s.GetDigest())) {
			text = join(" ", text, name(algorithm+":"+s.GetDigest()[algorithm]))
		}
		r.parts = append(r.parts, part{text: text})
	}
	if more := len(subjects) - few; more > 0 {
		r.parts = append(r.parts, part{text: fmt.Sprintf("and %d more", more)})
	}
	return r
}

func (p *page) proofs(d *verify.Description) {
	var rows []row
	for _, e := range d.Entries {
		log := e.Origin
		if log == "" {
			log = "with key " + e.LogID
		}
		proof := "no proof"
		switch {
		case e.Promise && e.Proof:
			proof = "inclusion promise and proof"
		case e.Promise:
			proof = "inclusion promise"
		case e.Proof:
			proof = "inclusion proof"
		}
		rows = append(rows, said("log", join(", ", fmt.Sprintf("%s"+together+"#%d", name(log), e.Index), name(e.Kind), when(e.Time), proof)))
	}
	for _, s := range d.Stamps {
		rows = append(rows, said("timestamp", join(", ", when(s.Time), name(s.Authority))))
	}
	p.section("it comes with", rows)
}

func (p *page) services(services []Service) {
	for i, s := range services {
		if i == 0 || services[i-1].Kind != s.Kind {
			p.line("\n  %s", s.Kind)
		}
		version := ""
		if s.Version > 0 {
			version = fmt.Sprintf("API version %d", s.Version)
		}
		p.line("    %s", join("  ", name(s.URL), version))
		rows := []row{said("in use", period(s.From, s.To))}
		for _, r := range []struct{ label, text string }{{"operator", s.Operator}, {"key", s.ID}, {"authority", s.Name}, {"use", s.Use}} {
			if r.text != "" {
				rows = append(rows, said(r.label, name(r.text)))
			}
		}
		p.rows(6, rows)
	}
}

func contradictionRows(all []verify.Disagreement) []row {
	var rows []row
	for _, d := range all {
		rows = append(rows, row{string(d.Name), []part{
			{text: "the statement   " + name(d.Statement)},
			{text: "the certificate " + name(d.Certificate)},
		}})
	}
	return rows
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strings.ReplaceAll(t.UTC().Format("2006-01-02 15:04:05 UTC"), " ", together)
}

func period(from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return "it does not say when"
	case to.IsZero():
		return "since " + when(from)
	case from.IsZero():
		return "until " + when(to)
	}
	return when(from) + " to " + when(to)
}
