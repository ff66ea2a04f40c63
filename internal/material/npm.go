package material

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// npmDocument is what the npm registry answers for the attestations of one
// version of a package. What a bundle is about is said inside it, signed; the
// label beside it is the registry's.
type npmDocument struct {
	Attestations []struct {
		PredicateType string         `json:"predicateType"`
		Bundle        jsontext.Value `json:"bundle"`
	} `json:"attestations"`
}

// maxAttestations is how many attestations of one version are read.
const maxAttestations = 64

func readNPM(d Document) []Found {
	one := Found{Name: d.Name, Form: NPMAttestation}
	var document npmDocument
	if one.Err = readJSON(NPMAttestation, d.Text, &document); one.Err != nil {
		return []Found{one}
	}
	switch n := len(document.Attestations); {
	case n == 0:
		one.Err = &verify.Rejection{Check: verify.CheckBundle, Want: "attestations", Got: "an empty list"}
		return []Found{one}
	case n > maxAttestations:
		one.Err = tooLarge("attestations in a document", n, maxAttestations)
		return []Found{one}
	}
	found := make([]Found, len(document.Attestations))
	for i, a := range document.Attestations {
		found[i] = Found{Name: fmt.Sprintf("%s#%d", d.Name, i+1), Form: NPMAttestation}
		found[i].Bundle, found[i].Err = readNPMBundle(a.Bundle, a.PredicateType)
	}
	return found
}

// readNPMBundle reads a bundle of the registry and wants its label to say what
// the bundle does.
func readNPMBundle(text jsontext.Value, label string) (*bundle.Bundle, error) {
	text, err := leafOnly(text)
	if err != nil {
		return nil, malformed(NPMAttestation, err)
	}
	b, err := verify.ParseBundle(text)
	if err != nil {
		return nil, err
	}
	var statement struct {
		PredicateType string `json:"predicateType"`
	}
	if err := json.Unmarshal(b.GetDsseEnvelope().GetPayload(), &statement); err != nil {
		return nil, &verify.Rejection{Check: verify.CheckPredicate, Why: "the payload is no in-toto statement", Err: err}
	}
	if statement.PredicateType != label {
		return nil, &verify.Rejection{Check: verify.CheckPredicate, Want: fmt.Sprintf("predicate type %.200q, as the document says", label),
			Got: fmt.Sprintf("%.200q", statement.PredicateType)}
	}
	return b, nil
}

// npmBundle is a bundle of which only the chain is of interest; the rest stays
// as it is, letter by letter.
type npmBundle struct {
	Material struct {
		Chain *struct {
			Certificates []jsontext.Value `json:"certificates"`
			Rest         jsontext.Value   `json:",embed"`
		} `json:"x509CertificateChain,omitzero"`
		Rest jsontext.Value `json:",embed"`
	} `json:"verificationMaterial"`
	Rest jsontext.Value `json:",embed"`
}

// leafOnly drops what follows the signer's certificate. The registry sends the
// whole chain, root included, which a bundle must not hold and which is no
// ground to trust the signer either way.
//
// Sigstore bundle specification, "Verification material".
func leafOnly(text jsontext.Value) (jsontext.Value, error) {
	var b npmBundle
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, err
	}
	if b.Material.Chain == nil || len(b.Material.Chain.Certificates) < 2 {
		return text, nil
	}
	b.Material.Chain.Certificates = b.Material.Chain.Certificates[:1]
	return json.Marshal(&b)
}
