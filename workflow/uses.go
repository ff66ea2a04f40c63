package workflow

import (
	"regexp"
	"strings"
)

// Uses is what a uses: line names. Exactly one of Local, Image and Owner is set,
// unless the line cannot be read; the zero Uses is a line that is absent.
type Uses struct {
	Text  Text
	Local string // ./path in the repository that is checked out
	Image string // docker://image
	Owner string
	Repo  string
	Path  string // below the repository, "" for its root
	Ref   string // after the "@"
	// Comment is what stands behind the line, by custom the version of a commit.
	Comment string
}

var (
	commit     = regexp.MustCompile(`^[0-9a-f]{40}$`)
	fullTag    = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`)
	versionTag = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)*([-+.][0-9A-Za-z.+-]+)?$`)
)

func parseUses(t Text) Uses {
	u := Uses{Text: t}
	switch {
	case strings.HasPrefix(t.Value, "./"), strings.HasPrefix(t.Value, "../"):
		u.Local = t.Value
		return u
	case strings.HasPrefix(t.Value, "docker://"):
		u.Image = strings.TrimPrefix(t.Value, "docker://")
		return u
	}
	name, ref, _ := strings.Cut(t.Value, "@")
	u.Ref = ref
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 2 {
		return u
	}
	u.Owner, u.Repo = parts[0], parts[1]
	if len(parts) == 3 {
		u.Path = parts[2]
	}
	return u
}

// Given tells whether the key is there.
func (u Uses) Given() bool { return u.Text.Given() }

// name is what the line names, without its ref.
func (u Uses) name() string {
	name, _, _ := strings.Cut(u.Text.Value, "@")
	return name
}

// Is tells whether the line names something at owner/repo or owner/repo/path,
// at whatever ref.
func (u Uses) Is(name string) bool {
	if u.Owner == "" {
		return false
	}
	own := u.Owner + "/" + u.Repo
	if u.Path != "" {
		own += "/" + u.Path
	}
	return strings.EqualFold(own, name)
}

// In tells whether the line names something of the repository owner/repo.
func (u Uses) In(repository string) bool {
	return u.Owner != "" && strings.EqualFold(u.Owner+"/"+u.Repo, repository)
}

// Pinned tells whether what runs is fixed: a commit, or an image by digest. What
// is local runs as it was checked out.
func (u Uses) Pinned() bool {
	switch {
	case u.Local != "":
		return true
	case u.Image != "":
		return strings.Contains(u.Image, "@sha256:")
	}
	return commit.MatchString(u.Ref)
}

// Versioned tells whether the ref has the form of a version, such as v4 or v1.2.3.
func (u Uses) Versioned() bool { return versionTag.MatchString(u.Ref) }
