package review

import (
	"fmt"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// E8: whether assets are still what was published.

func assetsInTime(j *judge) Finding {
	f := Finding{ID: "E8", Name: "assets-in-time", Grade: GradeB,
		Claim: "no artifact was added or replaced after its release was published"}
	return j.perAsset(f, func(r *release, a *asset) (string, bool) {
		switch {
		case a.Created.IsZero():
			return "", false
		case a.content.kind == "" && r.late(a.Created):
			return fmt.Sprintf("uploaded on %s, %d days after publication", a.Created.UTC().Format("2006-01-02"), int(a.Created.Sub(r.Published).Hours()/24)), true
		}
		return "", true
	})
}

// perAsset looks at every asset of every release.
func (j *judge) perAsset(f Finding, look func(*release, *asset) (string, bool)) Finding {
	var against []Case
	looked := false
	for _, r := range j.releases {
		for _, a := range r.assets {
			says, any := look(r, a)
			if looked = looked || any; says != "" {
				against = append(against, Case{Says: says}.of(r, a))
			}
		}
	}
	return f.settle(looked, against)
}

func oneUploader(j *judge) Finding {
	f := Finding{ID: "E8", Name: "one-uploader", Grade: GradeB,
		Claim: "where an app uploads a release, no person uploaded any of it"}
	return j.perAsset(f, func(r *release, a *asset) (string, bool) {
		if !isApp(a.Uploader) && r.anyByApp() && a.Uploader != "" {
			return "uploaded by " + a.Uploader + ", the others by an app", true
		}
		return "", a.Uploader != ""
	})
}

func isApp(login string) bool { return strings.HasSuffix(login, "[bot]") }

func (r *release) anyByApp() bool {
	for _, a := range r.assets {
		if isApp(a.Uploader) {
			return true
		}
	}
	return false
}

func assetsAsSigned(j *judge) Finding {
	f := Finding{ID: "E8", Name: "assets-as-signed", Grade: GradeA,
		Claim: "every artifact has the bytes that were signed under its name, and those that the forge states"}
	return j.perAsset(f, func(r *release, a *asset) (string, bool) {
		if computed := a.Digests["sha256"]; computed != "" && a.Stated != "" && computed != a.Stated {
			return "its bytes have SHA-256 " + computed + ", the forge states " + a.Stated, true
		}
		if a.coverage.State != Refused {
			return "", a.coverage.State.covers()
		}
		for _, refused := range a.coverage.Refused {
			if refused.Check == string(verify.CheckSubject) && j.ownBundle(refused.Bundle) && j.names(refused.Bundle, a.Name) {
				return refused.says(), true
			}
		}
		return "", true
	})
}

// names tells whether a bundle's statement has a subject of the name.
func (j *judge) names(digest, name string) bool {
	for _, subject := range j.bundles[digest].says.Subjects {
		if n := subject.GetName(); n == name || strings.HasSuffix(n, "/"+name) {
			return true
		}
	}
	return false
}

func releasesImmutable(j *judge) Finding {
	f := Finding{ID: "E8", Name: "releases-immutable", Grade: GradeB,
		Claim: "the forge keeps the latest releases as they were published"}
	since := j.sinceAdoption()
	var against []Case
	for _, r := range since[max(0, len(since)-latest):] {
		if !r.Immutable {
			c := Case{Release: r.Tag, Says: "assets and tag can still be changed"}
			if r.Asked.Known() {
				c.Evidence = append(c.Evidence, r.Asked.pointer())
			}
			against = append(against, c)
		}
	}
	return f.settle(len(since) > 0, against)
}
