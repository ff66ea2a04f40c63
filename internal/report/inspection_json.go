package report

import (
	"io"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// docs/schema/inspection.v1.json describes these documents.
type inspectionDocument struct {
	MediaType string         `json:"mediaType"`
	Checked   string         `json:"checked"`
	Documents []inspectedDoc `json:"documents"`
}

type inspectedDoc struct {
	Name        string          `json:"name"`
	Kind        Kind            `json:"kind"`
	Format      string          `json:"format,omitempty"`
	Certificate *certificateDoc `json:"certificate,omitempty"`
	KeyHint     string          `json:"keyHint,omitempty"`
	PayloadType string          `json:"payloadType,omitempty"`
	Subjects    []subjectDoc    `json:"subjects,omitempty"`
	Statement   *claimedDoc     `json:"statement,omitempty"`
	Logs        []entryDoc      `json:"logs,omitempty"`
	Timestamps  []stampDoc      `json:"timestamps,omitempty"`
	Services    []serviceDoc    `json:"services,omitempty"`
	Problems    []refusalDoc    `json:"problems,omitempty"`
}

type certificateDoc struct {
	Identity  string     `json:"identity,omitempty"`
	Issuer    string     `json:"issuer,omitempty"`
	Authority string     `json:"authority"`
	From      string     `json:"from"`
	To        string     `json:"to"`
	Key       string     `json:"key"`
	Facts     []claimDoc `json:"facts,omitempty"`
}

type claimDoc struct {
	Name  verify.FactName `json:"name"`
	Value string          `json:"value"`
}

type subjectDoc struct {
	Name   string            `json:"name,omitempty"`
	URI    string            `json:"uri,omitempty"`
	Digest map[string]string `json:"digest,omitempty"`
}

type claimedDoc struct {
	Type          string            `json:"type"`
	PredicateType string            `json:"predicateType"`
	Claims        []claimDoc        `json:"claims,omitempty"`
	Parameters    []string          `json:"parameters,omitempty"`
	Inputs        []string          `json:"inputs,omitempty"`
	Dependencies  int               `json:"dependencies"`
	Contradicts   []disagreementDoc `json:"contradicts,omitempty"`
}

type entryDoc struct {
	Origin  string `json:"origin,omitempty"`
	LogID   string `json:"logId"`
	Index   int64  `json:"index"`
	Kind    string `json:"kind"`
	Time    string `json:"time,omitempty"`
	Promise bool   `json:"promise"`
	Proof   bool   `json:"proof"`
}

type stampDoc struct {
	Time      string `json:"time"`
	Authority string `json:"authority,omitempty"`
}

type serviceDoc struct {
	Kind     string `json:"kind"`
	URL      string `json:"url,omitempty"`
	Operator string `json:"operator,omitempty"`
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Version  uint32 `json:"apiVersion,omitzero"`
	Use      string `json:"use,omitempty"`
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
}

// JSON writes what the files say as one document.
func (i *Inspection) JSON(w io.Writer) error {
	doc := inspectionDocument{MediaType: "application/vnd.hallmark.inspection.v1+json", Checked: "nothing", Documents: []inspectedDoc{}}
	for n := range i.Documents {
		doc.Documents = append(doc.Documents, inspected(&i.Documents[n]))
	}
	return WriteJSON(w, doc)
}

func inspected(d *Document) inspectedDoc {
	doc := inspectedDoc{Name: d.Name, Kind: d.Kind, Format: d.Format, Services: serviceDocs(d.Services)}
	for _, err := range d.problems() {
		doc.Problems = append(doc.Problems, refusalDocument(Refusal{Err: err}))
	}
	says := d.Says
	if says == nil {
		return doc
	}
	doc.KeyHint, doc.PayloadType = says.KeyHint, says.PayloadType
	doc.Certificate, doc.Subjects, doc.Statement = certificateDocument(says), subjectDocs(says.Subjects), statementDocument(says.Statement)
	for _, e := range says.Entries {
		doc.Logs = append(doc.Logs, entryDoc{e.Origin, e.LogID, e.Index, e.Kind, stampOrNone(e.Time), e.Promise, e.Proof})
	}
	for _, s := range says.Stamps {
		doc.Timestamps = append(doc.Timestamps, stampDoc{stamp(s.Time), s.Authority})
	}
	return doc
}

func certificateDocument(d *verify.Description) *certificateDoc {
	leaf := d.Certificate
	if leaf == nil {
		return nil
	}
	return &certificateDoc{Identity: d.Identity, Issuer: d.Issuer, Authority: leaf.Issuer.String(),
		From: stamp(leaf.NotBefore), To: stamp(leaf.NotAfter), Key: verify.Fingerprint(leaf.PublicKey), Facts: claimDocs(d.Facts)}
}

func statementDocument(s *verify.StatementDescription) *claimedDoc {
	if s == nil {
		return nil
	}
	return &claimedDoc{Type: s.Type, PredicateType: s.PredicateType, Claims: claimDocs(s.Claims), Parameters: s.Parameters,
		Inputs: s.Inputs, Dependencies: s.Dependencies, Contradicts: disagreementDocs(s.Contradicts)}
}

func claimDocs(facts []verify.Fact) []claimDoc {
	var docs []claimDoc
	for _, f := range facts {
		docs = append(docs, claimDoc{f.Name, f.Value})
	}
	return docs
}

func subjectDocs(subjects []*intoto.ResourceDescriptor) []subjectDoc {
	var docs []subjectDoc
	for _, s := range subjects {
		docs = append(docs, subjectDoc{s.GetName(), s.GetUri(), s.GetDigest()})
	}
	return docs
}

func stampOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}
