package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Repository names a repository of github.com.
type Repository struct{ Owner, Name string }

// String is OWNER/NAME.
func (r Repository) String() string { return r.Owner + "/" + r.Name }

// ErrName marks what cannot be the name of a repository or a tag.
var ErrName = errors.New("not a name")

var (
	// An underscore stands in the logins that companies manage.
	ownerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	namePattern  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	loginPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$`)
	shaPattern   = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
)

// ParseRepository reads OWNER/NAME. The error wraps ErrName.
func ParseRepository(s string) (Repository, error) {
	owner, name, _ := strings.Cut(s, "/")
	r := Repository{owner, name}
	return r, r.check()
}

func (r Repository) check() error {
	if !ownerPattern.MatchString(r.Owner) || !namePattern.MatchString(r.Name) || r.Name == "." || r.Name == ".." {
		return fmt.Errorf("%w of a repository, OWNER/NAME: %q", ErrName, r.String())
	}
	return nil
}

// CheckTag refuses what git refuses as a tag's name, and what is longer than
// 250 bytes. The error wraps ErrName.
// https://git-scm.com/docs/git-check-ref-format
func CheckTag(tag string) error {
	bad := tag == "" || len(tag) > 250 || !utf8.ValidString(tag) ||
		tag == "@" || strings.HasPrefix(tag, "-") || strings.HasSuffix(tag, ".") ||
		strings.Contains(tag, "..") || strings.Contains(tag, "@{") ||
		strings.ContainsAny(tag, " ~^:?*[\\") || strings.ContainsFunc(tag, unicode.IsControl)
	for component := range strings.SplitSeq(tag, "/") {
		bad = bad || component == "" || strings.HasPrefix(component, ".") || strings.HasSuffix(component, ".lock")
	}
	if bad {
		return fmt.Errorf("%w of a tag: %.260q", ErrName, tag)
	}
	return nil
}

// escapeRef makes a ref fit for a path, its slashes kept.
func escapeRef(ref string) string {
	parts := strings.Split(ref, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// Project is what GitHub says of a repository. The identifiers stay when names
// change hands.
type Project struct {
	Repository            // as it is called now
	ID, OwnerID    int64  // never zero
	OwnerType      string // Organization or User
	Visibility     string // public, private or internal
	DefaultBranch  string
	Fork, Archived bool
	CreatedAt      time.Time
	Stars, Forks   int
}

// Project asks who a repository is. A name that has moved leads to where it
// moved to, which the answer's name shows.
func (c *Client) Project(ctx context.Context, r Repository) (*Project, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	found, _, err := c.calls().Repositories.Get(ctx, r.Owner, r.Name)
	if err != nil {
		return nil, failed("repository "+r.String(), err)
	}
	p := &Project{
		Repository: Repository{found.GetOwner().GetLogin(), found.GetName()},
		ID:         found.GetID(),
		OwnerID:    found.GetOwner().GetID(),
		OwnerType:  found.GetOwner().GetType(),
		Visibility: found.GetVisibility(),

		DefaultBranch: found.GetDefaultBranch(),
		Fork:          found.GetFork(),
		Archived:      found.GetArchived(),
		CreatedAt:     found.GetCreatedAt().Time,
		Stars:         found.GetStargazersCount(),
		Forks:         found.GetForksCount(),
	}
	if p.Visibility == "" { // which older answers lack
		p.Visibility = "public"
		if found.GetPrivate() {
			p.Visibility = "private"
		}
	}
	if p.Repository.check() != nil || p.ID <= 0 || p.OwnerID <= 0 || CheckTag(p.DefaultBranch) != nil || !wordPattern.MatchString(p.Visibility) || !wordPattern.MatchString(p.OwnerType) {
		return nil, strange("repository "+r.String(), "no name, number or default branch that could be one")
	}
	return p, nil
}
