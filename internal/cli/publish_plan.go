package cli

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/report"
)

// find looks for the release of the tag: one at most may claim it, or nobody
// could say which of them is meant.
func (p *publishing) find(ctx context.Context) error {
	all, err := p.client.ReleasesOfTag(ctx, p.repository, p.tag)
	switch {
	case err != nil:
		return err
	case len(all) > 1:
		return severalReleases(p.tag, all)
	case len(all) == 1:
		p.release, p.found = all[0], true
	}
	return nil
}

func severalReleases(tag string, all []*forge.Release) error {
	var each []string
	for _, r := range all {
		kind := "published"
		if r.Draft {
			kind = "draft"
		}
		by := ""
		if r.Author != "" {
			by = " by " + r.Author
		}
		each = append(each, fmt.Sprintf("%d (%s%s)", r.ID, kind, by))
	}
	return withHint(usagef("%d releases claim the tag %s: %s", len(all), shown(tag), strings.Join(each, ", ")),
		"let one tool make the release: delete the others, and run this again")
}

// plan says of each file what is to be done about it, and refuses what cannot be:
// to change what people may have downloaded.
func (p *publishing) plan(ctx context.Context) error {
	for _, f := range p.files {
		f.does, f.stale = report.Upload, nil
	}
	if p.release == nil {
		return nil
	}
	there, err := p.client.Assets(ctx, p.repository, p.release)
	if err != nil {
		return err
	}
	byName := make(map[string]forge.Asset, len(there))
	for _, a := range there {
		byName[a.Name] = a
	}
	for _, f := range p.files {
		a, taken := byName[f.Name]
		delete(byName, f.Name)
		switch {
		case !taken:
		case !a.Finished():
			f.does, f.stale = report.Finish, &a
		case a.Size == f.Size && (a.Digest == "" || sha256Of(a) == f.GetDigest()["sha256"]):
			f.does = report.Keep // what has no digest is compared once it is downloaded
		case p.release.Draft:
			f.does, f.stale = report.Replace, &a
		default:
			return withHint(usagef("release %d is published, and its %s is another file: it has sha256:%s, and here is sha256:%s",
				p.release.ID, shown(f.Name), sha256Of(a), f.GetDigest()["sha256"]), "what people may have is not replaced: release under a new tag")
		}
	}
	p.others = p.others[:0]
	for _, a := range there {
		if _, ours := byName[a.Name]; ours {
			p.others = append(p.others, a)
		}
	}
	return p.mayStillChange()
}

// mayStillChange refuses an immutable release before anything is signed or sent.
func (p *publishing) mayStillChange() error {
	if !p.release.Immutable {
		return nil
	}
	for _, f := range p.files {
		if f.does != report.Keep {
			return immutableRelease(p.release, fmt.Sprintf("%s is not in it", shown(f.Name)))
		}
	}
	if len(p.files) == 0 {
		return immutableRelease(p.release, "nothing can be added")
	}
	return nil
}

func immutableRelease(r *forge.Release, why string) error {
	return withHint(usagef("release %d of %s is published and immutable: %s", r.ID, shown(r.Tag), why),
		"its files can never change: release under a new tag, and let hallmark publish make the release from a draft")
}

// make makes the draft, unless there is a release.
func (p *publishing) make(ctx context.Context) error {
	if p.release != nil {
		return nil
	}
	draft, err := p.client.CreateDraft(ctx, p.repository, forge.Draft{
		Tag:        p.tag,
		Name:       p.tag,
		Notes:      fmt.Sprintf("To verify what you download:\n\n    hallmark verify %s@%s\n", p.repository, p.tag),
		Target:     p.at.Commit,
		Prerelease: prerelease.MatchString(p.tag),
	})
	if err != nil {
		return err
	}
	p.release = draft
	// Nothing keeps another tool from making one at the same time.
	all, err := p.client.ReleasesOfTag(ctx, p.repository, p.tag)
	if err == nil && len(all) > 1 {
		return severalReleases(p.tag, all)
	}
	return err
}

// prerelease are versions that semantic versioning puts before a release.
// https://semver.org/#spec-item-9
var prerelease = regexp.MustCompile(`\A(?:.*/)?v?\d+\.\d+\.\d+-[0-9A-Za-z.-]+(?:\+.*)?\z`)

func sha256Of(a forge.Asset) string { return strings.TrimPrefix(a.Digest, "sha256:") }
