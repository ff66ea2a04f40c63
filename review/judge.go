package review

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// Options are what a judgement needs beside the record.
type Options struct {
	// Root is what is trusted, as for package verify.
	Root root.TrustedMaterial
	// RootSHA256 is the digest by which the report names it.
	RootSHA256 string
	// Policy is the one identity that releases are held to. Nil has it learnt
	// from the first release that a workflow of the project signed. A policy
	// that names a repository is completed by each release's tag.
	Policy *verify.Policy
	// Profile has a programme's questions answered beside.
	Profile Profile
}

// Judge comes to a report. The same record and options give the same report.
// The error wraps verify.ErrPolicy where the policy cannot be meant.
func Judge(r *Record, o Options) (*Report, error) {
	if o.Root == nil {
		return nil, errors.New("review without a trusted root")
	}
	document, err := r.Encode()
	if err != nil {
		return nil, err
	}
	if err := r.validate(); err != nil {
		return nil, err
	}
	j := &judge{record: r, verifier: &verify.Verifier{Root: o.Root}, bundles: make(map[string]*material), scripts: make(map[string][]script)}
	j.report = &Report{MediaType: ReportType, Tool: r.Tool, Clock: r.Clock.UTC(), Since: r.Since.UTC(),
		Project: r.Repository.Name, Record: digestOf(document), TrustedRoot: o.RootSHA256}
	j.readReleases()
	if err := j.settleIdentity(o.Policy); err != nil {
		return nil, err
	}
	if err := j.coverReleases(); err != nil {
		return nil, err
	}
	j.findAdoption()
	if err := j.runControls(); err != nil {
		return nil, err
	}
	for _, find := range claims {
		j.report.Findings = append(j.report.Findings, find(j))
	}
	j.report.Scorecard = signedReleases(r.Releases.Items)
	j.report.Verdict, j.report.Reasons = j.verdict()
	switch o.Profile {
	case SOSProfile:
		j.report.SOS = j.assessSOS()
	case OSPSProfile:
		j.report.OSPS = assessOSPS(j.report)
	}
	return j.report, nil
}

// Encode writes the report's document.
func (r *Report) Encode() ([]byte, error) { return encode(r) }

// judge holds what a judgement has come to so far.
type judge struct {
	record   *Record
	verifier *verify.Verifier
	report   *Report
	releases []*release           // those since the record's day, oldest first
	older    []*release           // what the record has of before
	bundles  map[string]*material // by their SHA-256, each read once
	scripts  map[string][]script  // by their commit
	identity identity
	adopted  *release // nil where nothing verified
}

// A release in judgement.
type release struct {
	*Release
	tag      *Tag // nil where the clone has none of its name
	assets   []*asset
	names    map[string]bool // of the assets
	coverage *ReleaseCoverage
}

// An asset in judgement.
type asset struct {
	*Asset
	content  content
	found    []*found // the bundles that may cover it
	verdict  *verify.Verdict
	by       *found // the bundle of the verdict
	coverage *AssetCoverage
}

// readReleases puts the releases in the order of their publication and finds
// out what their files are and which bundles there are for each.
func (j *judge) readReleases() {
	for i := range j.record.Releases.Items {
		rel := &j.record.Releases.Items[i]
		if rel.Draft {
			continue
		}
		r := &release{Release: rel, tag: j.record.Git.tag(rel.Tag), names: make(map[string]bool)}
		for i := range rel.Assets {
			r.assets = append(r.assets, &asset{Asset: &rel.Assets[i]})
			r.names[rel.Assets[i].Name] = true
		}
		slices.SortFunc(r.assets, func(a, b *asset) int { return strings.Compare(a.Name, b.Name) })
		for _, a := range r.assets {
			a.content = j.recognise(r, a)
		}
		j.matchBundles(r)
		if rel.Published.Before(j.record.Since) {
			j.older = append(j.older, r)
		} else {
			j.releases = append(j.releases, r)
		}
	}
	slices.SortFunc(j.releases, func(a, b *release) int {
		if c := a.Published.Compare(b.Published); c != 0 {
			return c
		}
		return strings.Compare(a.Tag, b.Tag)
	})
}

// sinceAdoption are the releases published from the adopting one on.
func (j *judge) sinceAdoption() []*release {
	if j.adopted == nil {
		return nil
	}
	return j.releases[slices.Index(j.releases, j.adopted):]
}

// tolerance is how long after a release's publication its signatures and
// assets may come without being late.
const tolerance = 24 * time.Hour

// findAdoption looks for the release whose evidence is the oldest by a trusted
// clock; one that was signed long after it was published adopted nothing, as
// long as there is another.
func (j *judge) findAdoption() {
	for _, timely := range []bool{true, false} {
		for _, r := range j.releases {
			signed := r.coverage.Signed
			if signed.IsZero() || timely && signed.After(r.Published.Add(tolerance)) {
				continue
			}
			if j.adopted == nil || signed.Before(j.adopted.coverage.Signed) {
				j.adopted = r
			}
		}
		if j.adopted != nil {
			break
		}
	}
	since := false
	for _, r := range j.releases {
		j.report.Releases = append(j.report.Releases, *r.coverage)
		if since = since || r == j.adopted; since {
			j.report.Coverage.Since.add(r.coverage.Count)
		} else {
			j.report.Coverage.Before.add(r.coverage.Count)
		}
	}
	if j.adopted != nil {
		j.report.Adoption = j.adoption()
	}
}

func (j *judge) adoption() *Adoption {
	a := &Adoption{Tag: j.adopted.Tag, Published: j.adopted.Published.UTC(), Time: j.adopted.coverage.Signed}
	for _, as := range j.adopted.assets {
		if as.verdict != nil && as.coverage.Signed.Equal(a.Time) {
			a.Clock, a.Commit = as.coverage.Clock, as.coverage.Commit
			break
		}
	}
	for _, c := range j.record.Changes.Items {
		if !c.Merged.After(a.Time) && j.adopts(c) {
			a.Changes = append(a.Changes, c.note())
		}
	}
	return a
}
