package workflow

import (
	"fmt"
	"path"
	"strings"
)

// Link tells the workflows and actions of a repository of each other, so that a
// step or a job that uses ./one is known by what that does. Their paths begin with
// root, which may be "".
func Link(root string, all []*Workflow) {
	local := make(map[string]*Workflow)
	for _, w := range all {
		name := path.Clean(w.Path)
		if root != "" {
			name = strings.TrimPrefix(name, path.Clean(root)+"/")
		}
		if w.Composite {
			name = path.Dir(name)
		}
		local[name] = w
	}
	for _, w := range all {
		w.local = local
	}
}

// inside is what a local action or workflow does, seen from where it is used.
type inside struct {
	signings     []*Signing
	publications []*Publication
}

// look follows local uses, each file once, however often it is used; one that
// uses itself adds nothing.
type look map[*Workflow]*inside

// inside sums up what u names: at most one signing of files and one of images, and
// one publication for each kind of place.
func (seen look) inside(w *Workflow, u Uses) *inside {
	callee := w.local[path.Clean(u.Local)]
	if u.Local == "" || callee == nil {
		return &inside{}
	}
	if sum, ok := seen[callee]; ok {
		return sum
	}
	seen[callee] = &inside{}
	sum := &inside{}
	signings := callee.signs(seen)
	for _, image := range []bool{false, true} {
		if g := callee.surest(signings, image); g != nil {
			sum.signings = append(sum.signings, &Signing{Tool: u.Local, Image: image, Provenance: g.Provenance,
				Files: g.Files, doubt: callee.doubt(g), keyed: !g.keyless()})
		}
	}
	known := make(map[string]bool)
	for _, p := range callee.publishes(seen) {
		if p.empty() {
			continue
		}
		between, _ := callee.gap(p, signings)
		q := &Publication{Kind: p.Kind, Tool: u.Local, Files: []string{"${" + u.Local + "}"}, Draft: p.Draft, Unveils: p.Unveils,
			Signs: between == closed, adds: p.uploads(), otherToken: !p.ownToken()}
		if key := fmt.Sprint(q.Kind, q.Draft, q.Unveils, q.Signs, q.adds, q.otherToken); !known[key] {
			known[key] = true
			sum.publications = append(sum.publications, q)
		}
	}
	seen[callee] = sum
	return sum
}

// surest is a signing of files, or of images, that is made in each run, or else
// the first there is.
func (w *Workflow) surest(all []*Signing, image bool) *Signing {
	var first *Signing
	for _, g := range all {
		switch {
		case g.Image != image:
		case w.doubt(g) == "":
			return g
		case first == nil:
			first = g
		}
	}
	return first
}

// doubt says why a run of w may end well without g; "" where it cannot.
func (w *Workflow) doubt(g *Signing) string {
	if _, why := w.certain(g, nil); why != "" {
		return why
	}
	for _, c := range conditions(g.Job.If) {
		return g.Tool + " runs only if " + c
	}
	if g.Job.ContinueOnError.Possible() {
		return "continue-on-error hides that job " + g.Job.ID + " failed"
	}
	return ""
}
