package review

import (
	"fmt"
	"strings"
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
		if a.content.kind != "" {
			return "", false
		}
		for _, other := range a.found {
			if digest := other.otherBytes(a); digest != "" && j.signed(r, a.Name, digest, other) {
				return "the project signed other bytes under this name for this release: sha256:" + digest, true
			}
		}
		return "", a.coverage.State.covers()
	})
}

// otherBytes is what a bundle says to be the bytes of the asset's name, where
// they are others than the asset has.
func (f *found) otherBytes(a *asset) string {
	other := ""
	if f.says == nil {
		return ""
	}
	for _, subject := range f.says.Subjects {
		named := subject.GetName() == a.Name || subject.GetName() == "" && f.about == a.Name
		digest := subject.GetDigest()["sha256"]
		if digest == a.sha256() {
			return ""
		}
		if named && digest != "" {
			other = digest
		}
	}
	return other
}

// signed tells whether a bundle verifies for these bytes under the identity that
// releases are held to.
func (j *judge) signed(r *release, name, digest string, f *found) bool {
	_, err := j.try(f, name, map[string]string{"sha256": digest}, j.identity.forRelease(r.Tag))
	return err == nil
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
