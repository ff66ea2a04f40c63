package report

import (
	"fmt"
	"io"
	"slices"
)

// Publication is a release, as it is to be or as it is now, and what became of
// each of its files.
type Publication struct {
	Repository string // OWNER/NAME
	Tag        string
	Commit     string // where the tag is
	Plan       bool   // nothing was changed; what is said is what would be done

	ID        int64 // of the release; 0 where it is still to be made
	URL       string
	Found     bool // the release was there before this run
	Draft     bool
	Immutable bool // GitHub says that it cannot be changed any more

	Files        []PublishedFile
	Verification *Verification // of the files as GitHub gives them; nil in a plan
	Flags        []string      // what else whoever verifies must say
}

// PublishedFile is a file of a release.
type PublishedFile struct {
	Name   string
	SHA256 string // hex; empty where only GitHub has the file and no digest of it
	Size   int64
	Did    FileAction
}

// FileAction is what is done about a file of a release.
type FileAction string

// What is done: a file goes there; it is there already; what an upload that broke
// off has left, or other bytes of the same name in a draft, make room for it; it
// is none of this run's.
const (
	Upload  FileAction = "upload"
	Keep    FileAction = "keep"
	Finish  FileAction = "finish"
	Replace FileAction = "replace"
	Others  FileAction = "others"
)

// past is how a result tells of what a plan says.
var past = map[FileAction]string{
	Upload: "uploaded", Keep: "kept", Finish: "finished", Replace: "replaced", Others: "found there",
}

// Text writes the publication for a person.
func (p *Publication) Text(w io.Writer, o TextOptions) error {
	page := &page{TextOptions: o}
	rows := []row{
		{"release", []part{{text: join("  ", name(p.Repository), name(p.Tag), "commit"+together+Escape(prefix(p.Commit, 7)))}}},
		{p.state(), []part{{text: p.where()}}},
	}
	if !p.Plan {
		rows = append(rows, row{"files", []part{{text: p.done()}}})
	}
	page.rows(0, rows)
	if p.Plan {
		page.line("")
		page.table(p.planned())
	}
	if v := p.Verification; v != nil {
		page.line("")
		if err := v.Text(page, o); err != nil {
			return err
		}
		if v.Failed() == nil {
			page.line("")
			page.line("%s", p.Total())
			page.line("\n%s", p.forOthers())
			page.line("  %s", Command(p.command()...)) // never wrapped: it is to be copied
		}
	}
	_, err := io.WriteString(w, page.String())
	return err
}

// forOthers introduces the command that verifies the release.
func (p *Publication) forOthers() string {
	if p.Draft {
		return "once it is published, anybody can verify it with"
	}
	return "verify it with"
}

// Total is the outcome on one line: "released: 6 assets, 6 verified".
func (p *Publication) Total() string {
	outcome := "released"
	if p.Draft {
		outcome = "drafted"
	}
	return fmt.Sprintf("%s: %s, %d verified", outcome, count(len(p.Verification.Results), "asset"), p.Verification.count(Verified))
}

func (p *Publication) command() []string {
	return append([]string{"hallmark", "verify", p.Repository + "@" + p.Tag}, p.Flags...)
}

func (p *Publication) state() string {
	if p.Draft || p.ID == 0 {
		return "draft"
	}
	return "published"
}

func (p *Publication) where() string {
	if p.ID == 0 {
		return "to be made"
	}
	how := "made"
	if p.Found {
		how = "found"
	}
	fixed := ""
	if p.Immutable {
		fixed = "immutable"
	}
	return join("  ", fmt.Sprintf("#%d", p.ID), how, fixed, name(p.URL))
}

func (p *Publication) planned() [][]string {
	var lines [][]string
	for _, f := range p.Files {
		lines = append(lines, []string{string(f.Did), fileName(f.Name), shortDigest(map[string]string{"sha256": f.SHA256}), fmt.Sprintf("%d bytes", f.Size)})
	}
	if len(lines) == 0 {
		return [][]string{{"nothing", "no file is named"}}
	}
	return lines
}

// done counts what became of the files.
func (p *Publication) done() string {
	var counts []string
	for _, did := range []FileAction{Upload, Finish, Replace, Keep, Others} {
		n := 0
		for _, f := range p.Files {
			if f.Did == did {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, past[did]))
		}
	}
	return join(", ", counts...)
}

// Release is the published release for a job summary, where everything in it is
// verified.
func (p *Publication) Release() *Release {
	r := &Release{Repository: p.Repository, Tag: p.Tag, Flags: p.Flags}
	for i := range p.Verification.Results {
		one := &p.Verification.Results[i]
		asset := ReleaseAsset{Name: one.Name, Digest: one.Digest, Bundle: one.Bundle, Signer: one.Verdict.Signer}
		asset.Signed = slices.ContainsFunc(p.Files, func(f PublishedFile) bool { return f.Name == one.Name+".sigstore.json" })
		if one.Verdict.Level != nil {
			asset.Level = one.Verdict.Level.Build
		}
		for _, log := range one.Verdict.Logs {
			asset.Logs = append(asset.Logs, log.Index)
		}
		r.Assets = append(r.Assets, asset)
	}
	return r
}
