package report

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// Release is what a job has made and verified: the files of a release, each with
// what anybody can establish of it.
type Release struct {
	Repository string // OWNER/NAME
	Tag        string
	Assets     []ReleaseAsset
	Flags      []string // what else whoever verifies must say
}

// ReleaseAsset is one file, or an image.
type ReleaseAsset struct {
	Name   string
	Digest map[string]string
	Bundle string // the file that holds its attestation, of which others get the last element
	Signed bool   // a signature stands beside it, as NAME.sigstore.json
	Signer verify.Signer
	Level  int // of SLSA's Build track
	Logs   []int64
}

// maxCommands is for how many files the commands are written out.
const maxCommands = 40

// Markdown writes the release for a job summary: a table of its files, and for
// each the commands that verify it, with hallmark, cosign and gh.
func (r *Release) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### hallmark: %s of %s %s, verified\n\n", count(len(r.Assets), "file"), markdown(name(r.Repository)), markdown(name(r.Tag)))
	b.WriteString("| File | Digest | Level | Signed by | Log |\n|---|---|---|---|---|\n")
	for i, a := range r.Assets {
		if b.Len() > maxSummary/2 {
			fmt.Fprintf(&b, "\n%d more are in the log.\n", len(r.Assets)-i)
			break
		}
		fmt.Fprintf(&b, "| %s | %s | SLSA Build L%d | %s | %s |\n",
			markdown(fileName(a.Name)), markdown(a.digest()), a.Level, markdown(name(a.Signer.Identity)), markdown(a.entries()))
	}
	b.WriteString("\nWhoever has downloaded a file and its bundle verifies it with one of\n\n")
	for i, a := range r.Assets {
		if i == maxCommands || b.Len() > maxSummary {
			fmt.Fprintf(&b, "\nThe other %d files likewise.\n", len(r.Assets)-i)
			break
		}
		// Indented, it is code until the line ends, whatever it holds.
		for _, command := range r.commands(&a) {
			fmt.Fprintf(&b, "    %s\n", command)
		}
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Total is the outcome on one line.
func (r *Release) Total() string {
	return fmt.Sprintf("attested: %s, %d verified", count(len(r.Assets), "asset"), len(r.Assets))
}

// commands verify a file, with three tools.
func (r *Release) commands(a *ReleaseAsset) []string {
	if a.Bundle == "" || strings.Contains(a.Name, "@") {
		return nil
	}
	bundle := filepath.Base(a.Bundle)
	who := []string{"--certificate-identity", a.Signer.Identity, "--certificate-oidc-issuer", a.Signer.Issuer}
	cosign := slices.Concat([]string{"cosign", "verify-blob-attestation", "--bundle", bundle, "--type", "slsaprovenance1"}, who, []string{a.Name})
	if a.Signed {
		cosign = slices.Concat([]string{"cosign", "verify-blob", "--bundle", a.Name + ".sigstore.json"}, who, []string{a.Name})
	}
	gh := []string{"gh", "attestation", "verify", "--repo", r.Repository, "--bundle", bundle}
	if workflow, ok := strings.CutPrefix(a.Signer.Identity, "https://github.com/"); ok && !strings.HasPrefix(workflow, r.Repository+"/") {
		workflow, _, _ = strings.Cut(workflow, "@")
		gh = append(gh, "--signer-workflow", workflow)
	}
	hallmark := slices.Concat([]string{"hallmark", "verify", "--repo", r.Repository, "--tag", r.Tag}, r.Flags, []string{"--bundle", bundle, a.Name})
	return []string{Command(hallmark...), Command(cosign...), Command(append(gh, a.Name)...)}
}

func (a *ReleaseAsset) digest() string {
	for _, algorithm := range slices.Sorted(maps.Keys(a.Digest)) {
		return algorithm + ":" + name(a.Digest[algorithm])
	}
	return ""
}

func (a *ReleaseAsset) entries() string {
	var indexes []string
	for _, index := range a.Logs {
		indexes = append(indexes, fmt.Sprintf("#%d", index))
	}
	return strings.Join(indexes, ", ")
}
