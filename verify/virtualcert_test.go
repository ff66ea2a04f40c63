package verify_test

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"maps"
	"math/big"
	"slices"
	"testing"
	"time"
)

var (
	oidExtKeyUsage  = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidTimeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidCodeSigning  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}
	oidSAN          = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidSCTs         = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	oidUserName     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 7}
)

func oidFulcio(number int) asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, number}
}

// A certificate is what Fulcio is asked to issue. Tests change it before.
type certificate struct {
	names     []asn1.RawValue // subject alternative names, any kinds and number
	ext       map[int]string  // Fulcio's extensions by their last number
	more      []pkix.Extension
	from, to  time.Time
	usage     x509.KeyUsage
	purposes  []x509.ExtKeyUsage
	authority bool
	issuer    *authority // another than the virtual Sigstore's
	noSCT     bool
	ctLog     *virtualLog // another than the virtual Sigstore's
	seenAt    time.Time   // by the certificate log
}

// General names, RFC 5280 section 4.2.1.6.
func uriSAN(s string) asn1.RawValue   { return generalName(6, []byte(s)) }
func emailSAN(s string) asn1.RawValue { return generalName(1, []byte(s)) }
func dnsSAN(s string) asn1.RawValue   { return generalName(2, []byte(s)) }

func generalName(tag int, b []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, Bytes: b}
}

// userSAN is Fulcio's name for identities that are no address: an OtherName.
func userSAN(t testing.TB, name string) asn1.RawValue {
	t.Helper()
	text, err := asn1.MarshalWithParams(name, "utf8")
	if err != nil {
		t.Fatal(err)
	}
	inner := append(mustDER(t, oidUserName), mustDER(t, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: text})...)
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}
}

// issue makes the certificate as Fulcio does: names and extensions, then the
// certificate log's timestamp over what will be signed, embedded.
func (v *virtual) issue(t testing.TB, c certificate, key crypto.PublicKey) *x509.Certificate {
	t.Helper()
	by := &v.ca
	if c.issuer != nil {
		by = c.issuer
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(4711), NotBefore: c.from, NotAfter: c.to, KeyUsage: c.usage,
		ExtKeyUsage: c.purposes, BasicConstraintsValid: c.authority, IsCA: c.authority}
	if len(c.names) > 0 {
		template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: oidSAN, Critical: true, Value: mustDER(t, c.names)})
	}
	for _, number := range slices.Sorted(maps.Keys(c.ext)) {
		value := []byte(c.ext[number])
		if number > 7 {
			value = utf8String(t, c.ext[number])
		}
		template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: oidFulcio(number), Value: value})
	}
	template.ExtraExtensions = append(template.ExtraExtensions, c.more...)
	if c.noSCT {
		return mustIssue(t, template, by.intermediate, key, by.key)
	}
	log, at := &v.ct, c.from
	if c.ctLog != nil {
		log = c.ctLog
	}
	if !c.seenAt.IsZero() {
		at = c.seenAt
	}
	before := mustIssue(t, template, by.intermediate, key, by.key)
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: oidSCTs, Value: log.scts(t, before, by.intermediate, at)})
	return mustIssue(t, template, by.intermediate, key, by.key)
}

// scts is the extension with one signed certificate timestamp over a
// precertificate. RFC 6962 sections 3.2 and 3.3.
func (l *virtualLog) scts(t testing.TB, before, issuer *x509.Certificate, at time.Time) []byte {
	t.Helper()
	issuerKey := sha256.Sum256(issuer.RawSubjectPublicKeyInfo)
	millis := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	size := len(before.RawTBSCertificate)
	signed := slices.Concat([]byte{0, 0}, millis, []byte{0, 1}, issuerKey[:], []byte{byte(size >> 16), byte(size >> 8), byte(size)},
		before.RawTBSCertificate, []byte{0, 0})
	digest := sha256.Sum256(signed)
	sig := mustSign(t, l.key, digest[:], crypto.SHA256)
	sct := slices.Concat([]byte{0}, l.id[:], millis, []byte{0, 0}, []byte{4, 3}, binary.BigEndian.AppendUint16(nil, uint16(len(sig))), sig)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(sct)+2))
	list = append(binary.BigEndian.AppendUint16(list, uint16(len(sct))), sct...)
	return mustDER(t, list)
}

func utf8String(t testing.TB, s string) []byte {
	t.Helper()
	der, err := asn1.MarshalWithParams(s, "utf8")
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func mustDER(t testing.TB, v any) []byte {
	t.Helper()
	der, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

var one = big.NewInt(1)

// flip changes a byte of an extension's value in a certificate's DER.
func flip(der []byte, oid asn1.ObjectIdentifier, offset int) {
	id, err := asn1.Marshal(oid)
	if err != nil {
		panic(err)
	}
	der[bytes.Index(der, id)+len(id)+offset] ^= 1
}
