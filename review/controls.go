package review

import (
	"errors"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// The controls: what must be refused, and is tried.
const (
	controlFlipped    = "flipped byte"
	controlRepository = "other repository"
	controlPrevious   = "previous release's bundle"
)

// runControls shows on the newest covered artifact that the verifier which said
// yes says no where it must.
func (j *judge) runControls() error {
	r, a := j.newestCovered(nil)
	if a == nil {
		for _, name := range []string{controlFlipped, controlRepository, controlPrevious} {
			j.report.Controls = append(j.report.Controls, Control{Name: name, Outcome: NotApplicable, Says: "no release is covered"})
		}
		return nil
	}
	digest, _ := a.digest()
	p := j.identity.forRelease(r.Tag)
	control := func(name string, f *found, digest map[string]string, p *verify.Policy) error {
		c, err := j.control(f, a.Name, digest, p)
		c.Name, c.Release, c.Asset = name, r.Tag, a.Name
		j.report.Controls = append(j.report.Controls, c)
		return err
	}
	if err := control(controlFlipped, a.by, flipped(a), p); err != nil {
		return err
	}
	other := *p
	other.SignerWorkflow = ""
	other.Repository = otherRepository(j.record.Repository.Name)
	if err := control(controlRepository, a.by, digest, &other); err != nil {
		return err
	}
	_, previous := j.newestCovered(r)
	if previous == nil {
		j.report.Controls = append(j.report.Controls, Control{Name: controlPrevious, Outcome: NotApplicable, Says: "no earlier release is covered"})
		return nil
	}
	return control(controlPrevious, previous.by, digest, p)
}

// newestCovered is the newest release, older than another, with something that a
// bundle covers by itself: an artifact, or else a checksum file.
func (j *judge) newestCovered(than *release) (*release, *asset) {
	older := than == nil
	for i := len(j.releases) - 1; i >= 0; i-- {
		r := j.releases[i]
		if !older {
			older = r == than
			continue
		}
		for _, a := range r.assets {
			if a.coverage.State == Covered {
				return r, a
			}
		}
		for _, a := range r.assets {
			if a.content.kind == kindChecksums && a.verdict != nil {
				return r, a
			}
		}
	}
	return nil, nil
}

func (j *judge) control(f *found, name string, digest map[string]string, p *verify.Policy) (Control, error) {
	_, err := j.verifier.Verify(f.bundle, &intoto.ResourceDescriptor{Name: name, Digest: digest}, p)
	var r *verify.Rejection
	switch {
	case err == nil:
		return Control{Outcome: False, Says: "it was accepted: believe nothing that this verifier says"}, nil
	case errors.As(err, &r):
		return Control{Outcome: True, Check: string(r.Check), Says: r.Error()}, nil
	}
	return Control{}, err
}

// flipped is the digest of the artifact with a bit flipped, or where its bytes
// were not had, its digest with a bit flipped.
func flipped(a *asset) map[string]string {
	if a.Flipped != "" && a.Flipped != a.sha256() {
		return map[string]string{"sha256": a.Flipped}
	}
	digest, _ := a.digest()
	other := make(map[string]string, len(digest))
	for algorithm, d := range digest {
		last := "0"
		if d[len(d)-1] == '0' {
			last = "1"
		}
		other[algorithm] = d[:len(d)-1] + last
	}
	return other
}

// otherRepository is one that the project is not.
func otherRepository(name string) string {
	if lower(name) == "example/example" {
		return "example/other"
	}
	return "example/example"
}
