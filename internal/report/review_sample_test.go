package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// The sample is octo/widget, which signs since its seventh release of twelve and
// has one release that was signed late.
const (
	sampleSigner = "octo/widget/.github/workflows/release.yml"
	sampleClock  = "transparency log https://rekor.sigstore.dev"
)

var sampleBegin = time.Date(2025, time.June, 2, 9, 30, 0, 0, time.UTC)

func hexOf(s string, n int) string { return strings.Repeat(fmt.Sprintf("%x", s), n)[:n] }

func sampleRelease(i int) review.ReleaseCoverage {
	tag := fmt.Sprintf("v1.%d.0", i)
	published := sampleBegin.AddDate(0, 0, 45*i)
	r := review.ReleaseCoverage{Tag: tag, Published: published, Commit: hexOf(tag, 40), Immutable: i >= 8}
	signed := published.Add(-11 * time.Minute)
	if i == 8 {
		signed = published.Add(6 * 24 * time.Hour)
	}
	for k, platform := range []string{"darwin_arm64.tar.gz", "linux_amd64.tar.gz", "linux_arm64.tar.gz", "windows_amd64.zip"} {
		a := review.AssetCoverage{Name: "widget_" + platform, SHA256: hexOf(tag+platform, 64), Downloads: int64(1100 - 60*i - 100*k), State: review.Uncovered}
		if i >= 6 {
			a.State, a.Bundle, a.Found = review.Covered, hexOf("bundle"+tag, 64), "asset multiple.intoto.jsonl of "+tag
			a.Signer, a.Event, a.Commit, a.Level, a.Signed, a.Clock = sampleSigner, "push", r.Commit, 3, signed, sampleClock
			r.Signed = signed
		}
		if a.State == review.Covered && k == 3 {
			a.State, a.Via = review.ViaManifest, "SHA256SUMS"
		}
		r.Assets = append(r.Assets, a)
		r.Count.Artifacts++
		r.Count.Downloads += a.Downloads
		if i >= 6 {
			r.Count.Covered++
			r.Count.DownloadsOfCovered += a.Downloads
		}
	}
	if i >= 6 {
		r.Assets = append(r.Assets, review.AssetCoverage{Name: "SHA256SUMS", SHA256: hexOf("sums"+tag, 64), State: review.MaterialFile, Material: "checksums"},
			review.AssetCoverage{Name: "multiple.intoto.jsonl", SHA256: hexOf("bundle"+tag, 64), State: review.MaterialFile, Material: "bundle"})
	}
	r.Count.Releases = 1
	return r
}

// sampleReview is the whole project, with the questions of the programme.
func sampleReview() *Review {
	r := &review.Report{MediaType: review.ReportType, Tool: "v1.0.0", Clock: time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC),
		Since: time.Date(2021, time.October, 1, 0, 0, 0, 0, time.UTC), Project: "octo/widget", Record: hexOf("record", 64), Verdict: review.Verified,
		Reasons: []string{"not so: no workflow can publish on a way without a signature"}}
	for i := range 12 {
		c := sampleRelease(i)
		n := &r.Coverage.Before
		if i >= 6 {
			n = &r.Coverage.Since
		}
		n.Releases++
		n.Artifacts += c.Count.Artifacts
		n.Covered += c.Count.Covered
		n.Downloads += c.Count.Downloads
		n.DownloadsOfCovered += c.Count.DownloadsOfCovered
		r.Releases = append(r.Releases, c)
	}
	adopted := r.Releases[6]
	r.Identity = &review.Identity{LearntFrom: adopted.Tag, Signer: sampleSigner, Workflow: sampleSigner, Issuer: "https://token.actions.githubusercontent.com",
		Policy: "version: 1\nrepository: octo/widget\nsigner-workflow: " + sampleSigner + "\n"}
	r.Adoption = &review.Adoption{Tag: adopted.Tag, Time: adopted.Signed, Clock: sampleClock, Published: adopted.Published, Commit: adopted.Commit,
		Changes: []review.ChangeNote{{Number: 212, Title: "Sign releases", Author: "alice", Merged: adopted.Published.AddDate(0, 0, -3), MergedBy: "bob", Reviewed: []string{"bob", "carol"}}}}
	r.Findings = sampleFindings(r)
	for _, name := range []string{"flipped byte", "other repository", "previous release's bundle"} {
		r.Controls = append(r.Controls, review.Control{Name: name, Release: "v1.11.0", Asset: "widget_linux_amd64.tar.gz", Outcome: review.True, Check: "subject",
			Says: "subject: want sha256:" + hexOf("want", 64) + ", got sha256:" + hexOf("got", 64)})
	}
	r.Scorecard = review.SignedReleases{Rule: "OpenSSF Scorecard v5.3.0, Signed-Releases", Score: 10, Releases: []string{"v1.11.0", "v1.10.0", "v1.9.0", "v1.8.0", "v1.7.0"}}
	r.SOS = sampleSOS(r)
	return &Review{Report: r, Version: "v1.0.0", Pack: "evidence/widget-review.pack"}
}

func sampleFindings(r *review.Report) []review.Finding {
	late := r.Releases[8]
	return []review.Finding{
		{ID: "E1", Name: "artifacts-covered", Claim: "every artifact since adoption is covered by a signature of the project", Grade: review.GradeA, Outcome: review.True, Baseline: []string{"OSPS-BR-06.01"}},
		{ID: "E2", Name: "no-gap", Claim: "no release since adoption is without a signature", Grade: review.GradeA, Outcome: review.True, Baseline: []string{"OSPS-BR-06.01"}},
		{ID: "E3", Name: "same-signer", Claim: "one and the same workflow signs", Grade: review.GradeA, Outcome: review.True},
		{ID: "E6", Name: "signed-in-time", Claim: "what is released is signed within a day of its publication", Grade: review.GradeA, Outcome: review.False,
			Cases: []review.Case{{Release: late.Tag, Asset: late.Assets[0].Name, Says: "signed 6 days after publication, on 2026-06-03: retro-signed",
				Evidence: []review.Pointer{{Source: "asset multiple.intoto.jsonl of v1.8.0", SHA256: late.Assets[0].Bundle}}}}},
		{ID: "E8", Name: "releases-immutable", Claim: "the forge keeps the latest releases from being changed", Grade: review.GradeB, Outcome: review.True},
		{ID: "E11", Name: "nothing-leaves-unsigned", Claim: "no workflow can publish on a way without a signature", Grade: review.GradeC, Outcome: review.False, Baseline: []string{"OSPS-BR-06.01"},
			Cases: []review.Case{
				{Release: "v1.10.0", Says: "gh release create: nothing in this workflow signs it", Path: ".github/workflows/nightly.yml", Line: 31, Column: 9},
				{Release: "v1.11.0", Says: "gh release create: nothing in this workflow signs it", Path: ".github/workflows/nightly.yml", Line: 31, Column: 9},
			}},
		{ID: "E18", Name: "tags-signed", Claim: "the tags of releases bear signatures of their own", Grade: review.GradeC, Outcome: review.NotApplicable, Why: "there is nothing to look at"},
		{ID: "E20", Name: "nothing-deleted", Claim: "no release, tag or attestation was deleted", Grade: review.GradeB, Outcome: review.Unknown, Why: "what was deleted leaves no trace"},
	}
}

func sampleSOS(r *review.Report) *review.SOS {
	return &review.SOS{Since: r.Since, Decision: "the reviewer's: this worksheet says what was found and names no amount",
		Items: []review.Answered{
			{Name: "supply chain", Asks: "hardened pipelines and distribution: SLSA provenance is made and can be verified", Outcome: review.True, Grade: review.GradeA,
				Says: "SLSA Build L3 at least for every covered artifact", Completed: r.Adoption.Time, By: sampleClock, InTime: review.True, Findings: []string{"artifacts-covered"}},
			{Name: "Branch-Protection", Asks: "branches and tags are protected", Outcome: review.False, Grade: review.GradeB, Says: "not so: the default branch is protected", InTime: review.NotApplicable},
			{Name: "Allstar", Asks: "Allstar is used, and what it found is remedied", Outcome: review.Unknown, Grade: review.GradeC, Says: "there is .allstar/allstar.yaml; it has opened no issue: it may only log, or do nothing", InTime: review.NotApplicable},
			{Name: "Best Practices badge", Asks: "the project has earned OpenSSF's Best Practices badge", Outcome: review.True, Grade: review.GradeB, Says: "its entry at bestpractices.dev says passing",
				Completed: time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC), By: "bestpractices.dev", InTime: review.False},
		},
		Criticality: review.Criticality{Least: 0.41, Most: 0.72, Known: []review.ScoreInput{{Name: "legacy.created_since", Value: 60, Weight: 1}}, Missing: []string{"legacy.github_mention_count", "legacy.org_count"},
			Reaches06: review.Unknown, Reaches07: review.Unknown, Census: review.False},
		Bands: []review.Band{
			{Reward: "$505", For: "small improvements that have merit for security", Criteria: []review.Criterion{
				{Kind: "impact", Name: "a release verifies", Outcome: review.True, Says: "24 artifacts of 6 releases since adoption are covered"}}},
			{Reward: "$10,000 or more", For: "complicated, lasting improvements of high impact that almost certainly prevent major vulnerabilities", Criteria: []review.Criterion{
				{Kind: "complexity", Name: "signing is enforced", Outcome: review.False, Says: "the verdict is verified"},
				{Kind: "impact", Name: "the project is critical: a score of 0.7 or more, or in the census", Outcome: review.Unknown, Says: "criticality score between 0.41 and 0.72, 2 inputs missing"}}},
		}}
}

// unsignedReview is a project of which nothing verifies, and much is not known.
func unsignedReview() *Review {
	s := sampleReview()
	r := s.Report
	r.Verdict, r.Reasons = review.Present, []string{"there are signatures, and none of them verifies as this project's"}
	r.Identity, r.Adoption, r.SOS, s.Pack = nil, nil, nil, ""
	r.Releases = r.Releases[:2]
	a := r.Releases[1].Assets
	a[0].State, a[0].Refused = review.Refused, []review.Refusal{{Bundle: hexOf("fork", 64), Found: "the attestations of GitHub", Check: "source",
		Want: "https://github.com/octo/widget", Got: "https://github.com/fork/widget", Why: "this was built from another repository"}}
	a[1].State, a[1].Why = review.UnknownState, "its attestations: rate limit spent"
	r.Releases[1].Count.Unknown = 1
	r.Coverage = review.Coverage{Before: review.Count{Releases: 2, Artifacts: 8, Unknown: 1, Downloads: 5000}}
	r.Findings = []review.Finding{{ID: "E3", Name: "signed-by-project", Claim: "all signatures are the project's own", Grade: review.GradeA, Outcome: review.False,
		Cases: []review.Case{{Release: "v1.1.0", Asset: a[0].Name, Says: "source: want https://github.com/octo/widget, got https://github.com/fork/widget"}}}}
	r.Controls = []review.Control{{Name: "flipped byte", Outcome: review.NotApplicable, Says: "no release is covered"}}
	r.Scorecard.Score = 8
	r.OSPS = []review.Answered{{Name: "OSPS-BR-06.01", Asks: "every release is signed, or in a signed manifest with its hashes", Outcome: review.False, Grade: review.GradeA}}
	return s
}
