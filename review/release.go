package review

import "time"

// A Release is one published release of the project.
type Release struct {
	ID         int64     `json:"id"`
	Tag        string    `json:"tag"`
	Draft      bool      `json:"draft,omitzero"`
	Prerelease bool      `json:"prerelease,omitzero"`
	Immutable  bool      `json:"immutable,omitzero"` // GitHub keeps tag and assets as they are
	Created    time.Time `json:"created,omitzero"`   // on GitHub the date of the commit, anybody's word
	Published  time.Time `json:"published,omitzero"`
	Author     string    `json:"author,omitzero"`
	Notes      string    `json:"notes,omitzero"` // SHA-256 of the blob with its text
	Assets     []Asset   `json:"assets,omitzero"`
	Asked      Answer    `json:"asked,omitzero"`
}

// An Asset is one file of a release. The record holds the bytes of those that
// are verification material; of all others only digests.
type Asset struct {
	ID        int64             `json:"id"`
	Name      string            `json:"name"`
	Size      int64             `json:"size"`
	Downloads int64             `json:"downloads,omitzero"`
	Uploader  string            `json:"uploader,omitzero"`
	Created   time.Time         `json:"created,omitzero"`
	Updated   time.Time         `json:"updated,omitzero"`
	Stated    string            `json:"stated,omitzero"`  // SHA-256 as the forge states it, in hex
	Digests   map[string]string `json:"digests,omitzero"` // computed from its bytes, in hex
	// Flipped is the SHA-256 of the bytes with the lowest bit of the middle
	// one flipped, for a control that must be refused.
	Flipped string `json:"flipped,omitzero"`
	Bytes   Answer `json:"bytes,omitzero"` // the download
	// Converted are the digests of bundles that were made of an older form of
	// material which this asset holds, completed from the log.
	Converted []string `json:"converted,omitzero"`
	// Attestations are what the forge's own store, or a registry, holds for
	// the asset's digest.
	Attestations List[Attestation] `json:"attestations,omitzero"`
}

// An Attestation is one that the forge stores. An answer may name one without
// the bundle.
type Attestation struct {
	SHA256    string `json:"sha256,omitzero"` // of the bundle, a blob
	Source    string `json:"source,omitzero"` // where the bundle was had
	Initiator string `json:"initiator,omitzero"`
	Unknown   string `json:"unknown,omitzero"` // why the bundle could not be had
}

// digest returns what is known of the asset's bytes, and whether it is the
// forge's word alone.
func (a *Asset) digest() (digest map[string]string, stated bool) {
	switch {
	case len(a.Digests) > 0:
		return a.Digests, false
	case a.Stated != "":
		return map[string]string{"sha256": a.Stated}, true
	}
	return nil, false
}

// sha256 returns the one digest by which assets are told apart.
func (a *Asset) sha256() string {
	digest, _ := a.digest()
	return digest["sha256"]
}
