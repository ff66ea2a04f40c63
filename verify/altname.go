package verify

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// nameKind is the type of a subject alternative name. A name of one type never
// stands for the same text in another.
type nameKind string

const (
	uriName   nameKind = "URI"
	emailName nameKind = "email address"
	otherName nameKind = "user name"
)

// alternativeName reads the certificate's one subject alternative name from
// its bytes. crypto/x509 passes over kinds that it does not know, and keeps a
// URI in parts that may spell another one when they are put together again:
// an empty fragment is lost, and a branch may be called "main#".
//
// RFC 5280 section 4.2.1.6.
func alternativeName(leaf *x509.Certificate) (string, nameKind, error) {
	var names []asn1.RawValue
	for _, ext := range leaf.Extensions {
		if !ext.Id.Equal(cryptoutils.SANOID) {
			continue
		}
		if rest, err := asn1.Unmarshal(ext.Value, &names); err != nil || len(rest) > 0 {
			return "", "", errors.New("unreadable names")
		}
	}
	if len(names) != 1 {
		return "", "", fmt.Errorf("%d names", len(names))
	}
	name, kind, err := generalName(leaf, names[0])
	if err == nil && name == "" {
		err = errors.New("an empty name")
	}
	return name, kind, err
}

func generalName(leaf *x509.Certificate, name asn1.RawValue) (string, nameKind, error) {
	const other, email, uri = 0, 1, 6
	if name.Class == asn1.ClassContextSpecific {
		switch name.Tag {
		case uri:
			return string(name.Bytes), uriName, nil
		case email:
			return string(name.Bytes), emailName, nil
		case other:
			s, err := cryptoutils.UnmarshalOtherNameSAN(leaf.Extensions)
			return s, otherName, err
		}
	}
	return "", "", errors.New("neither a URI nor an address nor a user name")
}
