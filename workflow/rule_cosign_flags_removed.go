package workflow

import (
	"slices"
	"strings"
)

// cosign v3 signs into a bundle and takes its services from a signing config,
// unless both are switched off; see its LoadTrustedMaterialAndSigningConfig. The
// files that the older flags name are then not written.
var cosignFlagsRemoved = Rule{
	ID: "cosign-flags-removed", Name: "a flag of cosign v2 that v3 ignores or refuses", Severity: Error,
	Help:  "The signature or the certificate is not written, or cosign ends with an error, once the release runs with cosign v3.",
	check: checkCosignFlagsRemoved,
}

var (
	cosignIgnored = []string{"--output-signature", "--output-certificate", "--output-attestation", "--output-payload",
		"--output", "--rfc3161-timestamp", "--rfc3161-timestamp-bundle", "--b64"}
	cosignRefused = []string{"--rekor-url", "--fulcio-url", "--oidc-issuer", "--timestamp-server-url"}
)

func checkCosignFlagsRemoved(in *inspection) {
	for _, g := range in.signings {
		if g.command == nil || !strings.HasPrefix(g.Tool, "cosign ") || cosignMajor(g) < "3" {
			continue
		}
		words := g.command.Words
		bundle := !off(words, "--new-bundle-format")
		config := !off(words, "--use-signing-config") && !given(words, "--signing-config")
		for _, flag := range cosignIgnored {
			if bundle && given(words, flag) {
				in.find(g.Pos, "--bundle FILE, which holds all three", "%s ignores %s since cosign v3", g.Tool, flag)
			}
		}
		for _, flag := range cosignRefused {
			if config && given(words, flag) {
				in.find(g.Pos, "name the services in a file for --signing-config", "%s refuses %s since cosign v3", g.Tool, flag)
			}
		}
		if config && off(words, "--tlog-upload") {
			in.find(g.Pos, "a file for --signing-config that names no log", "%s refuses --tlog-upload=false since cosign v3", g.Tool)
		}
		if bundle && strings.HasSuffix(g.Tool, "-blob") && !given(words, "--bundle") {
			in.find(g.Pos, "--bundle FILE.sigstore.json", "%s wants --bundle since cosign v3", g.Tool)
		}
	}
}

// cosignMajor is the major version of the cosign that the job installs, "" if that
// is not to be seen. Of the installer v4 brings cosign v3, v3 brings v2.
func cosignMajor(g *Signing) string {
	for _, s := range g.Job.Steps {
		if !s.Uses.Is("sigstore/cosign-installer") {
			continue
		}
		if release := s.Input("cosign-release"); release != "" {
			return major(release)
		}
		version := s.Uses.Ref
		if commit.MatchString(version) {
			version = s.Uses.Comment
		}
		switch m := major(version); {
		case version == "main" || m >= "4":
			return "3"
		case m != "":
			return "2"
		}
	}
	return ""
}

// major is the first number of a version, "" of what is none.
func major(version string) string {
	version = strings.TrimPrefix(strings.TrimSpace(version), "v")
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		version = version[:end]
	}
	return version
}

func given(words []string, flag string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return w == flag || strings.HasPrefix(w, flag+"=") })
}

func off(words []string, flag string) bool { return slices.Contains(words, flag+"=false") }
