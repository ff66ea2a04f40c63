package provenance

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	intoto "github.com/in-toto/attestation/go/v1"
)

const (
	npmRegistry = "registry.npmjs.org"
	npmFolder   = "node_modules/"
)

// npmPackage is one member of a lockfile's packages, as far as it names what
// was fetched.
type npmPackage struct {
	Name      string `json:"name"` // where it is not the folder's: an alias
	Version   string `json:"version"`
	Resolved  string `json:"resolved"`
	Integrity string `json:"integrity"`
	Link      bool   `json:"link"`     // to a workspace: the project's own
	InBundle  bool   `json:"inBundle"` // came inside another package's archive
}

// npm reads package-lock.json of versions 2 and 3, in which packages holds every
// installed folder.
//
// docs.npmjs.com, "package-lock.json".
func (l *lockfile) npm() error {
	d := jsontext.NewDecoder(bytes.NewReader(l.data))
	if err := l.expect(d, '{'); err != nil {
		return err
	}
	version, packages := "", false
	for d.PeekKind() == '"' {
		token, err := d.ReadToken()
		if err != nil {
			return l.malformed(d, err)
		}
		switch token.String() {
		case "lockfileVersion":
			value, err := d.ReadValue()
			if err != nil {
				return l.malformed(d, err)
			}
			version = string(value)
		case "packages":
			packages = true
			if err := l.npmPackages(d); err != nil {
				return err
			}
		default:
			if err := d.SkipValue(); err != nil {
				return l.malformed(d, err)
			}
		}
	}
	if err := l.expect(d, '}'); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(l.data[d.InputOffset():]); len(rest) > 0 {
		return l.malformed(d, nil)
	}
	l.line = 0
	if version != "2" && version != "3" {
		return fmt.Errorf("lockfileVersion %.20q: want 2 or 3, which npm 7 and later write", version)
	}
	if !packages {
		return errors.New("no packages")
	}
	return nil
}

func (l *lockfile) npmPackages(d *jsontext.Decoder) error {
	if err := l.expect(d, '{'); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		token, err := d.ReadToken()
		if err != nil {
			return l.malformed(d, err)
		}
		folder := token.String()
		l.line = lineAt(l.data, d.InputOffset())
		value, err := d.ReadValue()
		if err != nil {
			return l.malformed(d, err)
		}
		at := strings.LastIndex(folder, npmFolder)
		if at < 0 {
			continue // the project itself, or a workspace of it
		}
		var p npmPackage
		if err := json.Unmarshal(value, &p); err != nil {
			return fmt.Errorf("%.100q is not what npm writes of a package", folder)
		}
		if p.Name == "" {
			p.Name = folder[at+len(npmFolder):]
		}
		if err := l.npmPackage(p); err != nil {
			return fmt.Errorf("%.100q: %w", folder, err)
		}
	}
	return l.expect(d, '}')
}

func (l *lockfile) npmPackage(p npmPackage) error {
	switch {
	case p.Link, p.InBundle && p.Integrity == "":
		return nil
	case p.Integrity == "" && strings.HasPrefix(p.Resolved, "git+"):
		d, err := gitDependency(p.Name, p.Resolved)
		if err != nil {
			return err
		}
		return l.add(d)
	case p.Version == "":
		return errors.New("no version")
	}
	digests, err := integrity(p.Integrity)
	if err != nil {
		return err
	}
	lower := strings.ToLower(p.Name)
	namespace, name, scoped := strings.Cut(lower, "/")
	if !scoped {
		namespace, name = "", lower
	}
	if name == "" || strings.Contains(name, "/") || scoped && (len(namespace) < 2 || namespace[0] != '@') {
		return errors.New("no name that npm would take")
	}
	d := &intoto.ResourceDescriptor{Uri: purl("npm", namespace, name, p.Version), Digest: digests}
	if lower != p.Name {
		d.Name = p.Name
	}
	if u, err := url.Parse(p.Resolved); err == nil && u.Host != npmRegistry {
		d.DownloadLocation = publicURL(p.Resolved)
	}
	return l.add(d)
}

// integrity reads Subresource Integrity: digests with spaces between, options
// behind a question mark.
//
// W3C, "Subresource Integrity", section 3.5.
func integrity(s string) (map[string]string, error) {
	digests := make(map[string]string)
	for part := range strings.FieldsSeq(s) {
		part, _, _ = strings.Cut(part, "?")
		algorithm, b64, _ := strings.Cut(part, "-")
		digest, err := hexOf(b64)
		if err != nil {
			return nil, err
		}
		if before, twice := digests[algorithm]; twice && before != digest {
			return nil, fmt.Errorf("two %.20s digests", algorithm)
		}
		digests[algorithm] = digest
	}
	if len(digests) == 0 {
		return nil, errors.New("no integrity, so nothing says what was installed")
	}
	return digests, nil
}

// expect reads one brace.
func (l *lockfile) expect(d *jsontext.Decoder, kind jsontext.Kind) error {
	if token, err := d.ReadToken(); err != nil || token.Kind() != kind {
		return l.malformed(d, err)
	}
	return nil
}

func (l *lockfile) malformed(d *jsontext.Decoder, err error) error {
	l.line = lineAt(l.data, d.InputOffset())
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		l.line = lineAt(l.data, syntax.ByteOffset)
	}
	return errors.New("malformed JSON, or not what npm writes")
}
