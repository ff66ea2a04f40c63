package reviewtest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// A Project is octo/widget's history, told by its collector. Tests change one
// thing of it.
type Project struct {
	t        testing.TB
	Sigstore *Sigstore
	Record   *review.Record
	Clock    time.Time
	uploads  int64
}

// A Build is a release in the making.
type Build struct {
	Tag, Commit string
	Published   time.Time
	Signed      time.Time
	Job         Job
	Artifacts   map[string][]byte
	Files       map[string][]byte // what is uploaded beside the artifacts
	Unsigned    []string          // artifacts that the attestation leaves out
	Bend        []func(statement map[string]any)
	Bare        bool   // nothing is signed
	Stored      bool   // the attestation is kept by the forge, and not uploaded
	Workflow    string // at the release's commit
	Annotated   bool
	Branches    []string
	Committed   time.Time
	MovedTo     string // what the tag names today
	After       func(*review.Release, review.Blobs)
}

// SHA is a commit that actions are pinned by.
const SHA = "11bd71901bbe5b1630ceea73d27597364c9af683"

// SigningWorkflow is a release workflow with nothing wrong.
const SigningWorkflow = `name: release
on:
  push:
    tags: ['v*']
permissions: {}
jobs:
  release:
    runs-on: ubuntu-latest
    permissions:
      contents: write
      id-token: write
      attestations: write
    steps:
      - uses: actions/checkout@` + SHA + `
      - run: make dist
      - uses: actions/attest-build-provenance@` + SHA + `
        with:
          subject-path: dist/*
      - run: gh release create "$GITHUB_REF_NAME" dist/*
`

// Guide is a README that says how to verify, and is right.
const Guide = "# widget\n\n```console\n$ gh attestation verify widget.zip --repo octo/widget \\\n" +
	"    --signer-workflow octo/widget/.github/workflows/release.yml\n```\n"

// FirstRelease is when the first release was published.
var FirstRelease = time.Date(2025, time.June, 1, 12, 0, 0, 0, time.UTC)

// NewProject has no release yet, rules that hold, and a guide.
func NewProject(t testing.TB, s *Sigstore) *Project {
	t.Helper()
	clock := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	r := &review.Record{MediaType: review.RecordType, Tool: "v1.0.0", Clock: clock, Since: time.Date(2021, time.October, 1, 0, 0, 0, 0, time.UTC), Blobs: review.Blobs{}}
	p := &Project{t: t, Sigstore: s, Record: r, Clock: clock}
	r.Repository = review.Repository{Asked: p.Asked("repos/octo/widget"), Name: "octo/widget", ID: "4711", OwnerID: "42", DefaultBranch: "main"}
	r.Releases.Asked = p.Asked("repos/octo/widget/releases")
	r.Git.Asked = p.Asked("git")
	r.Changes.Asked = p.Asked("repos/octo/widget/pulls")
	r.Rules.Rulesets = review.List[review.Ruleset]{Asked: p.Asked("rulesets"), Items: []review.Ruleset{
		{ID: 1, Name: "releases", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"}, Types: []string{"deletion", "update"}},
		{ID: 2, Name: "main", Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"}, Types: []string{"deletion", "non_fast_forward", "pull_request"}},
	}}
	p.Document(review.GuideDocument, "README.md", "", Guide)
	return p
}

// Asked is an answer of the forge.
func (p *Project) Asked(what string) review.Answer {
	return review.Answer{Source: what, Time: p.Clock, SHA256: SHA256([]byte(what))}
}

// Document adds a text to the record.
func (p *Project) Document(kind review.Kind, name, commit, text string) {
	p.Record.Documents = append(p.Record.Documents, review.Document{Kind: kind, Name: name, Commit: commit,
		Asked: review.Answer{Source: "git " + commit + ":" + name, Time: p.Clock, SHA256: p.Record.Blobs.Add([]byte(text))}})
}

// CommitOf is a commit's id, made of what it stands for.
func CommitOf(what string) string {
	sum := sha1.Sum([]byte(what))
	return hex.EncodeToString(sum[:])
}

// History releases v1.0.0 to v1.5.0, of which all but the first are signed. The
// changes are made to the last one.
func (p *Project) History(change ...func(*Build)) {
	p.t.Helper()
	for i := range 6 {
		b := p.Prepare(i)
		b.Bare = i < 1
		if i == 5 {
			for _, c := range change {
				c(b)
			}
		}
		p.Publish(b)
	}
	p.Adopting("v1.1.0")
}

// Prepare begins the release of that number, two months after the one before: a
// good one.
func (p *Project) Prepare(i int) *Build {
	tag := fmt.Sprintf("v1.%d.0", i)
	b := &Build{Tag: tag, Commit: CommitOf(tag), Published: FirstRelease.AddDate(0, 2*i, 0), Workflow: SigningWorkflow, Branches: []string{"main"},
		Artifacts: map[string][]byte{"widget.tar.gz": []byte("tar " + tag), "widget.zip": []byte("zip " + tag), "widget.exe": []byte("MZ exe " + tag)},
		Files:     map[string][]byte{}}
	b.Job = Release(tag, b.Commit)
	b.Job.Run = 100 + i
	b.Signed, b.Committed = b.Published.Add(-10*time.Minute), b.Published.Add(-time.Hour)
	return b
}

// Publish adds the release to the record, as it stands today.
func (p *Project) Publish(b *Build) {
	p.t.Helper()
	r := p.Record
	rel := review.Release{ID: int64(len(r.Releases.Items) + 1), Tag: b.Tag, Immutable: true, Created: b.Committed, Published: b.Published,
		Author: "github-actions[bot]", Asked: p.Asked("repos/octo/widget/releases/tags/" + b.Tag)}
	files := maps.Clone(b.Artifacts)
	var stored []byte
	if !b.Bare {
		subjects := Subjects{}
		for name, data := range b.Artifacts {
			if !slices.Contains(b.Unsigned, name) {
				subjects[name] = data
			}
		}
		bundle := p.Sigstore.Attest(b.Job, b.Signed, subjects, b.Bend...)
		if b.Stored {
			stored = bundle
		} else {
			files["multiple.intoto.jsonl"] = append(bundle, '\n')
		}
	}
	maps.Copy(files, b.Files)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		a := p.asset(name, files[name], b.Published.Add(-time.Minute))
		if _, isArtifact := b.Artifacts[name]; isArtifact && stored != nil && !slices.Contains(b.Unsigned, name) {
			a.Attestations.Items = []review.Attestation{{SHA256: r.Blobs.Add(stored), Source: "attestations of " + a.Stated, Initiator: "user"}}
		}
		rel.Assets = append(rel.Assets, a)
	}
	if b.After != nil {
		b.After(&rel, r.Blobs)
	}
	r.Releases.Items = append(r.Releases.Items, rel)

	named := b.Commit
	if b.MovedTo != "" {
		named = b.MovedTo
	}
	tag := review.Tag{Name: b.Tag, Object: named, Commit: named, Signature: "ssh", Time: b.Published}
	if b.Annotated {
		tag.Object = CommitOf("the tag object of " + b.Tag)
	}
	r.Git.Tags = append(r.Git.Tags, tag)
	r.Git.Commits = append(r.Git.Commits, review.Commit{ID: b.Commit, Committed: b.Committed, Authored: b.Committed, Branches: b.Branches})
	if b.Workflow != "" {
		p.Document(review.WorkflowDocument, ".github/workflows/release.yml", b.Commit, b.Workflow)
	}
}

// asset is an upload of which the collector had the bytes.
func (p *Project) asset(name string, data []byte, at time.Time) review.Asset {
	p.uploads++
	flipped := slices.Clone(data)
	if len(flipped) > 0 {
		flipped[len(flipped)/2] ^= 1
	}
	p.Record.Blobs.Add(data)
	a := review.Asset{ID: p.uploads, Name: name, Size: int64(len(data)), Downloads: 100, Uploader: "github-actions[bot]", Created: at, Updated: at,
		Stated: SHA256(data), Digests: map[string]string{"sha256": SHA256(data)}, Flipped: SHA256(flipped)}
	a.Bytes = review.Answer{Source: "releases/download/" + name, Time: p.Clock, SHA256: a.Stated}
	a.Attestations.Asked = p.Asked("attestations/sha256:" + a.Stated)
	return a
}

// Adopting tells of the pull request that brought the signing.
func (p *Project) Adopting(tag string) {
	i := slices.IndexFunc(p.Record.Releases.Items, func(r review.Release) bool { return r.Tag == tag })
	merged := p.Record.Releases.Items[i].Published.AddDate(0, 0, -3)
	c := review.Change{Asked: p.Asked("pulls/7"), Number: 7, Title: "sign releases", Author: "dev", Merged: merged, MergedBy: "lead",
		Head: CommitOf("the branch"), Commit: CommitOf("the merge"), Parent: CommitOf("before the merge"),
		Reviews: []review.PullReview{{Author: "lead", Association: "MEMBER", State: "APPROVED", Commit: CommitOf("the branch"), Time: merged}}}
	p.Record.Changes.Items = append(p.Record.Changes.Items, c)
	p.Document(review.WorkflowDocument, ".github/workflows/release.yml", c.Commit, SigningWorkflow)
	p.Document(review.WorkflowDocument, ".github/workflows/release.yml", c.Parent,
		strings.ReplaceAll(SigningWorkflow, "actions/attest-build-provenance@"+SHA, "actions/cache@"+SHA))
}

// Judge takes the record through its document, as a pack would, and judges it.
func (p *Project) Judge(profile review.Profile) *review.Report {
	p.t.Helper()
	document, err := p.Record.Encode()
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := review.ParseRecord(document, p.Record.Blobs)
	if err != nil {
		p.t.Fatal(err)
	}
	report, err := review.Judge(r, review.Options{Root: p.Sigstore.Root(), Profile: profile})
	if err != nil {
		p.t.Fatal(err)
	}
	return report
}
