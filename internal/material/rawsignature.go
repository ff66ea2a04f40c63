package material

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"math/big"

	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
)

// SignedBy returns material that a key, known from elsewhere, is said to have
// signed. DSSE leaves open how a signature is written down; a bare envelope of an
// ECDSA key may hold the two numbers side by side, each as long as the curve's
// order, where bundles hold them in DER. Material that names its certificate, or
// is of another form, stays as it is.
//
// IEEE P1363 and RFC 3279 section 2.2.3, the two encodings.
func (f Found) SignedBy(key crypto.PublicKey) Found {
	ec, ok := key.(*ecdsa.PublicKey)
	if !ok || f.Form != BareEnvelope || f.Bundle == nil || f.Bundle.GetVerificationMaterial().GetPublicKey() == nil {
		return f
	}
	old := f.Bundle.GetDsseEnvelope()
	der := fromRaw(ec, old.GetSignatures()[0].GetSig())
	if der == nil {
		return f
	}
	f.Bundle = parts{envelope: &protodsse.Envelope{PayloadType: old.GetPayloadType(), Payload: old.GetPayload(),
		Signatures: []*protodsse.Signature{{Sig: der, Keyid: old.GetSignatures()[0].GetKeyid()}}}}.bundle()
	return f
}

// fromRaw is the DER of a signature whose numbers stand side by side, nil where
// it has not their length or is DER already.
func fromRaw(key *ecdsa.PublicKey, signature []byte) []byte {
	size := (key.Curve.Params().N.BitLen() + 7) / 8
	var numbers struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &numbers); len(signature) != 2*size || err == nil && len(rest) == 0 {
		return nil
	}
	numbers.R, numbers.S = new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	der, err := asn1.Marshal(numbers)
	if err != nil {
		return nil
	}
	return der
}
