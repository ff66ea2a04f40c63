package material

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hallmark-project/hallmark/verify"
)

// Form is the way in which a piece of material was written down, in words.
type Form string

// The forms that are read. All but the first are older than bundles, or stand
// in a document around them.
const (
	SigstoreBundle    Form = "Sigstore bundle"
	CosignBundle      Form = "cosign bundle"
	BareEnvelope      Form = "DSSE envelope"
	DetachedSignature Form = "detached signature"
	NPMAttestation    Form = "npm attestation"
)

// formOf tells the forms of JSON apart by the member that only one of them has.
func formOf(text []byte) Form {
	var members struct {
		Signature    jsontext.Value `json:"base64Signature"`
		Payload      jsontext.Value `json:"payload"`
		Attestations jsontext.Value `json:"attestations"`
		MediaType    jsontext.Value `json:"mediaType"`
	}
	switch err := json.Unmarshal(text, &members); {
	case err != nil || members.MediaType != nil:
		return SigstoreBundle // whose reader says what is wrong with it
	case members.Signature != nil:
		return CosignBundle
	case members.Payload != nil:
		return BareEnvelope
	case members.Attestations != nil:
		return NPMAttestation
	}
	return SigstoreBundle
}

// readJSON fills v from a document of which every member is known. Two readers
// that disagree on a member nobody knows would see two documents.
func readJSON(form Form, text []byte, v any) error {
	if len(text) > verify.MaxBundle {
		return tooLarge(fmt.Sprintf("bytes of %s", form), len(text), verify.MaxBundle)
	}
	if err := json.Unmarshal(text, v, json.RejectUnknownMembers(true)); err != nil {
		return malformed(form, err)
	}
	return nil
}

func malformed(form Form, err error) error {
	return &verify.Rejection{Check: verify.CheckBundle, Why: fmt.Sprintf("no readable %s", form), Err: err}
}

// decodeBase64 reads bytes in the one base64 that RFC 4648 section 4 gives.
func decodeBase64(text string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err == nil && encodeBase64(data) != text {
		err = errors.New("bytes in another spelling than standard base64")
	}
	return data, err
}

// decodeOneLine reads base64 that fills a file, as cosign writes it.
func decodeOneLine(text []byte) ([]byte, error) {
	return decodeBase64(string(bytes.TrimSpace(text)))
}

func encodeBase64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
