package review

import (
	"fmt"
	"slices"
	"time"

	"github.com/hallmark-project/hallmark/verify"
)

// coverReleases says of each asset whether evidence covers it.
func (j *judge) coverReleases() error {
	for _, r := range slices.Concat(j.older, j.releases) {
		r.coverage = &ReleaseCoverage{Tag: r.Tag, Published: r.Published.UTC(), Prerelease: r.Prerelease, Immutable: r.Immutable}
		if r.tag != nil {
			r.coverage.Commit = r.tag.Commit
		}
		for _, a := range r.assets {
			if err := j.coverAsset(r, a); err != nil {
				return err
			}
		}
		coverByManifest(r)
		r.coverage.Count.Releases = 1
		for _, a := range r.assets {
			r.coverage.Assets = append(r.coverage.Assets, *a.coverage)
			r.count(a.coverage)
		}
	}
	return nil
}

func (j *judge) coverAsset(r *release, a *asset) error {
	digest, stated := a.digest()
	c := &AssetCoverage{Name: a.Name, SHA256: digest["sha256"], Stated: stated, Downloads: a.Downloads, Material: a.content.kind}
	a.coverage = c
	if a.content.kind != "" && a.content.kind != kindChecksums {
		c.State = MaterialFile
		return nil
	}
	verdict, by, refused, err := j.verify(r, a)
	if err != nil {
		return err
	}
	c.Refused = refused
	switch {
	case verdict != nil:
		a.verdict, a.by = verdict, by
		c.State = Covered
		c.describe(verdict, by)
	case j.unasked(a) != "":
		c.State, c.Why = UnknownState, j.unasked(a)
	case len(refused) > 0:
		c.State = Refused
	default:
		c.State = Uncovered
	}
	if a.content.kind == kindChecksums {
		c.State, c.Why = MaterialFile, ""
	}
	return nil
}

// unasked says what could not be had that might cover the asset.
func (j *judge) unasked(a *asset) string {
	if digest, _ := a.digest(); digest == nil {
		return "its bytes: " + a.Bytes.Why()
	}
	if !a.Attestations.Asked.Known() {
		return "its attestations: " + a.Attestations.Asked.Why()
	}
	for _, at := range a.Attestations.Items {
		switch _, kept := j.record.Blobs[at.SHA256]; {
		case at.Unknown != "":
			return "an attestation's bundle: " + at.Unknown
		case !kept:
			return "an attestation's bundle is not in the record"
		}
	}
	return ""
}

func (c *AssetCoverage) describe(v *verify.Verdict, by *found) {
	c.Bundle, c.Found = by.sha256, by.where
	c.Signer = workflowPath(v.Signer.Identity)
	if v.Signer.Key != "" {
		c.Signer = "key " + v.Signer.Key
	}
	c.Event, c.Commit = v.Fact(verify.FactEvent).Value, v.Fact(verify.FactCommit).Value
	if v.Level != nil {
		c.Level = v.Level.Build
	}
	if len(v.Times) > 0 {
		c.Signed = v.Times[0].Time.UTC()
		c.Clock = fmt.Sprintf("%s %s", v.Times[0].Source, v.Times[0].URI)
	}
}

// coverByManifest covers what a verified checksum file lists with its digest.
func coverByManifest(r *release) {
	for _, sums := range r.assets {
		if sums.content.kind != kindChecksums || sums.verdict == nil {
			continue
		}
		for _, a := range r.assets {
			if a.coverage.State.covers() || a.coverage.State == MaterialFile {
				continue
			}
			if _, same := sums.content.lists(a.Asset); same {
				name, stated, refused, from := a.Name, a.coverage.Stated, a.coverage.Refused, *sums.coverage
				*a.coverage = AssetCoverage{Name: name, SHA256: a.sha256(), Stated: stated, Downloads: a.Downloads, Refused: refused,
					State: ViaManifest, Via: sums.Name, Bundle: from.Bundle, Found: from.Found, Signer: from.Signer,
					Event: from.Event, Commit: from.Commit, Level: from.Level, Signed: from.Signed, Clock: from.Clock}
				a.verdict, a.by = sums.verdict, sums.by
			}
		}
	}
}

func (r *release) count(c *AssetCoverage) {
	if c.State == MaterialFile {
		return
	}
	n := &r.coverage.Count
	n.Artifacts++
	n.Downloads += c.Downloads
	switch {
	case c.State == UnknownState:
		n.Unknown++
	case c.State.covers():
		n.Covered++
		n.DownloadsOfCovered += c.Downloads
		if signed := r.coverage.Signed; !c.Signed.IsZero() && (signed.IsZero() || c.Signed.Before(signed)) {
			r.coverage.Signed = c.Signed
		}
	}
}

// covered are the assets of a release that evidence covers.
func (r *release) covered() []*asset {
	var all []*asset
	for _, a := range r.assets {
		if a.coverage.State.covers() {
			all = append(all, a)
		}
	}
	return all
}

// late tells whether a moment is past what a release's publication allows.
func (r *release) late(t time.Time) bool {
	return !t.IsZero() && !r.Published.IsZero() && t.After(r.Published.Add(tolerance))
}
