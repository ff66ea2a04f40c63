package material

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// Found is one piece of verification material and where it stands.
type Found struct {
	Name string // the file, with the line where it holds several
	File string // the file alone; "" where it is none

	Form   Form           // how it was written down before it was a bundle
	Bundle *bundle.Bundle // nil where it could not be read
	Err    error          // why not: a *verify.Rejection
	SHA256 string         // of the document that it stands in, in hex

	// Payload is what was signed where that is a document which names the
	// artifact; nil where the artifact or a statement was. See Signed.
	Payload []byte

	// Certificate is the file beside a detached signature from which its
	// certificate was taken; "" where there is none.
	Certificate string

	about string // base name of the file that a detached signature stands beside
	text  []byte // a bare envelope as it stood: the log may know its digest
}

// ReadFile reads the material of a file. An error means that the file could not
// be read; what stands in it is answered for in each Found. To a signature
// belongs the certificate beside it.
func ReadFile(path string) ([]Found, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, where a file is wanted", path)
	}
	found, err := ReadFrom(path, f)
	for i := range found {
		found[i].File = path
	}
	if len(found) == 1 && found[0].Form == DetachedSignature {
		found[0].about = signedName(path)
		found[0] = found[0].withCertificate(path)
	}
	return found, err
}

// ReadFrom reads the material of a stream called name.
func ReadFrom(name string, r io.Reader) ([]Found, error) {
	data, err := readUpTo(r, MaxFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return Read(name, data), nil
}

// readUpTo reads a byte more than the limit, for the parser to refuse.
func readUpTo(r io.Reader, limit int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, limit+1))
}

// Read reads one JSON document, JSON Lines with a document a line, or a
// detached signature.
func Read(name string, data []byte) []Found {
	if signature := parseSignature(data); signature != nil {
		return []Found{{Name: name, Form: DetachedSignature, Bundle: detached(signature, nil), SHA256: digestOf(data)}}
	}
	documents, err := Documents(name, data)
	if err != nil {
		return []Found{{Name: name, Err: err}}
	}
	var found []Found
	for _, d := range documents {
		for _, f := range readDocument(d) {
			f.SHA256 = digestOf(d.Text)
			found = append(found, f)
		}
	}
	return found
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readDocument converts a document by its form.
func readDocument(d Document) []Found {
	f := Found{Name: d.Name, Form: formOf(d.Text)}
	switch f.Form {
	case NPMAttestation:
		return readNPM(d)
	case CosignBundle:
		f.Bundle, f.Err = readCosignBundle(d.Text)
	case BareEnvelope:
		f.Bundle, f.Err = readEnvelope(d.Text)
		f.text = d.Text
	default:
		f.Bundle, f.Err = verify.ParseBundle(d.Text)
	}
	return []Found{f}
}

// isObject tells whether a text begins as a JSON object does.
func isObject(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && text[0] == '{'
}

// LacksEntry tells whether the material is of a form that came without proof
// of its log entry: a Completer may find it.
func (f Found) LacksEntry() bool {
	return f.Bundle != nil && f.Form != SigstoreBundle && len(f.Bundle.GetVerificationMaterial().GetTlogEntries()) == 0
}
