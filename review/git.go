package review

import (
	"slices"
	"time"
)

// Git is what a clone of the project's repository said.
type Git struct {
	Asked   Answer   `json:"asked,omitzero"`
	Head    string   `json:"head,omitzero"` // commit of the default branch
	Tags    []Tag    `json:"tags,omitzero"`
	Commits []Commit `json:"commits,omitzero"` // those that tags and certificates name
}

// A Tag as it stands today; where it stood before, nobody records.
type Tag struct {
	Name      string    `json:"name"`
	Object    string    `json:"object"`             // the tag object, or the commit of a lightweight tag
	Commit    string    `json:"commit"`             // peeled
	Signature string    `json:"signature,omitzero"` // kind of the signature it bears: pgp, ssh, x509
	Time      time.Time `json:"time,omitzero"`      // in the tagger's word
}

// Annotated tells whether the tag is an object of its own.
func (t *Tag) Annotated() bool { return t.Object != t.Commit }

// A Commit that a tag or a certificate names. Its times are free text of
// whoever made it.
type Commit struct {
	ID        string    `json:"id"`
	Missing   bool      `json:"missing,omitzero"` // the clone of all branches and tags has no such commit
	Committed time.Time `json:"committed,omitzero"`
	Authored  time.Time `json:"authored,omitzero"`
	Branches  []string  `json:"branches,omitzero"` // that reach it, the default branch first
}

func (g *Git) tag(name string) *Tag {
	i := slices.IndexFunc(g.Tags, func(t Tag) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &g.Tags[i]
}

func (g *Git) commit(id string) *Commit {
	i := slices.IndexFunc(g.Commits, func(c Commit) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &g.Commits[i]
}
