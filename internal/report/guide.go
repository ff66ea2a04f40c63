package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
	"github.com/hallmark-project/hallmark/workflow"
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

	Registries []workflow.Kind // where packages and images are published, each once
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

// pages are where registries show a package, whose name is not known here.
var pages = map[workflow.Kind]string{
	workflow.NPM:       "https://www.npmjs.com/package/NAME",
	workflow.PyPI:      "https://pypi.org/project/NAME",
	workflow.Crates:    "https://crates.io/crates/NAME",
	workflow.Maven:     "https://central.sonatype.com/artifact/GROUP/NAME",
	workflow.RubyGems:  "https://rubygems.org/gems/NAME",
	workflow.NuGet:     "https://www.nuget.org/packages/NAME",
	workflow.Container: "https://REGISTRY/NAME",
}

// Insights are the parts of a security-insights file (OpenSSF's, version 2) that
// the guide makes true. Names in capitals are for the project to fill in.
func (g *Guide) Insights() string {
	home := "https://github.com/" + g.Policy.Repository
	var points, attestations strings.Builder
	point := func(uri, comment string) {
		fmt.Fprintf(&points, "      - uri: %s\n        comment: %s\n", uri, comment)
	}
	attested := func(location string) {
		fmt.Fprintf(&attestations, "      - name: provenance\n        location: %s\n        predicate-uri: https://slsa.dev/provenance/v1\n", location)
	}
	if g.Releases {
		point(home+"/releases", "GitHub releases")
		attested(home + "/releases")
	}
	for _, kind := range g.Registries {
		if page := pages[kind]; page != "" {
			point(page, string(kind))
		}
	}
	if g.Stored {
		attested(home + "/attestations")
	}
	if g.Images {
		attested(pages[workflow.Container])
	}
	text := "project:\n  documentation:\n    signature-verification: " + home + "/blob/HEAD/VERIFY.md\n" +
		"repository:\n  release:\n    automated-pipeline: true\n"
	for _, list := range []struct{ key, items string }{{"distribution-points", points.String()}, {"attestations", attestations.String()}} {
		if list.items != "" {
			text += "    " + list.key + ":\n" + list.items
		}
	}
	return text
}

// IsGuide tells whether a file is one that was made here.
func IsGuide(data []byte) bool { return strings.HasPrefix(string(data), guideHead) }
