package report

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/verify"
)

// The documents are the contract with programs: docs/schema/verification.v1.json
// describes them, whatever the values of package verify come to look like.
type verificationDocument struct {
	MediaType string         `json:"mediaType"`
	Root      rootDocument   `json:"trustedRoot"`
	Targets   []targetDoc    `json:"targets"`
	LeftOut   []leftOutDoc   `json:"leftOut,omitempty"`
	Count     map[Status]int `json:"count"`
}

type rootDocument struct {
	Source  string `json:"source"`
	SHA256  string `json:"sha256,omitempty"`
	Default bool   `json:"default"`
}

type leftOutDoc struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

type targetDoc struct {
	Name             string            `json:"name"`
	Digest           map[string]string `json:"digest,omitempty"`
	DigestStated     bool              `json:"digestStated,omitzero"`
	Status           Status            `json:"status"`
	Question         verify.Question   `json:"question"`
	Bundle           string            `json:"bundle,omitempty"`
	Via              string            `json:"via,omitempty"`
	Signer           *signerDoc        `json:"signer,omitempty"`
	Facts            []factDoc         `json:"facts,omitempty"`
	Times            []timeDoc         `json:"times,omitempty"`
	Uncounted        []refusalDoc      `json:"uncounted,omitempty"`
	Logs             []logDoc          `json:"logs,omitempty"`
	Level            *levelDoc         `json:"level,omitempty"`
	Summary          *summaryDoc       `json:"summary,omitempty"`
	Statement        *statementDoc     `json:"statement,omitempty"`
	NotBelieved      []disagreementDoc `json:"notBelieved,omitempty"`
	InputsNotChecked []string          `json:"inputsNotChecked,omitempty"`
	Refused          []refusalDoc      `json:"refused,omitempty"`
}

type signerDoc struct {
	Identity string `json:"identity,omitempty"`
	Issuer   string `json:"issuer,omitempty"`
	Key      string `json:"key,omitempty"`
}

type factDoc struct {
	Name          verify.FactName    `json:"name"`
	Value         string             `json:"value"`
	EstablishedBy verify.Established `json:"establishedBy"`
}

type timeDoc struct {
	Time   string            `json:"time"`
	Source verify.TimeSource `json:"source"`
	URI    string            `json:"uri,omitempty"`
}

type logDoc struct {
	URI   string       `json:"uri,omitempty"`
	Index int64        `json:"index"`
	Kind  string       `json:"kind"`
	Proof verify.Proof `json:"proof"`
}

type levelDoc struct {
	Build int    `json:"build"`
	Why   string `json:"why"`
}

type summaryDoc struct {
	Verifier string   `json:"verifier"`
	Resource string   `json:"resource"`
	Levels   []string `json:"levels"`
	Time     string   `json:"timeVerified,omitempty"`
}

type statementDoc struct {
	PredicateType string   `json:"predicateType"`
	Subject       string   `json:"subject"`
	Subjects      int      `json:"subjects"`
	Dependencies  int      `json:"dependencies"`
	Parameters    int      `json:"parameters"`
	UnknownFields []string `json:"unknownFields,omitempty"`
}

type disagreementDoc struct {
	Name        verify.FactName `json:"name"`
	Certificate string          `json:"certificate"`
	Statement   string          `json:"statement"`
}

type refusalDoc struct {
	Bundle string       `json:"bundle,omitempty"`
	Via    string       `json:"via,omitempty"`
	Check  verify.Check `json:"check,omitempty"`
	Want   string       `json:"want,omitempty"`
	Got    string       `json:"got,omitempty"`
	Why    string       `json:"why,omitempty"`
	Hint   string       `json:"hint,omitempty"`
	Cause  string       `json:"cause,omitempty"`
}

// JSON writes the outcome as one document.
func (v *Verification) JSON(w io.Writer) error { return WriteJSON(w, v.document()) }

func (v *Verification) document() verificationDocument {
	doc := verificationDocument{
		MediaType: "application/vnd.hallmark.verification.v1+json",
		Root:      rootDocument(v.Root),
		Targets:   []targetDoc{},
		Count:     map[Status]int{Verified: v.count(Verified), Rejected: v.count(Rejected), Undecided: v.count(Undecided)},
	}
	for i := range v.Results {
		doc.Targets = append(doc.Targets, v.target(&v.Results[i]))
	}
	for _, l := range v.LeftOut {
		doc.LeftOut = append(doc.LeftOut, leftOutDoc(l))
	}
	return doc
}

func (v *Verification) target(r *Result) targetDoc {
	t := targetDoc{Name: r.Name, Digest: r.Digest, DigestStated: r.Stated, Status: r.Status(), Question: v.Question, Bundle: r.Bundle, Via: r.Via}
	for _, refusal := range r.refusals() {
		t.Refused = append(t.Refused, refusalDocument(refusal))
	}
	d := r.Verdict
	if d == nil {
		return t
	}
	signer := signerDoc(d.Signer)
	t.Signer, t.InputsNotChecked = &signer, d.InputsNotChecked
	t.Facts, t.Times, t.NotBelieved = factDocs(d.Facts), timeDocs(d.Times), disagreementDocs(d.NotBelieved)
	for _, err := range d.Uncounted {
		t.Uncounted = append(t.Uncounted, refusalDocument(Refusal{Err: err}))
	}
	for _, l := range d.Logs {
		t.Logs = append(t.Logs, logDoc(l))
	}
	if d.Level != nil {
		level := levelDoc(*d.Level)
		t.Level = &level
	}
	t.Summary = summaryDocument(d.Summary)
	if d.Statement != nil {
		statement := statementDoc(*d.Statement)
		t.Statement = &statement
	}
	return t
}

func summaryDocument(s *verify.Summary) *summaryDoc {
	if s == nil {
		return nil
	}
	doc := &summaryDoc{Verifier: s.Verifier, Resource: s.Resource, Levels: append([]string{}, s.Levels...)}
	if !s.Time.IsZero() {
		doc.Time = stamp(s.Time)
	}
	return doc
}

func refusalDocument(r Refusal) refusalDoc {
	var rejection *verify.Rejection
	if !errors.As(r.Err, &rejection) {
		return refusalDoc{Bundle: r.Bundle, Via: r.Via, Cause: r.Err.Error()}
	}
	doc := refusalDoc{Bundle: r.Bundle, Via: r.Via, Check: rejection.Check, Want: rejection.Want, Got: rejection.Got,
		Why: rejection.Why, Hint: rejection.Hint}
	if rejection.Err != nil {
		doc.Cause = strings.TrimSpace(rejection.Err.Error())
	}
	return doc
}

func factDocs(facts []verify.Fact) []factDoc {
	var docs []factDoc
	for _, f := range facts {
		docs = append(docs, factDoc{f.Name, f.Value, f.By})
	}
	return docs
}

func timeDocs(times []verify.Time) []timeDoc {
	var docs []timeDoc
	for _, t := range times {
		docs = append(docs, timeDoc{stamp(t.Time), t.Source, t.URI})
	}
	return docs
}

func disagreementDocs(disagreements []verify.Disagreement) []disagreementDoc {
	var docs []disagreementDoc
	for _, d := range disagreements {
		docs = append(docs, disagreementDoc(d))
	}
	return docs
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
