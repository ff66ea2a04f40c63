package material

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/rekor/pkg/generated/models"
	"github.com/sigstore/rekor/pkg/tle"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// A Completer finds the log entry of material that came without, and makes the
// bundle of today of it. It asks the logs that the trusted root names and no
// others, for the one entry that this signature, by this key, over these bytes,
// must have become: what a log offers beside it is not looked at.
type Completer struct {
	Root      root.TrustedMaterial
	Transport http.RoundTripper
	// Key is what signed material that has no certificate.
	Key crypto.PublicKey
}

// Complete returns the material with its log entry, as a bundle of version 0.3.
// The error is a *verify.Rejection where no log holds the entry; any other
// means that a log could not be asked. Nothing is verified by it.
func (c *Completer) Complete(ctx context.Context, f Found) (Found, error) {
	if f.Err != nil {
		return f, f.Err
	}
	if proven(f.Bundle) {
		f.Bundle = modern(f.Bundle, f.Bundle.GetVerificationMaterial().GetTlogEntries()...)
		return f, nil
	}
	proposals, err := propose(ctx, f, c.Key)
	if err != nil {
		return f, err
	}
	if len(proposals) == 0 {
		return f, &verify.Rejection{Check: verify.CheckSignature, Want: "a signature that its certificate or key has made", Got: "one that no log would take"}
	}
	leaf, err := leafOf(f)
	if err != nil {
		return f, err
	}
	var entries []*protorekor.TransparencyLogEntry
	var silent []error
	asked := 0
	for _, log := range c.logs(leaf) {
		found, isV1, err := ask(ctx, log.BaseURL, c.Transport, proposals)
		if err != nil {
			silent = append(silent, fmt.Errorf("log %w", err))
		}
		if isV1 {
			asked++
		}
		for _, entry := range found {
			if bytes.Equal(entry.GetLogId().GetKeyId(), log.ID) {
				entries = append(entries, entry)
			}
		}
	}
	switch {
	case len(entries) > 0:
		f.Bundle = modern(f.Bundle, inTime(leaf, entries))
		return f, nil
	case len(silent) > 0:
		return f, errors.Join(silent...)
	case asked == 0:
		return f, &verify.Rejection{Check: verify.CheckTransparency, Want: "a log to look the signature up in", Got: "a trusted root that names none with an address"}
	}
	return f, &verify.Rejection{Check: verify.CheckTransparency, Want: "a transparency log entry", Got: "none in the material and none in the log"}
}

// logs are the logs of the root that were in use while the certificate was
// valid, in a fixed order. One without an address cannot be asked.
func (c *Completer) logs(leaf *x509.Certificate) []*root.TransparencyLog {
	var all []*root.TransparencyLog
	for _, log := range c.Root.RekorLogs() {
		end := log.ValidityPeriodEnd
		if log.BaseURL == "" || leaf != nil && (leaf.NotAfter.Before(log.ValidityPeriodStart) || !end.IsZero() && leaf.NotBefore.After(end)) {
			continue
		}
		all = append(all, log)
	}
	slices.SortFunc(all, func(a, b *root.TransparencyLog) int {
		return cmp.Or(strings.Compare(a.BaseURL, b.BaseURL), bytes.Compare(a.ID, b.ID))
	})
	return all
}

// inTime picks the entry of a time at which the certificate was valid, else the
// first: somebody may have logged the signature again since.
func inTime(leaf *x509.Certificate, entries []*protorekor.TransparencyLogEntry) *protorekor.TransparencyLogEntry {
	slices.SortStableFunc(entries, func(a, b *protorekor.TransparencyLogEntry) int {
		return cmp.Compare(a.GetIntegratedTime(), b.GetIntegratedTime())
	})
	if leaf == nil {
		return entries[0]
	}
	for _, entry := range entries {
		if t := time.Unix(entry.GetIntegratedTime(), 0); !t.Before(leaf.NotBefore) && !t.After(leaf.NotAfter) {
			return entry
		}
	}
	return entries[0]
}

// proven tells whether a bundle has what version 0.3 asks for.
func proven(b *bundle.Bundle) bool {
	entries := b.GetVerificationMaterial().GetTlogEntries()
	return len(entries) > 0 && !slices.ContainsFunc(entries, func(e *protorekor.TransparencyLogEntry) bool { return e.GetInclusionProof() == nil })
}

// modern is a bundle of version 0.3 with these entries.
func modern(b *bundle.Bundle, entries ...*protorekor.TransparencyLogEntry) *bundle.Bundle {
	old := b.GetVerificationMaterial()
	m := &protobundle.VerificationMaterial{TlogEntries: entries, TimestampVerificationData: old.GetTimestampVerificationData()}
	chain := old.GetX509CertificateChain().GetCertificates()
	switch {
	case len(chain) > 0:
		m.Content = &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: chain[0].GetRawBytes()}}
	default:
		m.Content = old.Content
	}
	return &bundle.Bundle{Bundle: &protobundle.Bundle{MediaType: mediaTypeV03, VerificationMaterial: m, Content: b.Content}}
}

// match converts what a log answered if it is one of the entries that were
// asked for, byte by byte, with the proof that it is in the log.
func match(anon models.LogEntryAnon, proposals []proposal) (*protorekor.TransparencyLogEntry, error) {
	text, ok := anon.Body.(string)
	if !ok {
		return nil, nil
	}
	body, err := decodeBase64(text)
	if err != nil || !slices.ContainsFunc(proposals, func(p proposal) bool { return bytes.Equal(p.body, body) }) {
		return nil, nil
	}
	v := anon.Verification
	if anon.LogID == nil || anon.LogIndex == nil || anon.IntegratedTime == nil || v == nil || v.InclusionProof == nil ||
		v.InclusionProof.Checkpoint == nil || v.InclusionProof.LogIndex == nil || v.InclusionProof.RootHash == nil || v.InclusionProof.TreeSize == nil {
		return nil, errors.New("an entry without proof")
	}
	if _, err := hex.DecodeString(*anon.LogID); err != nil {
		return nil, err
	}
	return tle.GenerateTransparencyLogEntry(anon)
}

// Modern tells whether the material is a bundle of version 0.3 with all its
// proof: what Complete makes.
func (f Found) Modern() bool {
	return f.Bundle != nil && f.Form == SigstoreBundle && f.Bundle.MediaType == mediaTypeV03 && proven(f.Bundle)
}
