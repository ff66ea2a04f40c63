package verify

import (
	"crypto/sha256"
	"slices"
	"sync"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"google.golang.org/protobuf/proto"
)

// proven is what a bundle establishes whatever artifact it is asked about: that
// somebody signed this content, when, and as recorded where. Of a message
// signature that is proven for one artifact alone; a statement is proven once
// for all its subjects, of which there may be a thousand.
type proven struct {
	entity    *entity
	statement *statement // nil for a message signature
	verdict   Verdict    // logs, times and key; the rest is for each artifact
}

// fresh returns a verdict of its own for one artifact.
func (p *proven) fresh() *Verdict {
	v := p.verdict
	v.Logs, v.Times, v.Uncounted = slices.Clone(v.Logs), slices.Clone(v.Times), slices.Clone(v.Uncounted)
	return &v
}

// prove verifies everything about a bundle that does not hang on the policy's
// expectations, and remembers statements about several artifacts.
func (v *Verifier) prove(b *bundle.Bundle, artifact *intoto.ResourceDescriptor, p *Policy) (*proven, error) {
	if b == nil || b.GetDsseEnvelope() == nil {
		return v.proveAnew(b, artifact, p)
	}
	key, ok := exactly(b, p)
	if known := v.proven.get(key); ok && known != nil {
		return known, checkAsked(known.entity, p)
	}
	made, err := v.proveAnew(b, artifact, p)
	if err == nil && ok && len(made.statement.Subject) > 1 {
		v.proven.put(key, made)
	}
	return made, err
}

func (v *Verifier) proveAnew(b *bundle.Bundle, artifact *intoto.ResourceDescriptor, p *Policy) (*proven, error) {
	e, err := newEntity(b)
	if err != nil {
		return nil, err
	}
	if err := checkAsked(e, p); err != nil {
		return nil, err
	}
	if err := checkSignature(e, p.Key, artifact); err != nil {
		return nil, err
	}
	verdict, err := v.establish(e, p)
	if err != nil {
		return nil, err
	}
	s, err := statementOf(e)
	if err != nil {
		return nil, err
	}
	return &proven{entity: e, statement: s, verdict: *verdict}, nil
}

// checkAsked wants a bundle of the kind, and by the kind of signer, that the
// policy asks for.
func checkAsked(e *entity, p *Policy) error {
	if err := checkKind(e, p); err != nil {
		return err
	}
	if err := needCertificate(e, p); err != nil {
		return err
	}
	return checkSigningKey(e, p)
}

// bundleUnder is a bundle, byte for byte, and what of a policy decides which of
// its proofs count.
type bundleUnder struct {
	bundle         [sha256.Size]byte
	key            string
	inclusionProof bool
	unlogged       bool
}

// written holds the room that bundles are written out in: one about a thousand
// artifacts is, for each of them.
var written = sync.Pool{New: func() any { return new([]byte) }}

// exactly makes the key of a bundle; false where it cannot be written out.
func exactly(b *bundle.Bundle, p *Policy) (bundleUnder, bool) {
	room := written.Get().(*[]byte)
	defer written.Put(room)
	data, err := proto.MarshalOptions{Deterministic: true}.MarshalAppend((*room)[:0], b.Bundle)
	*room = data
	under := bundleUnder{bundle: sha256.Sum256(data), inclusionProof: p.RequireInclusionProof, unlogged: p.AllowUnlogged}
	if p.Key != nil {
		under.key = Fingerprint(p.Key)
	}
	return under, err == nil
}

// provenMemo holds the statements that were proven last. Failures are not
// remembered.
type provenMemo struct {
	mu    sync.Mutex
	known map[bundleUnder]*proven
}

// maxProven bounds how many statements are held at a time.
const maxProven = 32

func (m *provenMemo) get(key bundleUnder) *proven {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[key]
}

func (m *provenMemo) put(key bundleUnder, made *proven) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxProven {
		m.known = make(map[bundleUnder]*proven)
	}
	m.known[key] = made
}
