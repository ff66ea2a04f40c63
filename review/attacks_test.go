package review_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// attacks are the projects, those first that are none.
var attacks = []attack{
	{name: "honest", what: "One release before, five signed ones since, and nothing wrong with them.", honest: true, build: last()},
	{name: "honest-stored", what: "The forge keeps the attestations, no file of the release is one.", honest: true, build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare, b.Stored = i < 1, true
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},
	{name: "honest-annotated-tag", what: "Annotated tags are objects of their own, and peeled to their commit.", honest: true,
		build: last(func(b *reviewtest.Build) { b.Annotated = true })},
	{name: "honest-certificates-of-2022", what: "Certificates from before 2023 name neither numbers nor runner.", honest: true, build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare, b.Job.Old = i < 1, true
			shift := time.Date(2021, time.November, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 2*i, 0).Sub(b.Published)
			b.Published, b.Signed, b.Committed = b.Published.Add(shift), b.Signed.Add(shift), b.Committed.Add(shift)
			old := b.Job
			message := p.Sigstore.Sign(old, b.Signed, b.Artifacts["widget.zip"])
			if !b.Bare {
				b.Bare = true
				b.Artifacts = map[string][]byte{"widget.zip": b.Artifacts["widget.zip"]}
				b.Files["widget.zip.sigstore.json"] = message
			}
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},

	{name: "honest-generator", what: "slsa-github-generator signs for the project: Build L3, another repository's workflow.", honest: true, build: func(p *reviewtest.Project) {
		p.Record.Documents = nil
		p.Document(review.GuideDocument, "SECURITY.md", "", "    slsa-verifier verify-artifact widget.zip --provenance-path multiple.intoto.jsonl --source-uri github.com/octo/widget --source-tag $TAG\n")
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = i < 1
			generated(b)
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},
	{name: "honest-builder-since", what: "The same workflow has a trusted builder sign since the last release: the signer changed for the better.", honest: true, build: last(generated)},
	{name: "honest-names-that-begin-alike", what: "An artifact's name begins like another's, and each has a signature of its own.", honest: true, build: func(p *reviewtest.Project) {
		p.History(func(b *reviewtest.Build) {
			b.Bare = true
			b.Artifacts = map[string][]byte{"widget": []byte("elf"), "widget.zip": []byte("zip"), "widget.zip.old": []byte("old")}
			for name, data := range b.Artifacts {
				b.Files[name+".sigstore.json"] = p.Sigstore.Sign(b.Job, b.Signed, data)
			}
		})
	}},
	{name: "honest-manifest", what: "A signed checksum file lists every artifact.", honest: true, build: func(p *reviewtest.Project) {
		p.Record.Documents = nil
		p.Document(review.GuideDocument, "README.md", "", "```\ncosign verify-blob SHA256SUMS --bundle SHA256SUMS.sigstore.json \\\n"+
			"  --certificate-identity https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/${TAG} \\\n"+
			"  --certificate-oidc-issuer https://token.actions.githubusercontent.com\n```\n")
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = true
			if i > 0 {
				var sums strings.Builder
				for name, data := range b.Artifacts {
					fmt.Fprintf(&sums, "%s *%s\n", reviewtest.SHA256(data), name)
				}
				b.Files["SHA256SUMS"] = []byte(sums.String())
				b.Files["SHA256SUMS.sigstore.json"] = p.Sigstore.Sign(b.Job, b.Signed, []byte(sums.String()))
			}
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},
	{name: "honest-older-form", what: "Signatures and certificates beside the artifacts, of which the collector made bundles.", honest: true, build: func(p *reviewtest.Project) {
		p.History(func(b *reviewtest.Build) {
			b.Bare = true
			b.Files["widget.zip.sig"], b.Files["widget.zip.pem"] = []byte("MEUCIQ== "), []byte("not looked at")
			b.Artifacts = map[string][]byte{"widget.zip": b.Artifacts["widget.zip"]}
			made := p.Sigstore.Sign(b.Job, b.Signed, b.Artifacts["widget.zip"])
			b.After = func(rel *review.Release, blobs review.Blobs) {
				for i := range rel.Assets {
					if rel.Assets[i].Name != "widget.zip" {
						rel.Assets[i].Converted = []string{blobs.Add(made)}
					}
				}
			}
		})
	}},
	{name: "honest-source-only", what: "The last release has no files: there is nothing to sign.", honest: true,
		build: last(func(b *reviewtest.Build) { b.Bare, b.Artifacts = true, nil })},
	{name: "honest-pgp", what: "Real PGP signatures, of whose keys nothing is known.", honest: true, build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = true
			b.Files["widget.zip.asc"] = []byte("-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----\n")
			p.Publish(b)
		}
	}},
	{name: "declared-only", what: "The README says how to verify, the workflow signs; no release shows it.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = true
			p.Publish(b)
		}
	}},
	{name: "unsigned", what: "A workflow publishes, nothing signs, nobody claims it.", honest: true, build: func(p *reviewtest.Project) {
		p.Record.Documents = nil
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = true
			b.Workflow = strings.ReplaceAll(reviewtest.SigningWorkflow, "actions/attest-build-provenance@"+reviewtest.SHA, "actions/cache@"+reviewtest.SHA)
			p.Publish(b)
		}
	}},
	{name: "nothing", what: "A project that says nothing and signs nothing.", honest: true, build: func(p *reviewtest.Project) {
		p.Record.Documents = nil
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare, b.Workflow = true, ""
			p.Publish(b)
		}
	}},

	{name: "empty-provenance", what: "Every release has an empty x.intoto.jsonl and nothing else.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = true
			b.Files["x.intoto.jsonl"] = nil
			p.Publish(b)
		}
	}},
	{name: "bundle-of-another-version", what: "The last release carries the bundle of the one before under its own name.", build: func(p *reviewtest.Project) {
		p.History(func(b *reviewtest.Build) {
			b.Bare = true
			for _, a := range p.Record.Releases.Items[4].Assets {
				if a.Name == "multiple.intoto.jsonl" {
					b.Files[a.Name] = p.Record.Blobs[a.Stated]
				}
			}
		})
	}},
	{name: "stranger", what: "A stranger's workflow signed the last release.",
		build: last(func(b *reviewtest.Build) {
			b.Job.Repository, b.Job.RepositoryID, b.Job.OwnerID = "stranger/tools", "99", "98"
		})},
	{name: "fork", what: "A fork's workflow of the same name signed the last release.",
		build: last(func(b *reviewtest.Build) {
			b.Job.Repository, b.Job.RepositoryID, b.Job.OwnerID = "fork/widget", "99", "98"
		})},
	{name: "fork-calls-our-workflow", what: "A fork called the project's release workflow as a reusable one: the signer's name is right.",
		build: last(func(b *reviewtest.Build) {
			b.Job.Signer = "https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1.5.0"
			b.Job.Repository, b.Job.RepositoryID, b.Job.OwnerID = "fork/widget", "99", "98"
		})},
	{name: "repository-created-anew", what: "Somebody else owns the name now: the numbers of repository and owner differ.",
		build: last(func(b *reviewtest.Build) { b.Job.RepositoryID, b.Job.OwnerID = "5000", "77" })},
	{name: "another-workflow", what: "Another workflow of the project signed the last release.",
		build: last(func(b *reviewtest.Build) { b.Job.Path = ".github/workflows/debug.yml" })},
	{name: "generator-for-another-workflow", what: "The trusted builder signed what another workflow of the project gave it.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = i < 1
			generated(b)
			if i == 5 {
				b.Job.Path = ".github/workflows/debug.yml"
				b.Bend = nil
				generated(b)
			}
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},
	{name: "forged-predicate", what: "A step of the release job signed a predicate of its own: another commit, a trusted builder.",
		build: last(func(b *reviewtest.Build) {
			b.Bend = append(b.Bend, func(statement map[string]any) {
				predicate := statement["predicate"].(map[string]any)
				predicate["runDetails"].(map[string]any)["builder"].(map[string]any)["id"] =
					"https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"
			})
		})},
	{name: "forged-commit", what: "The predicate names another commit than its certificate.",
		build: last(func(b *reviewtest.Build) {
			b.Bend = append(b.Bend, func(statement map[string]any) {
				definition := statement["predicate"].(map[string]any)["buildDefinition"].(map[string]any)
				definition["resolvedDependencies"].([]any)[0].(map[string]any)["digest"] = map[string]any{"gitCommit": reviewtest.CommitOf("innocent")}
			})
		})},
	{name: "swapped-asset", what: "One artifact was replaced after it was signed; its name and its bundle stayed.",
		build: last(func(b *reviewtest.Build) {
			b.After = func(rel *review.Release, blobs review.Blobs) {
				for i := range rel.Assets {
					if a := &rel.Assets[i]; a.Name == "widget.exe" {
						evil := []byte("MZ evil")
						a.Stated = blobs.Add(evil)
						a.Digests, a.Flipped = map[string]string{"sha256": a.Stated}, ""
						a.Created, a.Updated, a.Uploader = rel.Published.AddDate(0, 0, 9), rel.Published.AddDate(0, 0, 9), "mallory"
					}
				}
			}
		})},
	{name: "replaced-and-signed-again", what: "An artifact was replaced three weeks later, and the workflow run again by hand to sign it.",
		build: func(p *reviewtest.Project) {
			p.History(func(b *reviewtest.Build) {
				evil := []byte("MZ evil")
				again := b.Job
				again.Event = "workflow_dispatch"
				late := b.Published.AddDate(0, 0, 21)
				b.Files["widget.exe.sigstore.json"] = p.Sigstore.Sign(again, late, evil)
				b.After = func(rel *review.Release, blobs review.Blobs) {
					for i := range rel.Assets {
						if a := &rel.Assets[i]; a.Name == "widget.exe" {
							a.Stated = blobs.Add(evil)
							a.Digests, a.Flipped, a.Created = map[string]string{"sha256": a.Stated}, "", late
						}
					}
				}
			})
		}},
	{name: "late-asset", what: "An artifact was added three weeks after the release, by hand and unsigned.",
		build: last(func(b *reviewtest.Build) {
			b.Artifacts["widget.dmg"] = []byte("dmg")
			b.Unsigned = []string{"widget.dmg"}
			b.After = func(rel *review.Release, _ review.Blobs) {
				for i := range rel.Assets {
					if a := &rel.Assets[i]; a.Name == "widget.dmg" {
						a.Created, a.Uploader = rel.Published.AddDate(0, 0, 21), "mallory"
					}
				}
			}
		})},
	{name: "re-signed-old-release", what: "A release of before was signed a year later, to look as if it had been signed all along.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = i < 3 && i != 1
			if i == 1 {
				b.Signed = b.Published.AddDate(1, 0, 0)
				b.Job.Event = "workflow_dispatch"
			}
			p.Publish(b)
		}
		p.Adopting("v1.3.0")
	}},
	{name: "back-dated-commit", what: "The adopting commit dates itself to 2021, where the programme begins.",
		build: func(p *reviewtest.Project) {
			for i := range 6 {
				b := p.Prepare(i)
				b.Bare = i < 1
				if i == 1 {
					b.Committed = time.Date(2021, time.October, 2, 9, 0, 0, 0, time.UTC)
				}
				p.Publish(b)
			}
			p.Adopting("v1.1.0")
		}},
	{name: "moved-tag", what: "The last release's tag names another commit today than was built.",
		build: last(func(b *reviewtest.Build) { b.MovedTo = reviewtest.CommitOf("later") })},
	{name: "commit-of-a-fork", what: "The tag's commit is on no branch of the project: a fork's, reachable under its name.",
		build: last(func(b *reviewtest.Build) { b.Branches = nil })},
	{name: "branch-named-like-the-tag", what: "The last release was built from a branch called v1.5.0.",
		build: last(func(b *reviewtest.Build) { b.Job.Ref = "refs/heads/v1.5.0" })},
	{name: "pull-request", what: "A pull request's run signed the last release.",
		build: last(func(b *reviewtest.Build) { b.Job.Event = "pull_request_target" })},
	{name: "self-hosted", what: "The last release was signed on a machine of the project's own.",
		build: last(func(b *reviewtest.Build) { b.Job.Runner = "self-hosted" })},
	{name: "name-trick", what: "An executable is called widget.zip.sig.exe, another widget.zip.asc, as if they were signatures.",
		build: last(func(b *reviewtest.Build) {
			b.Artifacts["widget.zip.sig.exe"] = []byte("MZ evil")
			b.Artifacts["widget.zip.asc"] = []byte("MZ evil too")
			b.Unsigned = []string{"widget.zip.sig.exe", "widget.zip.asc"}
		})},
	{name: "one-unsigned-of-many", what: "One artifact of the last release is not in its attestation.",
		build: last(func(b *reviewtest.Build) { b.Unsigned = []string{"widget.exe"} })},
	{name: "incomplete-checksums", what: "Only the checksum file is signed, and it leaves one artifact out.", build: func(p *reviewtest.Project) {
		p.History(func(b *reviewtest.Build) {
			b.Bare = true
			sums := fmt.Sprintf("%s  widget.tar.gz\n%s  widget.zip\n", reviewtest.SHA256(b.Artifacts["widget.tar.gz"]), reviewtest.SHA256(b.Artifacts["widget.zip"]))
			b.Files["SHA256SUMS"] = []byte(sums)
			b.Files["SHA256SUMS.sigstore.json"] = p.Sigstore.Sign(b.Job, b.Signed, []byte(sums))
		})
	}},
	{name: "wrong-checksums", what: "The checksum file names another digest than the artifact has.",
		build: last(func(b *reviewtest.Build) {
			b.Files["SHA256SUMS"] = []byte(reviewtest.SHA256([]byte("what was meant")) + "  widget.exe\n")
		})},
	{name: "signing-never-runs", what: "The signing step stands behind if: false.",
		build: everyWorkflow("        with:\n", "        if: false\n        with:\n")},
	{name: "signing-may-fail", what: "The signing step may fail: continue-on-error.",
		build: everyWorkflow("        with:\n", "        continue-on-error: true\n        with:\n")},
	{name: "signing-or-true", what: "The signing command ends in || true.",
		build: everyWorkflow("      - uses: actions/attest-build-provenance@"+reviewtest.SHA+"\n        with:\n          subject-path: dist/*\n",
			"      - run: cosign sign-blob --yes --bundle w.sigstore.json dist/widget.zip || true\n")},
	{name: "publishing-does-not-need-signing", what: "The job that publishes does not wait for the one that signs.",
		build: everyWorkflow("      - run: gh release create", `  publish:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - run: gh release create`)},
	{name: "own-action-publishes-first", what: "An action of the project's own publishes before anything is signed.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = i < 1
			b.Workflow = strings.Replace(reviewtest.SigningWorkflow, "      - run: make dist\n", "      - uses: ./.github/actions/ship\n", 1)
			p.Publish(b)
			p.Document(review.WorkflowDocument, ".github/actions/ship/action.yml", b.Commit,
				"name: ship\nruns:\n  using: composite\n  steps:\n    - run: make dist && gh release create \"$GITHUB_REF_NAME\" dist/widget.zip\n      shell: bash\n")
		}
		p.Adopting("v1.1.0")
	}},
	{name: "unreadable-workflow", what: "The release workflow has a key that nobody knows: what GitHub makes of it cannot be told.",
		build: last(func(b *reviewtest.Build) { b.Workflow = reviewtest.SigningWorkflow + "    strange-key: true\n" })},
	{name: "loose-command", what: "Users are told to verify with a pattern that anybody matches.", build: func(p *reviewtest.Project) {
		p.Record.Documents = nil
		p.Document(review.GuideDocument, "README.md", "", "```sh\ncosign verify-blob widget.zip --bundle widget.zip.sigstore.json \\\n"+
			"  --certificate-identity-regexp 'https://github.com/.*/widget' \\\n  --certificate-oidc-issuer https://token.actions.githubusercontent.com\n```\n")
		p.History()
	}},
	{name: "wrong-command", what: "Users are told to verify as another repository's.", build: func(p *reviewtest.Project) {
		p.Record.Documents = nil
		p.Document(review.GuideDocument, "README.md", "", "    gh attestation verify widget.zip -R octo/gadget\n")
		p.History()
	}},
	{name: "deleted-attestation", what: "The forge's attestation of the last release was deleted; its workflow signs.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare, b.Stored = i < 1 || i == 5, true
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},
	{name: "bundle-null", what: "The forge names an attestation of the last release, but neither its bundle nor an address that answers.", honest: true,
		build: last(func(b *reviewtest.Build) {
			b.Stored = true
			b.After = func(rel *review.Release, _ review.Blobs) {
				for i := range rel.Assets {
					for k := range rel.Assets[i].Attestations.Items {
						rel.Assets[i].Attestations.Items[k] = review.Attestation{Unknown: "bundle is null, and bundle_url has expired: 403"}
					}
				}
			}
		})},
	{name: "rate-limit", what: "The forge answered nothing about attestations of the last release: 403, the limit was spent.", honest: true,
		build: last(func(b *reviewtest.Build) {
			b.Stored = true
			b.After = func(rel *review.Release, _ review.Blobs) {
				for i := range rel.Assets {
					rel.Assets[i].Attestations = review.List[review.Attestation]{Asked: review.Answer{Unknown: "403: rate limit exceeded until 15:00"}}
				}
			}
		})},
	{name: "pre-existing", what: "Releases were signed before 1 October 2021 already: nothing was adopted since.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			shift := time.Date(2021, time.March, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 2*i, 0).Sub(b.Published)
			b.Published, b.Signed, b.Committed = b.Published.Add(shift), b.Signed.Add(shift), b.Committed.Add(shift)
			p.Publish(b)
		}
		p.Adopting("v1.4.0")
	}},
	{name: "gap", what: "One release between signed ones has nothing.", build: func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = i < 1 || i == 3
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}},
	{name: "changed-since", what: "The bytes that were downloaded are not those that the forge states.",
		build: last(func(b *reviewtest.Build) {
			b.After = func(rel *review.Release, _ review.Blobs) {
				for i := range rel.Assets {
					if rel.Assets[i].Name == "widget.zip" {
						rel.Assets[i].Stated = strings.Repeat("0", 64)
					}
				}
			}
		})},
}

// generated has slsa-github-generator sign, with provenance v0.2 as it writes it.
func generated(b *reviewtest.Build) {
	const generator = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"
	b.Job.Signer = generator
	b.Bend = append(b.Bend, func(statement map[string]any) {
		source := map[string]any{"uri": "git+https://github.com/octo/widget@" + b.Job.Ref, "digest": map[string]any{"sha1": b.Job.Commit}}
		statement["_type"], statement["predicateType"] = "https://in-toto.io/Statement/v0.1", "https://slsa.dev/provenance/v0.2"
		statement["predicate"] = map[string]any{
			"builder": map[string]any{"id": generator}, "buildType": "https://github.com/slsa-framework/slsa-github-generator/generic@v1",
			"invocation": map[string]any{"configSource": map[string]any{"uri": source["uri"], "digest": source["digest"], "entryPoint": b.Job.Path}},
			"materials":  []any{source},
		}
	})
}

// everyWorkflow changes the release workflow of each release.
func everyWorkflow(old, new string) func(*reviewtest.Project) {
	return func(p *reviewtest.Project) {
		for i := range 6 {
			b := p.Prepare(i)
			b.Bare = i < 1
			b.Workflow = strings.Replace(reviewtest.SigningWorkflow, old, new, 1)
			p.Publish(b)
		}
		p.Adopting("v1.1.0")
	}
}
