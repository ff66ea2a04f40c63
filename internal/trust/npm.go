package trust

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/signature"
)

// NPMKeys are the keys with which the npm registry signs its publish
// attestations, each by its key id and for its own time. They are a target of
// the public TUF repository beside the trusted root, not part of it.
func NPMKeys() (root.TrustedMaterial, error) {
	var file struct {
		Keys []struct {
			ID    string `json:"keyId"`
			Usage string `json:"keyUsage"`
			Key   struct {
				Raw     string `json:"rawBytes"`
				Details string `json:"keyDetails"`
				Valid   struct {
					Start time.Time `json:"start"`
					End   time.Time `json:"end"`
				} `json:"validFor"`
			} `json:"publicKey"`
		} `json:"keys"`
	}
	decoder := json.NewDecoder(bytes.NewReader(embeddedNPMKeys))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("npm keys: %w", err)
	}
	keys := map[string]*root.ExpiringKey{}
	for _, k := range file.Keys {
		if k.Usage != "npm:attestations" {
			continue
		}
		verifier, err := npmVerifier(k.Key.Raw, k.Key.Details)
		if err != nil {
			return nil, fmt.Errorf("npm key %s: %w", k.ID, err)
		}
		if _, twice := keys[k.ID]; twice {
			return nil, fmt.Errorf("npm key %s is listed twice", k.ID)
		}
		keys[k.ID] = root.NewExpiringKey(verifier, k.Key.Valid.Start, k.Key.Valid.End)
	}
	return root.NewTrustedPublicKeyMaterialFromMapping(keys), nil
}

func npmVerifier(raw, details string) (signature.Verifier, error) {
	if details != "PKIX_ECDSA_P256_SHA_256" {
		return nil, fmt.Errorf("unknown kind %q", details)
	}
	der, err := base64.StdEncoding.DecodeString(raw)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	return signature.LoadVerifier(key, crypto.SHA256)
}
