package workflow

import (
	"slices"
	"strings"
)

var cacheInSigningJob = Rule{
	ID: "cache-in-signing-job", Name: "a cache is restored in the job that signs", Severity: Warning,
	Help:  "A pull request's run can leave a poisoned cache behind; it then runs beside the identity token.",
	check: checkCacheInSigningJob,
}

func checkCacheInSigningJob(in *inspection) {
	for _, j := range in.Jobs {
		if !in.signs(j) {
			continue
		}
		for _, s := range j.Steps {
			if fix := s.restoresCache(); fix != "" {
				in.find(s.Uses.Text.Pos, fix, "job %s signs, and %s restores a cache", j.ID, s.Uses.name())
			}
		}
	}
}

// cachesByDefault are actions that restore a cache unless an input says no.
var cachesByDefault = []struct{ action, input, off string }{
	{"actions/setup-go", "cache", "false"},
	{"gradle/actions/setup-gradle", "cache-disabled", "true"},
	{"gradle/gradle-build-action", "cache-disabled", "true"},
	{"golangci/golangci-lint-action", "skip-cache", "true"},
	{"astral-sh/setup-uv", "enable-cache", "false"},
}

// cachesOnDemand are actions that restore a cache where an input is given.
var cachesOnDemand = []struct{ action, input string }{
	{"actions/setup-node", "cache"}, {"actions/setup-python", "cache"}, {"actions/setup-java", "cache"},
	{"actions/setup-dotnet", "cache"}, {"ruby/setup-ruby", "bundler-cache"}, {"pnpm/action-setup", "cache"},
	{"docker/build-push-action", "cache-from"}, {"actions-rust-lang/setup-rust-toolchain", "cache"},
}

var caches = []string{"actions/cache", "actions/cache/restore", "swatinem/rust-cache", "mozilla-actions/sccache-action"}

// restoresCache says how to keep the step from restoring a cache; "" where it
// does not.
func (s *Step) restoresCache() string {
	if slices.ContainsFunc(caches, s.Uses.Is) {
		return "build in a job of its own, and hand the artifacts over with their hashes"
	}
	for _, c := range cachesByDefault {
		if s.Uses.Is(c.action) && !strings.EqualFold(s.Input(c.input), c.off) {
			return "with: " + c.input + ": " + c.off
		}
	}
	for _, c := range cachesOnDemand {
		if v := s.Input(c.input); s.Uses.Is(c.action) && v != "" && v != "false" {
			return "remove " + c.input + ": " + firstLine(v)
		}
	}
	return ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
