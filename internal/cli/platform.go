package cli

// platform is the CI platform that says it runs this process, by the name of its
// identity provider. A job of it that may not ask for an identity must not get
// that of the machine instead.
func (env *Env) platform() string {
	switch {
	case env.getenv("GITHUB_ACTIONS") == "true":
		return "github-actions"
	case env.getenv("BUILDKITE") == "true":
		return "buildkite-agent"
	}
	return ""
}
