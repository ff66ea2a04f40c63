package verify

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// SummaryPredicate is the predicate type of SLSA verification summaries.
const SummaryPredicate = "https://slsa.dev/verification_summary/v1"

// Summary is what a verifier says of an artifact that it has looked at itself.
// Whoever believes it need not see what it saw.
type Summary struct {
	Verifier string    // who says it, as the policy names them
	Resource string    // what it is about, as the policy names it
	Levels   []string  // what was reached, in the verifier's words and order
	Time     time.Time // when it was looked at, by its own word; zero where it does not say
}

// ImageID is the key under which a verification summary names an image of Google
// Compute Engine, in place of a digest: by the number that it bears there.
// Nobody can compute it, so nothing but the trust in a verifier makes it mean
// one image, and no other kind of statement is matched by it.
const ImageID = "gce_image_id"

// maxLevels bounds what one summary lists. SLSA has three tracks.
const maxLevels = 64

// summaryShape follows https://slsa.dev/spec/v1.1/verification_summary.
var summaryShape = object(map[string]*shape{
	"verifier": names("id", "version"), "timeVerified": nil, "resourceUri": nil, "policy": names("uri", "digest"),
	"inputAttestations": listOf(names("uri", "digest"), anyNumber), "verificationResult": nil,
	"verifiedLevels": listOf(nil, maxLevels), "dependencyLevels": nil, "slsaVersion": nil,
})

// asksSummary tells whether a verifier's word is what the policy wants.
func (p *Policy) asksSummary() bool { return p.Verifier != "" || p.Resource != "" }

func (p *Policy) validateSummary() error {
	switch {
	case !p.asksSummary():
		return nil
	case p.Verifier == "":
		return policyError("a summary about %q: say whose word is believed", p.Resource)
	case p.Resource == "":
		return policyError("a summary by %q: say what it must be about", p.Verifier)
	case p.aboutSource() || p.Require != RequireEither || len(p.PredicateTypes) > 0:
		return policyError("a verification summary is believed for its verifier and resource: what was built from where, it does not say")
	}
	return nil
}

// checkSummary believes a summary by the verifier and about the resource that
// the policy names, if it says that the artifact passed. That the artifact is
// its subject, and its signer the verifier's, is established before.
//
// SLSA v1.1, "How to verify VSAs", steps 4 to 7.
func checkSummary(s *statement, p *Policy, v *Verdict) error {
	var said struct {
		Verifier struct {
			ID string `json:"id"`
		} `json:"verifier"`
		Time     string   `json:"timeVerified"`
		Resource string   `json:"resourceUri"`
		Result   string   `json:"verificationResult"`
		Levels   []string `json:"verifiedLevels"`
	}
	if err := json.Unmarshal(s.Predicate, &said); err != nil {
		return &Rejection{Check: CheckPredicate, Why: "no readable verification summary", Err: err}
	}
	if said.Verifier.ID != p.Verifier {
		return &Rejection{Check: CheckPredicate, Want: "a summary by verifier " + p.Verifier, Got: orNone(said.Verifier.ID)}
	}
	if said.Resource != p.Resource {
		return &Rejection{Check: CheckPredicate, Want: "a summary about " + p.Resource, Got: orNone(said.Resource),
			Why: "the verifier speaks of something else"}
	}
	if said.Result != "PASSED" {
		return &Rejection{Check: CheckPredicate, Want: "verification result PASSED", Got: orNone(said.Result)}
	}
	summary := &Summary{Verifier: said.Verifier.ID, Resource: said.Resource, Levels: said.Levels}
	if said.Time != "" {
		var err error
		if summary.Time, err = time.Parse(time.RFC3339, said.Time); err != nil {
			return &Rejection{Check: CheckPredicate, Why: "a summary whose time nobody can read", Err: err}
		}
	}
	build, err := summaryLevel(said.Levels)
	if err != nil {
		return &Rejection{Check: CheckLevel, Want: "at most one level of each track", Got: strings.Join(said.Levels, ", "), Err: err}
	}
	reached := &Level{build, "by the word of the verifier"}
	if build < 0 {
		reached = &Level{0, "the summary names no SLSA Build level"}
	}
	if err := checkLevel(reached, p); err != nil {
		return err
	}
	if build >= 0 {
		v.Level = reached
	}
	v.Summary = summary
	return nil
}

// trackLevel is a level of one of SLSA's tracks. Every other word is the
// verifier's own.
var trackLevel = regexp.MustCompile(`\ASLSA_([A-Z]+)_LEVEL_([0-9A-Z]+)\z`)

// summaryLevel is the SLSA Build level in a summary's list, -1 without one that
// is known. A list that says two things of one track, or that the artifact
// failed, contradicts itself or the result beside it.
//
// SLSA v1.1, "verifiedLevels" and "SlsaResult".
func summaryLevel(levels []string) (int, error) {
	build := -1
	tracks := make(map[string]string)
	for _, level := range levels {
		if level == "FAILED" {
			return 0, errors.New("a failure among the levels of what passed")
		}
		m := trackLevel.FindStringSubmatch(level)
		if m == nil {
			continue
		}
		track := m[1]
		if other, twice := tracks[track]; twice && other != level {
			return 0, fmt.Errorf("both %s and %s", other, level)
		}
		tracks[track] = level
		if known := slices.Index([]string{"0", "1", "2", "3"}, m[2]); track == "BUILD" && known >= 0 {
			build = known
		}
	}
	return build, nil
}
