package review

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of a record. What a collector meets beyond them it leaves out and
// says so.
const (
	MaxRecord   = 64 << 20 // bytes of the document
	MaxReleases = 10_000   // as many as GitHub lists
	MaxAssets   = 1_000    // of one release, as many as GitHub takes
	MaxBlob     = 64 << 20 // bytes of one blob
	maxItems    = 100_000  // elements of any other list
)

// ErrRecord marks a record that is not one: evidence that is refused.
var ErrRecord = errors.New("record")

func recordError(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrRecord}, args...)...)
}

// Encode writes the record's document, in the one spelling that ParseRecord
// reads. The blobs stand beside it.
func (r *Record) Encode() ([]byte, error) {
	data, err := encode(r)
	if err != nil {
		return nil, recordError("%w", err)
	}
	return data, nil
}

// encode writes a value in one spelling only: members in their order, those of
// maps sorted, times in UTC. What is no UTF-8 in a name or text of the project is
// replaced.
func encode(v any) ([]byte, error) {
	utc := json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
		return e.WriteToken(jsontext.String(t.UTC().Format(time.RFC3339Nano)))
	})
	data, err := json.Marshal(v, json.Deterministic(true), json.WithMarshalers(utc), jsontext.AllowInvalidUTF8(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}

// ParseRecord reads a record. An unknown member, one that stands twice, a
// number or time in another spelling, a blob whose bytes are not those of its
// digest: any of them, and the record is refused. The error wraps ErrRecord.
func ParseRecord(document []byte, blobs Blobs) (*Record, error) {
	if len(document) > MaxRecord {
		return nil, recordError("more than %d bytes", MaxRecord)
	}
	var r Record
	if err := json.Unmarshal(document, &r, json.RejectUnknownMembers(true)); err != nil {
		return nil, recordError("%w", err)
	}
	if err := r.validate(); err != nil {
		return nil, err
	}
	again, err := r.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, document) {
		return nil, recordError("not in the spelling in which records are written")
	}
	if err := blobs.check(); err != nil {
		return nil, recordError("%w", err)
	}
	r.Blobs = blobs
	return &r, nil
}

var (
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}$`)
	hexSHA256      = regexp.MustCompile(`^[0-9a-f]{64}$`)
	hexCommit      = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
	decimal        = regexp.MustCompile(`^[0-9]{0,19}$`)
)

// validate holds what the judgement computes with to its form. Names and texts
// are anybody's and stay as they are.
func (r *Record) validate() error {
	switch {
	case r.MediaType != RecordType:
		return recordError("media type %q: want %s", r.MediaType, RecordType)
	case r.Clock.IsZero():
		return recordError("no clock")
	case !repositoryName.MatchString(r.Repository.Name):
		return recordError("repository %q: want OWNER/NAME", r.Repository.Name)
	case !decimal.MatchString(r.Repository.ID) || !decimal.MatchString(r.Repository.OwnerID):
		return recordError("repository %s: its numbers are no numbers", r.Repository.Name)
	case len(r.Releases.Items) > MaxReleases:
		return recordError("more than %d releases", MaxReleases)
	case max(len(r.Git.Tags), len(r.Git.Commits), len(r.Documents), len(r.Changes.Items), len(r.Issues.Items), len(r.Rules.Rulesets.Items)) > maxItems:
		return recordError("a list of more than %d", maxItems)
	}
	tags := make(map[string]bool)
	for i := range r.Releases.Items {
		rel := &r.Releases.Items[i]
		if tags[rel.Tag] {
			return recordError("release %q stands twice", rel.Tag)
		}
		tags[rel.Tag] = true
		if err := rel.validate(); err != nil {
			return err
		}
	}
	for _, t := range r.Git.Tags {
		if !hexCommit.MatchString(t.Commit) || !hexCommit.MatchString(t.Object) {
			return recordError("tag %q: no commit", t.Name)
		}
	}
	for _, d := range r.Documents {
		if d.Asked.Known() && !hexSHA256.MatchString(d.Asked.SHA256) {
			return recordError("document %q: no digest", d.Name)
		}
	}
	return nil
}

func (rel *Release) validate() error {
	if rel.Tag == "" {
		return recordError("release %d has no tag", rel.ID)
	}
	if len(rel.Assets) > MaxAssets {
		return recordError("release %q has more than %d assets", rel.Tag, MaxAssets)
	}
	names := make(map[string]bool)
	for i := range rel.Assets {
		a := &rel.Assets[i]
		digests := append([]string{a.Stated, a.Flipped, a.Digests["sha256"]}, a.Converted...)
		for _, at := range a.Attestations.Items {
			digests = append(digests, at.SHA256)
		}
		for _, d := range digests {
			if d != "" && !hexSHA256.MatchString(d) {
				return recordError("release %q, asset %q: digest %.80q", rel.Tag, a.Name, d)
			}
		}
		for algorithm, d := range a.Digests {
			if raw, err := hex.DecodeString(d); err != nil || byLength[len(raw)] != algorithm {
				return recordError("release %q, asset %q: %s digest %.80q", rel.Tag, a.Name, algorithm, d)
			}
		}
		if a.Name == "" || names[a.Name] || a.Size < 0 || a.Downloads < 0 {
			return recordError("release %q: asset %q has no name of its own or a size below nothing", rel.Tag, a.Name)
		}
		names[a.Name] = true
	}
	return nil
}
