package forge

import (
	"context"
	"fmt"

	"github.com/google/go-github/v82/github"
)

// Tag is where a tag points at the moment: tags move unless rules forbid it.
type Tag struct {
	Name      string
	Object    string // what the ref names: a commit, or an annotated tag
	Commit    string // at the end of all annotated tags
	Annotated bool
}

// Tag finds a tag and the commit that it leads to. Branches of the same name do
// not matter.
func (c *Client) Tag(ctx context.Context, r Repository, tag string) (*Tag, error) {
	if err := errorsOf(r.check(), CheckTag(tag)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("tag %s of %s", tag, r)
	ref, _, err := c.calls().Git.GetRef(ctx, r.Owner, r.Name, "tags/"+tag)
	if err != nil {
		return nil, failed(what, err)
	}
	if ref.GetRef() != "refs/tags/"+tag {
		return nil, strange(what, fmt.Sprintf("it is %.300q", ref.GetRef()))
	}
	found := &Tag{Name: tag, Object: ref.GetObject().GetSHA(), Annotated: ref.GetObject().GetType() == "tag"}
	for object, peeled := ref.GetObject(), 0; ; peeled++ {
		switch {
		case !shaPattern.MatchString(object.GetSHA()):
			return nil, strange(what, fmt.Sprintf("it is at object %.100q", object.GetSHA()))
		case object.GetType() == "commit":
			found.Commit = object.GetSHA()
			return found, nil
		case object.GetType() != "tag" || peeled == maxPeeled:
			return nil, strange(what, fmt.Sprintf("it leads to a %.20q, not to a commit", object.GetType()))
		}
		var annotated *github.Tag
		if annotated, _, err = c.calls().Git.GetTag(ctx, r.Owner, r.Name, object.GetSHA()); err != nil {
			return nil, failed(what, err)
		}
		object = annotated.GetObject()
	}
}
