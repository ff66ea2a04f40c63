package workflow

import "strings"

// builders are programs that run what the project or its dependencies wrote,
// with the first arguments that say so; none is any.
var builders = map[string][]string{
	"make": nil, "cmake": nil, "ninja": nil, "meson": nil, "bazel": nil, "bazelisk": nil, "just": nil, "task": nil, "mage": nil,
	"gradle": nil, "gradlew": nil, "mvn": nil, "mvnw": nil, "sbt": nil, "ant": nil, "nix": nil, "nix-build": nil, "tox": nil, "nox": nil,
	"go": {"build", "install", "test", "generate", "run"}, "cargo": {"build", "install", "test", "run", "publish"},
	"npm": {"ci", "install", "i", "run", "test"}, "pnpm": {"install", "i", "run", "build"}, "yarn": nil, "bun": {"install", "run", "build"},
	"pip": {"install", "wheel"}, "pip3": {"install", "wheel"}, "uv": {"build", "sync", "pip"}, "poetry": {"build", "install"},
	"build": nil, "hatch": {"build"}, "flit": {"build"}, "maturin": {"build"}, "cross": {"build"}, "dotnet": {"build", "publish", "pack"},
	"docker": {"build", "buildx", "compose"}, "podman": {"build"}, "buildah": {"build", "bud"}, "ko": {"build"}, "goreleaser": nil,
	"gem": {"build", "install"}, "bundle": {"install"}, "swift": {"build"}, "zig": {"build"}, "stack": {"build"}, "cabal": {"build"},
}

// Builds tells whether the step runs what the project or its dependencies wrote:
// a build, an install, a test, a script or an action of the repository.
func (s *Step) Builds() bool {
	u := s.Uses
	switch {
	case u.Local != "":
		return true
	case u.Is("goreleaser/goreleaser-action"), u.Is("docker/build-push-action"), u.Is("docker/bake-action"),
		u.Is("pypa/cibuildwheel"), u.Is("pyo3/maturin-action"), u.Is("taiki-e/upload-rust-binary-action"):
		return true
	}
	own := s.ownSource()
	for _, c := range s.Commands() {
		if c.builds() && (own == "" || !strings.HasPrefix(c.path, own+"/")) {
			return true
		}
	}
	return false
}

// ownSource is the folder into which a reusable workflow has checked out its own
// source: what runs from there is not the caller's.
func (s *Step) ownSource() string {
	folder := ""
	s.after(func(e *Step) bool {
		if e.Uses.Is("actions/checkout") && strings.Contains(e.Input("repository"), "job.workflow_repository") &&
			strings.Contains(e.Input("ref"), "job.workflow_sha") {
			folder = strings.TrimSuffix(e.Input("path"), "/")
		}
		return false
	})
	return folder
}

func (c *Command) builds() bool {
	name := c.Words[0]
	if strings.HasSuffix(name, ".sh") || strings.HasSuffix(name, ".ps1") {
		return true
	}
	verbs, ok := builders[name]
	return ok && (verbs == nil || len(c.Words) > 1 && has(c.Words[1:2], verbs...))
}
