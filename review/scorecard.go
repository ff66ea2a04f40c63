package review

import (
	"path"
	"slices"
	"strings"
)

// Scorecard's own constants, version 5.3.0: checks/evaluation/signed_releases.go
// and the probes releasesAreSigned and releasesHaveProvenance.
var (
	scorecardSignatures = []string{".asc", ".minisig", ".sig", ".sign", ".sigstore", ".sigstore.json"}
	scorecardProvenance = []string{".intoto.jsonl"}
)

const (
	scorecardRule     = "OpenSSF Scorecard v5.3.0, Signed-Releases"
	scorecardLookBack = 5
	scorecardSigned   = 8
	scorecardProven   = 10
)

// signedReleases computes what OpenSSF Scorecard's check Signed-Releases gives
// for these releases. It looks at the names of files and at nothing else, as
// theirs does; it is theirs, shown beside ours.
func signedReleases(releases []Release) SignedReleases {
	newest := slices.DeleteFunc(slices.Clone(releases), func(r Release) bool { return r.Draft })
	slices.SortStableFunc(newest, func(a, b Release) int { return b.Published.Compare(a.Published) })
	newest = newest[:min(len(newest), scorecardLookBack)]
	s := SignedReleases{Rule: scorecardRule, Score: -1}
	total := 0
	for _, r := range newest {
		if len(r.Assets) == 0 {
			continue
		}
		s.Releases = append(s.Releases, r.Tag)
		switch {
		case anyNamed(r.Assets, scorecardProvenance):
			total += scorecardProven
		case anyNamed(r.Assets, scorecardSignatures):
			total += scorecardSigned
		}
	}
	if n := len(s.Releases); n > 0 {
		s.Score = total / n
	}
	return s
}

func anyNamed(assets []Asset, endings []string) bool {
	return slices.ContainsFunc(assets, func(a Asset) bool {
		return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(path.Base(a.Name), ending) })
	})
}
