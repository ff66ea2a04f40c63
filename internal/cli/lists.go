package cli

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"sync"

	slsav02 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v0.2"
	slsav1 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// countsLists tells whether signed checksum files cover what they list. What npm
// publishes and what a verifier sums up is about the file itself or it is nothing.
func countsLists(c *cli.Context) bool {
	return c.String("vsa") == "" && c.String("npm-attestations") == ""
}

// lists are the checksum files that may answer for other files: those among the
// targets, and those in the folders of files that nothing else covers. A list
// answers with what its own bundles establish, one step and no further: a list
// that another one covers covers nothing.
type lists struct {
	all    []*list
	byPath map[string]*list
	claims map[string][]claim // by the path of the file that is listed

	mu      sync.Mutex
	folders map[string]*listFolder
}

// list is one checksum file, judged once.
type list struct {
	*artifact.List
	once   sync.Once
	result report.Result
	err    error
}

// claim is what a list says of one file.
type claim struct {
	*list
	digest map[string]string
}

// listFolder is what the lists of one folder claim beside those of the targets.
type listFolder struct {
	once  sync.Once
	found *lists
	err   error
}

func newLists(all []*artifact.List) *lists {
	l := &lists{byPath: make(map[string]*list), claims: make(map[string][]claim), folders: make(map[string]*listFolder)}
	for _, one := range all {
		l.add(&list{List: one})
	}
	return l
}

// at is the list that an artifact is, or nil.
func (l *lists) at(a *artifact.Artifact) *list {
	if l == nil || a.Path == "" {
		return nil
	}
	return l.byPath[a.Path]
}

func (l *lists) add(one *list) {
	l.all = append(l.all, one)
	l.byPath[one.Path] = one
	for _, entry := range one.Entries {
		file := one.File(entry)
		l.claims[file] = append(l.claims[file], claim{one, entry.Digest})
	}
}

// folder reads the lists of a folder that are no targets, at the first call for
// it.
func (l *lists) folder(ctx context.Context, dir string) (*lists, error) {
	l.mu.Lock()
	f, ok := l.folders[dir]
	if !ok {
		f = new(listFolder)
		l.folders[dir] = f
	}
	l.mu.Unlock()
	f.once.Do(func() {
		var all []*artifact.List
		all, f.err = artifact.ListsIn(ctx, dir)
		f.found = newLists(nil)
		for _, one := range all {
			if l.byPath[one.Path] == nil {
				f.found.add(&list{List: one})
			}
		}
	})
	return f.found, f.err
}

// judge decides on the list itself, as on any target.
func (l *list) judge(ctx context.Context, v *verification) (report.Result, error) {
	l.once.Do(func() {
		l.result, l.err = v.direct(ctx, l.Artifact)
		if l.err == nil {
			l.result, l.err = v.attested(ctx, l.Artifact, l.result)
		}
		if l.Err != nil && l.Explicit {
			l.result.Verdict, l.result.Bundle = nil, ""
			l.result.Refused = append(l.result.Refused, report.Refusal{Err: &verify.Rejection{Check: verify.CheckCoverage,
				Want: "a checksum file", Got: l.Err.Error(), Why: "one bad line makes all of them worthless"}})
		}
	})
	return l.result, l.err
}

// leftOut says of the lists among the targets what only their verdicts tell:
// that one was left out as it answers for others, and what is listed and not
// there.
func (l *lists) leftOut(set *artifact.Set) []report.LeftOut {
	out := leftOut(set)
	if l == nil {
		return out
	}
	for _, one := range l.all {
		if one.result.Verdict == nil || one.Explicit {
			continue
		}
		for i := range out {
			if out[i].Name == one.Name {
				out[i].Reason = "signed checksum file, every line matches"
			}
		}
		for _, absent := range one.Absent {
			out = append(out, report.LeftOut{Name: path.Join(path.Dir(one.Name), absent.Name), Reason: absent.Reason + ", though " + one.Name + " lists it"})
		}
	}
	return out
}

// absent are the outcomes of what lists that were named themselves list in vain.
func (l *lists) absent() []report.Result {
	var results []report.Result
	if l == nil {
		return nil
	}
	for _, one := range l.all {
		if !one.Explicit {
			continue
		}
		for _, absent := range one.Absent {
			results = append(results, report.Result{Name: path.Join(path.Dir(one.Name), absent.Name), Refused: []report.Refusal{{
				Err: &verify.Rejection{Check: verify.CheckCoverage, Want: "the file that " + one.Name + " lists", Got: absent.Reason,
					Hint: "to verify only what you have, name those files and not " + one.Name}}}})
		}
	}
	return results
}

// notes say what lists have to do with a file that nothing covers.
func (l *lists) notes(ctx context.Context, v *verification, file string) (string, error) {
	const few = 3
	beside, err := l.folder(ctx, filepath.Dir(file))
	if err != nil {
		return "", err
	}
	var notes []string
	for _, one := range append(l.all[:len(l.all):len(l.all)], beside.all...) {
		if len(notes) == few {
			break
		}
		if inside, err := filepath.Rel(filepath.Dir(one.Path), file); err != nil || !filepath.IsLocal(inside) || one.Path == file {
			continue
		}
		if one.Err != nil {
			notes = append(notes, fmt.Sprintf("%s covers nothing: %v", one.Name, one.Err))
			continue
		}
		judged, err := one.judge(ctx, v)
		if err != nil {
			return "", err
		}
		switch listed := one.lists(l, file) || one.lists(beside, file); {
		case judged.Verdict != nil && !listed:
			notes = append(notes, one.Name+" does not list it")
		case judged.Verdict == nil && listed:
			notes = append(notes, one.Name+" lists it and is not signed")
		}
	}
	return strings.Join(notes, "; "), nil
}

func (l *list) lists(among *lists, file string) bool {
	for _, c := range among.claims[file] {
		if c.list == l {
			return true
		}
	}
	return false
}

// mayAnswer tells whether what a bundle establishes of a list holds for the files
// that it lists: who signed, and how it was built. What other statements say of a
// checksum file they do not say of what it lists.
func mayAnswer(d *verify.Verdict) bool {
	s := d.Statement
	return s == nil || s.PredicateType == slsav1.PredicateSLSAProvenance || s.PredicateType == slsav02.PredicateSLSAProvenance
}
