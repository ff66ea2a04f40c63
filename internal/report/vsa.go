package report

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	summary1 "github.com/in-toto/attestation/go/predicates/vsa/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/hallmark-project/hallmark/verify"
)

// What a verification summary says of itself.
const (
	verifierID  = "https://github.com/hallmark-project/hallmark"
	slsaVersion = "1.0"
)

// ErrNoSummary is the error where nothing was decided that could be summed up.
var ErrNoSummary = errors.New("no target was decided")

// VSA is what a verification summary attestation says beside the outcome.
type VSA struct {
	Version  string // of hallmark
	Time     time.Time
	Resource string // the URI of what was verified
	Policy   []byte // as hallmark prints it
}

// VSA sums the outcome up as an in-toto statement with SLSA's predicate for
// verification summaries. It is one of two: all targets passed, at the lowest
// level that any of them reached, or else those failed that the evidence
// rejects. A target that could not be decided is in neither, and where that
// leaves none the error is [ErrNoSummary].
//
// https://slsa.dev/spec/v1.0/verification_summary
func (v *Verification) VSA(about VSA) (*intoto.Statement, error) {
	of, result := Verified, "PASSED"
	if v.count(Verified) < len(v.Results) {
		of, result = Rejected, "FAILED"
	}
	var subjects []*intoto.ResourceDescriptor
	var inputs []string
	for i := range v.Results {
		if r := &v.Results[i]; r.Status() == of {
			subjects = append(subjects, &intoto.ResourceDescriptor{Name: r.Name, Digest: r.Digest})
			inputs = append(inputs, r.Inputs...)
		}
	}
	if len(subjects) == 0 {
		return nil, ErrNoSummary
	}
	predicate, err := about.predicate(result, v.levels(of), inputs)
	if err != nil {
		return nil, fmt.Errorf("verification summary: %w", err)
	}
	return &intoto.Statement{Type: intoto.StatementTypeUri, Subject: subjects, PredicateType: verify.SummaryPredicate, Predicate: predicate}, nil
}

// levels are what all verified targets reached. Where one was not asked how it
// was built, or only the checksum file that lists it, there is none to speak of.
func (v *Verification) levels(of Status) []any {
	if of != Verified {
		return []any{"FAILED"}
	}
	lowest := 0
	for i := range v.Results {
		level := v.Results[i].Verdict.Level
		if level == nil || v.Results[i].Via != "" {
			return []any{}
		}
		if lowest == 0 || level.Build < lowest {
			lowest = level.Build
		}
	}
	return []any{fmt.Sprintf("SLSA_BUILD_LEVEL_%d", lowest)}
}

// predicate has two members that the library's type lacks or would leave out:
// the verifier's version, and levels of which there are none.
func (a VSA) predicate(result string, levels []any, inputs []string) (*structpb.Struct, error) {
	policy := sha256.Sum256(a.Policy)
	summary := &summary1.VerificationSummary{
		Verifier:     &summary1.VerificationSummary_Verifier{Id: verifierID},
		TimeVerified: timestamppb.New(a.Time.Truncate(time.Second)),
		ResourceUri:  a.Resource,
		Policy: &summary1.VerificationSummary_Policy{
			Uri:    "ni:///sha-256;" + base64.RawURLEncoding.EncodeToString(policy[:]), // RFC 6920: a name by digest
			Digest: map[string]string{"sha256": hex.EncodeToString(policy[:])},
		},
		VerificationResult: result,
		SlsaVersion:        slsaVersion,
	}
	slices.Sort(inputs)
	for _, digest := range slices.Compact(inputs) {
		if digest == "" {
			continue // its bytes were not at hand; the specification wants a digest
		}
		summary.InputAttestations = append(summary.InputAttestations,
			&summary1.VerificationSummary_InputAttestation{Digest: map[string]string{"sha256": digest}})
	}
	text, err := protojson.Marshal(summary)
	if err != nil {
		return nil, err
	}
	predicate := new(structpb.Struct)
	if err := protojson.Unmarshal(text, predicate); err != nil {
		return nil, err
	}
	list, err := structpb.NewList(levels)
	if err != nil {
		return nil, err
	}
	predicate.Fields["verifiedLevels"] = structpb.NewListValue(list)
	predicate.Fields["verifier"].GetStructValue().Fields["version"] = structpb.NewStructValue(&structpb.Struct{
		Fields: map[string]*structpb.Value{"hallmark": structpb.NewStringValue(a.Version)}})
	return predicate, nil
}
