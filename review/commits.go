package review

import (
	"slices"

	"github.com/hallmark-project/hallmark/verify"
)

// WantedCommits are those that a judgement of the record asks about: of the
// releases' tags, and those that the certificates name which were found. A
// collector describes them in Git.Commits when it has all else.
func (r *Record) WantedCommits() []string {
	j := &judge{record: r, bundles: make(map[string]*material)}
	j.readReleases()
	var ids []string
	for _, rel := range slices.Concat(j.older, j.releases) {
		if rel.tag != nil {
			ids = append(ids, rel.tag.Commit)
		}
		for _, a := range rel.assets {
			for _, f := range a.found {
				ids = append(ids, f.commit())
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id string) bool { return !hexCommit.MatchString(id) })
}

// commit is what a bundle's certificate says was built. It is not verified.
func (m *material) commit() string {
	if m.says == nil {
		return ""
	}
	for _, f := range m.says.Facts {
		if f.Name == verify.FactCommit {
			return f.Value
		}
	}
	return ""
}
