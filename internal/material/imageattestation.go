package material

import "errors"

// ReadImageAttestation reads an attestation that cosign attached to an image:
// an envelope, and the annotations that it was attached with. What it is about
// its statement says. A timestamp beside it is over the envelope where bundles
// have it over the signature, so only the log tells when it was made.
//
// cosign specs/ATTESTATION_SPEC.md.
func ReadImageAttestation(name string, text []byte, annotations map[string]string) Found {
	f := Found{Name: name, Form: ImageAttestation, SHA256: digestOf(text)}
	e, err := parseEnvelope(text)
	if err != nil {
		f.Err = err
		return f
	}
	if e.Signatures[0].Certificate != "" {
		f.Err = malformed(f.Form, errors.New("a certificate in the envelope: want it in the annotations alone"))
		return f
	}
	var p parts
	if p.envelope, err = e.proto(); err != nil {
		f.Err = malformed(f.Form, err)
		return f
	}
	if f.Bundle, f.Err = p.annotated(f.Form, annotations); f.Err == nil {
		f.text = text
	}
	return f
}
