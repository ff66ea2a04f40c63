package review_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// A project is octo/widget's history, told by its collector. Tests change one
// thing of it.
type project struct {
	t        testing.TB
	sigstore *reviewtest.Sigstore
	record   *review.Record
	clock    time.Time
	uploads  int64
}

// A build is a release in the making.
type build struct {
	tag, commit string
	published   time.Time
	signed      time.Time
	job         reviewtest.Job
	artifacts   map[string][]byte
	files       map[string][]byte // what is uploaded beside the artifacts
	unsigned    []string          // artifacts that the attestation leaves out
	bend        []func(statement map[string]any)
	bare        bool   // nothing is signed
	store       bool   // the attestation is kept by the forge, and not uploaded
	workflow    string // at the release's commit
	annotated   bool
	branches    []string
	committed   time.Time
	movedTo     string // what the tag names today
	after       func(*review.Release, review.Blobs)
}

const (
	sha       = "11bd71901bbe5b1630ceea73d27597364c9af683"
	goodSteps = `      - uses: actions/checkout@` + sha + `
      - run: make dist
      - uses: actions/attest-build-provenance@` + sha + `
        with:
          subject-path: dist/*
      - run: gh release create "$GITHUB_REF_NAME" dist/*
`
	workflowHead = `name: release
on:
  push:
    tags: ['v*']
permissions: {}
jobs:
`
	goodJob = `  release:
    runs-on: ubuntu-latest
    permissions:
      contents: write
      id-token: write
      attestations: write
    steps:
`
	goodWorkflow = workflowHead + goodJob + goodSteps
	goodGuide    = "# widget\n\n```console\n$ gh attestation verify widget.zip --repo octo/widget \\\n    --signer-workflow octo/widget/.github/workflows/release.yml\n```\n"
)

var firstRelease = time.Date(2025, time.June, 1, 12, 0, 0, 0, time.UTC)

// newProject has no release yet, rules that hold, and a guide.
func newProject(t testing.TB, s *reviewtest.Sigstore) *project {
	t.Helper()
	clock := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	r := &review.Record{MediaType: review.RecordType, Tool: "v1.0.0", Clock: clock, Since: time.Date(2021, time.October, 1, 0, 0, 0, 0, time.UTC), Blobs: review.Blobs{}}
	p := &project{t: t, sigstore: s, record: r, clock: clock}
	r.Repository = review.Repository{Asked: p.asked("repos/octo/widget"), Name: "octo/widget", ID: "4711", OwnerID: "42", DefaultBranch: "main"}
	r.Releases.Asked = p.asked("repos/octo/widget/releases")
	r.Git.Asked = p.asked("git")
	r.Changes.Asked = p.asked("repos/octo/widget/pulls")
	r.Rules.Rulesets = review.List[review.Ruleset]{Asked: p.asked("rulesets"), Items: []review.Ruleset{
		{ID: 1, Name: "releases", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"}, Types: []string{"deletion", "update"}},
		{ID: 2, Name: "main", Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"}, Types: []string{"deletion", "non_fast_forward", "pull_request"}},
	}}
	p.document(review.GuideDocument, "README.md", "", goodGuide)
	return p
}

// asked is an answer of the forge.
func (p *project) asked(what string) review.Answer {
	return review.Answer{Source: what, Time: p.clock, SHA256: reviewtest.SHA256([]byte(what))}
}

func (p *project) document(kind review.Kind, name, commit, text string) {
	p.record.Documents = append(p.record.Documents, review.Document{Kind: kind, Name: name, Commit: commit,
		Asked: review.Answer{Source: "git " + commit + ":" + name, Time: p.clock, SHA256: p.record.Blobs.Add([]byte(text))}})
}

// commitOf is a commit's id, made of what it stands for.
func commitOf(what string) string {
	sum := sha1.Sum([]byte(what))
	return hex.EncodeToString(sum[:])
}

// history releases v1.0.0 to v1.5.0, of which all but the first are signed. The
// changes are made to the last one.
func (p *project) history(change ...func(*build)) {
	p.t.Helper()
	for i := range 6 {
		b := p.build(i)
		b.bare = i < 1
		if i == 5 {
			for _, c := range change {
				c(b)
			}
		}
		p.publish(b)
	}
	p.adopting("v1.1.0")
}

// build prepares the release of that number, a month after the one before.
func (p *project) build(i int) *build {
	tag := fmt.Sprintf("v1.%d.0", i)
	b := &build{tag: tag, commit: commitOf(tag), published: firstRelease.AddDate(0, 2*i, 0), workflow: goodWorkflow, branches: []string{"main"},
		artifacts: map[string][]byte{"widget.tar.gz": []byte("tar " + tag), "widget.zip": []byte("zip " + tag), "widget.exe": []byte("MZ exe " + tag)},
		files:     map[string][]byte{}}
	b.job = reviewtest.Release(tag, b.commit)
	b.job.Run = 100 + i
	b.signed, b.committed = b.published.Add(-10*time.Minute), b.published.Add(-time.Hour)
	return b
}

// publish adds the release to the record, as it stands today.
func (p *project) publish(b *build) {
	p.t.Helper()
	r := p.record
	rel := review.Release{ID: int64(len(r.Releases.Items) + 1), Tag: b.tag, Immutable: true, Created: b.committed, Published: b.published,
		Author: "github-actions[bot]", Asked: p.asked("repos/octo/widget/releases/tags/" + b.tag)}
	files := maps.Clone(b.artifacts)
	var stored []byte
	if !b.bare {
		subjects := reviewtest.Subjects{}
		for name, data := range b.artifacts {
			if !slices.Contains(b.unsigned, name) {
				subjects[name] = data
			}
		}
		bundle := p.sigstore.Attest(b.job, b.signed, subjects, b.bend...)
		if b.store {
			stored = bundle
		} else {
			files["multiple.intoto.jsonl"] = append(bundle, '\n')
		}
	}
	maps.Copy(files, b.files)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		a := p.asset(name, files[name], b.published.Add(-time.Minute))
		if _, isArtifact := b.artifacts[name]; isArtifact && stored != nil && !slices.Contains(b.unsigned, name) {
			a.Attestations.Items = []review.Attestation{{SHA256: r.Blobs.Add(stored), Source: "attestations of " + a.Stated, Initiator: "user"}}
		}
		rel.Assets = append(rel.Assets, a)
	}
	if b.after != nil {
		b.after(&rel, r.Blobs)
	}
	r.Releases.Items = append(r.Releases.Items, rel)

	named := b.commit
	if b.movedTo != "" {
		named = b.movedTo
	}
	tag := review.Tag{Name: b.tag, Object: named, Commit: named, Signature: "ssh", Time: b.published}
	if b.annotated {
		tag.Object = commitOf("the tag object of " + b.tag)
	}
	r.Git.Tags = append(r.Git.Tags, tag)
	r.Git.Commits = append(r.Git.Commits, review.Commit{ID: b.commit, Committed: b.committed, Authored: b.committed, Branches: b.branches})
	if b.workflow != "" {
		p.document(review.WorkflowDocument, ".github/workflows/release.yml", b.commit, b.workflow)
	}
}

// asset is an upload of which the collector had the bytes.
func (p *project) asset(name string, data []byte, at time.Time) review.Asset {
	p.uploads++
	flipped := slices.Clone(data)
	if len(flipped) > 0 {
		flipped[len(flipped)/2] ^= 1
	}
	p.record.Blobs.Add(data)
	a := review.Asset{ID: p.uploads, Name: name, Size: int64(len(data)), Downloads: 100, Uploader: "github-actions[bot]", Created: at, Updated: at,
		Stated: reviewtest.SHA256(data), Digests: map[string]string{"sha256": reviewtest.SHA256(data)}, Flipped: reviewtest.SHA256(flipped)}
	a.Bytes = review.Answer{Source: "releases/download/" + name, Time: p.clock, SHA256: a.Stated}
	a.Attestations.Asked = p.asked("attestations/sha256:" + a.Stated)
	return a
}

// adopting tells of the pull request that brought the signing.
func (p *project) adopting(tag string) {
	i := slices.IndexFunc(p.record.Releases.Items, func(r review.Release) bool { return r.Tag == tag })
	merged := p.record.Releases.Items[i].Published.AddDate(0, 0, -3)
	c := review.Change{Asked: p.asked("pulls/7"), Number: 7, Title: "sign releases", Author: "dev", Merged: merged, MergedBy: "lead",
		Head: commitOf("the branch"), Commit: commitOf("the merge"), Parent: commitOf("before the merge"),
		Reviews: []review.PullReview{{Author: "lead", Association: "MEMBER", State: "APPROVED", Commit: commitOf("the branch"), Time: merged}}}
	p.record.Changes.Items = append(p.record.Changes.Items, c)
	p.document(review.WorkflowDocument, ".github/workflows/release.yml", c.Commit, goodWorkflow)
	p.document(review.WorkflowDocument, ".github/workflows/release.yml", c.Parent,
		strings.ReplaceAll(goodWorkflow, "actions/attest-build-provenance@"+sha, "actions/cache@"+sha))
}

// judge takes the record through its document, as a pack would.
func (p *project) judge(t testing.TB) *review.Report {
	t.Helper()
	r, err := review.ParseRecord(mustEncode(t, p.record), p.record.Blobs)
	if err != nil {
		t.Fatal(err)
	}
	report, err := review.Judge(r, review.Options{Root: p.sigstore.Root()})
	if err != nil {
		t.Fatal(err)
	}
	return report
}
