package review

import (
	"path"
	"slices"
	"strings"
)

// maxFound bounds the bundles that are tried for one asset. Those that name its
// digest come first.
const maxFound = 64

// matchBundles finds for each asset the bundles that may cover it: those stored
// for its digest, those that name its digest, and those that only bear its name,
// which are refused but tell a reader what happened.
func (j *judge) matchBundles(r *release) {
	var all []*found
	for _, a := range r.assets {
		for _, m := range a.content.bundles {
			all = append(all, &found{m, "asset " + a.Name, a.Name, signedName(r, a)})
		}
	}
	byDigest, byName := make(map[string][]*found), make(map[string][]*found)
	for _, f := range all {
		for _, subject := range f.says.Subjects {
			for _, digest := range subject.GetDigest() {
				byDigest[digest] = append(byDigest[digest], f)
			}
			if name := path.Base(subject.GetName()); subject.GetName() != "" {
				byName[name] = append(byName[name], f)
			}
		}
		byName[f.about] = append(byName[f.about], f)
	}
	for _, a := range r.assets {
		for _, at := range a.Attestations.Items {
			if m := j.bundle(at.SHA256); m != nil {
				a.found = append(a.found, &found{material: m, where: at.Source})
			}
		}
		digests, _ := a.digest()
		for _, algorithm := range []string{"sha256", "sha384", "sha512"} {
			if d := digests[algorithm]; d != "" {
				a.found = append(a.found, byDigest[d]...)
			}
		}
		a.found = append(a.found, byName[a.Name]...)
		a.found = once(a, a.found)
		a.found = a.found[:min(len(a.found), maxFound)]
	}
}

// signedName is the asset that a file is named after, the longest name that its
// own begins with; "" where there is none.
func signedName(r *release, file *asset) string {
	for i := strings.LastIndexByte(file.Name, '.'); i > 0; i = strings.LastIndexByte(file.Name[:i], '.') {
		if r.names[file.Name[:i]] {
			return file.Name[:i]
		}
	}
	return ""
}

// once leaves out what was found twice, and a bundle's own file, which a
// bundle cannot cover.
func once(a *asset, all []*found) []*found {
	seen := make(map[string]bool)
	return slices.DeleteFunc(all, func(f *found) bool {
		again := seen[f.sha256]
		seen[f.sha256] = true
		return again || f.file == a.Name
	})
}
