package report

import (
	"errors"
	"time"

	"github.com/hallmark-project/hallmark/verify"
)

// Inspection is what files say, with nobody having checked any of it.
type Inspection struct {
	Documents []Document
}

// Document is one thing that stands in a file.
type Document struct {
	Name     string // the file, with the line where it holds several
	Kind     Kind
	Format   string              // the version of its kind, as it states it; may be empty
	Says     *verify.Description // of what a signer made; nil for trust material
	Services []Service           // of trust material
	Problems []error             // why it, or parts of it, could not be read
}

// Kind is what a document is, in the words that people and programs see.
type Kind string

// The kinds of document. Unknown is one that is none of the others.
const (
	Unknown       Kind = "unknown"
	Bundle        Kind = "Sigstore bundle"
	CosignBundle  Kind = "cosign bundle"
	Signature     Kind = "detached signature"
	Envelope      Kind = "DSSE envelope"
	Statement     Kind = "in-toto statement"
	Certificate   Kind = "certificate"
	TrustedRoot   Kind = "trusted root"
	SigningConfig Kind = "signing config"
)

// Service is one that trust material names: whom to believe, or whom to ask.
type Service struct {
	Kind     string // certificate authority, log and so on
	URL      string
	Operator string
	ID       string    // of a log: SHA-256 of its key, in hex
	Name     string    // of an authority: the subject of its certificate
	Version  uint32    // of the service's API; 0 where it does not say
	Use      string    // how many of its kind are used; "" where it does not say
	From, To time.Time // when it is in use; zero means open
}

// problems are those of the document and of what it says.
func (d *Document) problems() []error {
	if d.Says == nil {
		return d.Problems
	}
	return append(d.Problems[:len(d.Problems):len(d.Problems)], d.Says.Problems...)
}

// Failed joins what could not be read, or returns nil.
func (i *Inspection) Failed() error {
	var all []error
	for n := range i.Documents {
		all = append(all, i.Documents[n].problems()...)
	}
	return errors.Join(all...)
}
