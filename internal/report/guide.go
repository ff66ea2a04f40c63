package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// Guide is what a project tells its users about verifying its releases. Its
// commands say what its policy says.
type Guide struct {
	Policy   *verify.Policy // names a repository
	Path     string         // of the policy's file in the project
	Signer   string         // the workflow whose name is in the certificates, "" if there are several
	Ref      string         // of that workflow, "" where it is the tag's
	Releases bool           // files of GitHub releases are signed
	Stored   bool           // attestations are stored at GitHub
	Images   bool
}

// guideHead marks a file that may be made anew.
const guideHead = "<!-- made by hallmark init -->"

// Markdown is the guide as VERIFY.md.
func (g *Guide) Markdown() string {
	repo := g.Policy.Repository
	_, project, _ := strings.Cut(repo, "/")
	var b strings.Builder
	fmt.Fprintf(&b, guideHead+"\n# Verifying %s\n\n", project)
	fmt.Fprintf(&b, "What %s releases is attested and signed by its own workflow on GitHub, by an\n"+
		"identity and not by a key. Who verifies it asks for that identity, and for the tag.\n", repo)
	block := func(lines ...string) { fmt.Fprintf(&b, "\n```sh\n%s\n```\n", strings.Join(lines, "\n")) }
	block("TAG=v1.0.0", "FILE=name-of-the-file")
	if g.Releases {
		b.WriteString("\n## A whole release\n\nIts files are downloaded and verified, with no login.\n")
		block(g.hallmark(nil, `"`+repo+`@$TAG"`))
		b.WriteString("\n## A file\n\nwith the `.intoto.jsonl` and the `.sigstore.json` of the release in its folder.\n")
		block(g.hallmark([]string{"--repo", repo, "--tag", `"$TAG"`}, `"$FILE"`))
		fmt.Fprintf(&b, "\nThe same is written in `%s`:\n", g.Path)
		block(`hallmark verify --policy ` + g.Path + ` --tag "$TAG" "$FILE"`)
		if g.Signer != "" {
			b.WriteString("\nWithout hallmark, for its signature or for its provenance:\n")
			block(g.cosign(), g.gh(`--bundle multiple.intoto.jsonl "$FILE"`))
		}
	}
	plain := "hallmark verify --repo " + repo + ` --tag "$TAG" --slsa-level 2`
	if g.Stored {
		b.WriteString("\n## A package\n\nIts attestation is kept by GitHub.\n")
		block(plain+` --from-github "$FILE"`, "gh attestation verify --repo "+repo+` "$FILE"`)
	}
	if g.Images {
		b.WriteString("\n## An image\n\nIts attestation is in its registry.\n")
		block("IMAGE=registry/name@sha256:digest", plain+` "oci://$IMAGE"`)
	}
	b.WriteString("\nA file that does not verify is not to be used: tell the project, by its security policy.\n")
	return b.String()
}

// hallmark is a command with what the policy asks beside the repository.
func (g *Guide) hallmark(flags []string, target string) string {
	words := append([]string{"hallmark", "verify"}, flags...)
	for _, f := range []struct{ flag, value string }{
		{"--signer-workflow", g.Policy.SignerWorkflow}, {"--signer-digest", g.Policy.SignerDigest},
	} {
		if f.value != "" {
			words = append(words, f.flag, f.value)
		}
	}
	if g.Policy.Level > 0 {
		words = append(words, "--slsa-level", strconv.Itoa(g.Policy.Level))
	}
	return strings.Join(slices.Concat(words, []string{target}), " ")
}

func (g *Guide) cosign() string {
	ref := g.Ref
	if ref == "" {
		ref = "refs/tags/$TAG"
	}
	return `cosign verify-blob --bundle "$FILE.sigstore.json" \` + "\n" +
		`  --certificate-identity "https://github.com/` + g.Signer + "@" + ref + `" \` + "\n" +
		"  --certificate-oidc-issuer " + verify.GitHubIssuer + ` \` + "\n" +
		"  --certificate-github-workflow-repository " + g.Policy.Repository + ` "$FILE"`
}

func (g *Guide) gh(target string) string {
	command := "gh attestation verify --repo " + g.Policy.Repository
	if g.Signer != "" {
		command += " --signer-workflow " + g.Signer
	}
	return command + " " + target
}

// Insights are the parts of a security-insights file (OpenSSF's, version 2) that
// the guide makes true.
func (g *Guide) Insights() string {
	home := "https://github.com/" + g.Policy.Repository
	return "project:\n  documentation:\n    signature-verification: " + home + "/blob/HEAD/VERIFY.md\n" +
		"repository:\n  release:\n    automated-pipeline: true\n    distribution-points:\n" +
		"      - uri: " + home + "/releases\n        comment: GitHub releases\n    attestations:\n" +
		"      - name: provenance\n        location: " + home + "/releases\n        predicate-uri: https://slsa.dev/provenance/v1\n"
}

// IsGuide tells whether a file is one that was made here.
func IsGuide(data []byte) bool { return strings.HasPrefix(string(data), guideHead) }
