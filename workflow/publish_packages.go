package workflow

import (
	"slices"
	"strings"
)

// packagePublishes reads the commands of languages' package managers.
func packagePublishes(s *Step, words []string) *Publication {
	name, first := words[0], words[1]
	switch name {
	case "npm", "pnpm", "yarn", "bun", "lerna", "changeset", "vsce":
		if !has(words[1:min(len(words), 4)], "publish") {
			return nil
		}
		return &Publication{Kind: NPM, Tool: name + " publish", Signs: has(words, "--provenance", "--provenance=true") || npmProvenance(s)}
	case "twine", "maturin":
		if first == "upload" || first == "publish" {
			return pypiCommand(words, name+" "+first)
		}
	case "poetry", "uv", "hatch", "flit", "pdm":
		if first == "publish" {
			return pypiCommand(words, name+" publish")
		}
	case "cargo":
		if first == "publish" || first == "release" {
			return &Publication{Kind: Crates, Tool: "cargo " + first}
		}
	case "mvn", "mvnw":
		if slices.ContainsFunc(words, func(w string) bool { return w == "deploy" || w == "release:perform" || strings.HasSuffix(w, ":deploy") }) {
			return &Publication{Kind: Maven, Tool: "mvn deploy"}
		}
	case "gradle", "gradlew", "gradlew.bat":
		if slices.ContainsFunc(words[1:], gradlePublishes) {
			return &Publication{Kind: Maven, Tool: "gradle publish"}
		}
	case "gem":
		if first == "push" {
			return &Publication{Kind: RubyGems, Tool: "gem push", Signs: has(words, "--attestation")}
		}
	case "rake":
		if first == "release" {
			return &Publication{Kind: RubyGems, Tool: "rake release"}
		}
	case "dotnet", "nuget":
		if has(words[1:min(len(words), 3)], "push") {
			return &Publication{Kind: NuGet, Tool: name + " push"}
		}
	}
	return nil
}

// gradlePublishes tells a task that sends from those that only write to the
// machine's own repository.
func gradlePublishes(task string) bool {
	if i := strings.LastIndexByte(task, ':'); i >= 0 {
		task = task[i+1:]
	}
	return strings.HasPrefix(task, "publish") && !strings.HasSuffix(task, "ToMavenLocal")
}

func pypiCommand(words []string, tool string) *Publication {
	if slices.ContainsFunc(words, func(w string) bool {
		return strings.Contains(w, "testpypi") || strings.Contains(w, "test.pypi.org")
	}) {
		return nil
	}
	return &Publication{Kind: PyPI, Tool: tool, Signs: has(words, "--attestations")}
}

// npmProvenance tells whether npm signs what it publishes without a flag.
func npmProvenance(s *Step) bool {
	for _, env := range []map[string]Text{s.Env, s.job.Env, s.workflow.Env} {
		for name, value := range env {
			if strings.EqualFold(name, "NPM_CONFIG_PROVENANCE") {
				return value.Value == "true"
			}
		}
	}
	return npmTrusted(s)
}

// npmTrusted tells whether the step publishes as a trusted publisher, for whom
// npm makes provenance by itself: by an identity token in place of a secret.
func npmTrusted(s *Step) bool {
	if s.Input("token") != "" || !s.mayAskForToken() {
		return false
	}
	for _, env := range []map[string]Text{s.Env, s.job.Env, s.workflow.Env} {
		if env["NODE_AUTH_TOKEN"].Given() || env["NPM_TOKEN"].Given() {
			return false
		}
	}
	return true
}
