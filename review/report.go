package review

import "time"

// ReportType is the media type of a report's document.
const ReportType = "application/vnd.hallmark.review.v1+json"

// A Report is the judgement over one record. Names and texts in it are the
// project's, or an attacker's: escape them where they are shown.
type Report struct {
	MediaType string    `json:"mediaType"`
	Tool      string    `json:"tool"`  // version of the collector
	Clock     time.Time `json:"clock"` // the record's
	Since     time.Time `json:"since"`
	Project   string    `json:"project"` // OWNER/NAME
	Record    string    `json:"record"`  // SHA-256 of the record's document
	// TrustedRoot is the SHA-256 of the trusted root's document; of several, one a
	// line. All that is said to verify, verifies under it.
	TrustedRoot string  `json:"trustedRoot,omitzero"`
	Verdict     Verdict `json:"verdict"`
	// Reasons say what the verdict rests on and what kept it from the next.
	Reasons   []string          `json:"reasons"`
	Identity  *Identity         `json:"identity,omitzero"` // nil where nothing verified
	Adoption  *Adoption         `json:"adoption,omitzero"` // nil where nothing verified
	Coverage  Coverage          `json:"coverage"`
	Releases  []ReleaseCoverage `json:"releases"` // oldest first
	Findings  []Finding         `json:"findings"` // in the order of their ids
	Controls  []Control         `json:"controls"`
	Scorecard SignedReleases    `json:"scorecard"`
	SOS       *SOS              `json:"sos,omitzero"`  // where the profile was asked for
	OSPS      []Answered        `json:"osps,omitzero"` // where the profile was asked for
}

// Verdict is where a project stands, from nothing to what could not have gone
// otherwise.
type Verdict string

// The verdicts, least first.
const (
	None     Verdict = "none"     // nothing speaks of signing
	Declared Verdict = "declared" // the project says that it signs, nothing shows it
	Present  Verdict = "present"  // there are signatures that nothing verifies
	Partial  Verdict = "partial"  // some releases verify
	Verified Verdict = "verified" // the latest do, and nearly all since adoption
	Enforced Verdict = "enforced" // and the workflow, the rules and the forge leave no way around
)

// Identity is the one identity that releases are held to.
type Identity struct {
	Policy     string `json:"policy"`              // as a policy file
	LearntFrom string `json:"learntFrom,omitzero"` // the release's tag; empty where the policy was given
	Signer     string `json:"signer,omitzero"`     // OWNER/REPO/PATH of the workflow that signs
	Workflow   string `json:"workflow,omitzero"`   // OWNER/REPO/PATH of the workflow that is started
	Issuer     string `json:"issuer,omitzero"`
}

// Adoption is the first release that verifies, by the clock of a log or a
// timestamp authority.
type Adoption struct {
	Tag       string       `json:"tag"`
	Time      time.Time    `json:"time"`
	Clock     string       `json:"clock"` // who says so
	Published time.Time    `json:"published"`
	Commit    string       `json:"commit,omitzero"`
	Changes   []ChangeNote `json:"changes,omitzero"` // that may have brought it
}

// A ChangeNote names a change of the project for a reader to look at.
type ChangeNote struct {
	Number   int64     `json:"number"`
	Title    string    `json:"title"`
	Author   string    `json:"author"`
	Merged   time.Time `json:"merged"`
	MergedBy string    `json:"mergedBy"`
	Reviewed []string  `json:"reviewed,omitzero"` // who approved the commit that was merged, but its author
}

// Coverage counts artifacts before the adopting release and from it on.
type Coverage struct {
	Before Count `json:"before"`
	Since  Count `json:"since"`
}

// Count is how many artifacts, and downloads of them, are covered by evidence
// that verifies. Unknown ones are neither covered nor uncovered.
type Count struct {
	Releases           int   `json:"releases"`
	Artifacts          int   `json:"artifacts"`
	Covered            int   `json:"covered"`
	Unknown            int   `json:"unknown"`
	Downloads          int64 `json:"downloads"`
	DownloadsOfCovered int64 `json:"downloadsOfCovered"`
}

func (c *Count) add(other Count) {
	c.Releases += other.Releases
	c.Artifacts += other.Artifacts
	c.Covered += other.Covered
	c.Unknown += other.Unknown
	c.Downloads += other.Downloads
	c.DownloadsOfCovered += other.DownloadsOfCovered
}

// A ReleaseCoverage is what was found of one release.
type ReleaseCoverage struct {
	Tag        string          `json:"tag"`
	Published  time.Time       `json:"published"`
	Commit     string          `json:"commit,omitzero"` // of the tag, today
	Prerelease bool            `json:"prerelease,omitzero"`
	Immutable  bool            `json:"immutable,omitzero"`
	Signed     time.Time       `json:"signed,omitzero"` // the earliest trusted time of what covers it
	Count      Count           `json:"count"`
	Assets     []AssetCoverage `json:"assets"`
}

// whole tells whether everything that the release offers is covered.
func (r *ReleaseCoverage) whole() bool {
	return r.Count.Artifacts > 0 && r.Count.Covered == r.Count.Artifacts
}

// An AssetCoverage is what was found of one asset.
type AssetCoverage struct {
	Name      string    `json:"name"`
	SHA256    string    `json:"sha256,omitzero"`
	Stated    bool      `json:"stated,omitzero"` // the digest is the forge's word
	Downloads int64     `json:"downloads,omitzero"`
	State     State     `json:"state"`
	Material  string    `json:"material,omitzero"` // what kind of material it is
	Via       string    `json:"via,omitzero"`      // the checksum file by which it is covered
	Bundle    string    `json:"bundle,omitzero"`   // SHA-256 of the bundle that covers it
	Found     string    `json:"found,omitzero"`    // where that bundle stood
	Signer    string    `json:"signer,omitzero"`
	Event     string    `json:"event,omitzero"`
	Commit    string    `json:"commit,omitzero"`
	Level     int       `json:"level,omitzero"` // SLSA Build level; 0 for a message signature
	Signed    time.Time `json:"signed,omitzero"`
	Clock     string    `json:"clock,omitzero"` // who says so
	Refused   []Refusal `json:"refused,omitzero"`
	Why       string    `json:"why,omitzero"` // why it is unknown
}

// State is what is known of an asset.
type State string

// The states of an asset.
const (
	Covered      State = "covered"      // by a bundle that verifies
	ViaManifest  State = "via manifest" // by a checksum file that a bundle covers
	Uncovered    State = "uncovered"    // by nothing
	Refused      State = "refused"      // there is a bundle, which does not verify
	UnknownState State = "unknown"      // what could cover it could not be asked for
	MaterialFile State = "material"     // it is itself verification material
)

// covers tells whether the state counts as covered.
func (s State) covers() bool { return s == Covered || s == ViaManifest }

// A Refusal is a bundle that was found for an asset and does not cover it.
type Refusal struct {
	Bundle string `json:"bundle"` // its SHA-256
	Found  string `json:"found"`
	Check  string `json:"check"`
	Want   string `json:"want,omitzero"`
	Got    string `json:"got,omitzero"`
	Why    string `json:"why,omitzero"`
}

// A Control is a check that must be refused, run to show that the verifier
// does refuse.
type Control struct {
	Name    string  `json:"name"`
	Release string  `json:"release,omitzero"`
	Asset   string  `json:"asset,omitzero"`
	Outcome Outcome `json:"outcome"` // true where it was refused
	Check   string  `json:"check,omitzero"`
	Says    string  `json:"says,omitzero"` // the refusal, or why there was nothing to try
}

// SignedReleases is what OpenSSF Scorecard's check of that name would give for
// the same releases, by the names of their files. Score is -1 where it would
// not say.
type SignedReleases struct {
	Rule     string   `json:"rule"`
	Score    int      `json:"score"`
	Releases []string `json:"releases,omitzero"` // tags that it would count
}
