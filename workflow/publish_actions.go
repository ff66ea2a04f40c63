package workflow

import "strings"

// releaseActions make or fill a GitHub release. Their inputs are their own.
var releaseActions = []struct {
	name  string
	files string // the input that names files, "" if there is none
	adds  bool   // to a release that is there
}{
	{"softprops/action-gh-release", "files", false},
	{"ncipollo/release-action", "artifacts", false},
	{"actions/create-release", "", false},
	{"actions/upload-release-asset", "asset_path", true},
	{"shogo82148/actions-create-release", "", false},
	{"shogo82148/actions-upload-release-asset", "asset_path", true},
	{"svenstaro/upload-release-action", "file", true},
	{"abutler/upload-release-assets", "files", true},
	{"marvinpinto/action-automatic-releases", "files", false},
	{"taiki-e/create-gh-release-action", "", false},
	{"taiki-e/upload-rust-binary-action", "bin", true},
	{"skx/github-action-publish-binaries", "args", true},
}

// actionPublishes says what an action publishes that the step uses.
func actionPublishes(s *Step) *Publication {
	if !s.Uses.Given() {
		return nil
	}
	for _, a := range releaseActions {
		if s.Uses.Is(a.name) {
			return releaseAction(s, a.name, a.files, a.adds)
		}
	}
	u := s.Uses
	switch {
	case isHallmarkAction(u, "release"):
		if s.Input("publish") == "none" {
			return nil
		}
		return &Publication{Kind: GitHubRelease, Tool: "hallmark", Signs: true,
			Files: list(s.Input("artifacts")), Draft: s.Input("publish") == "draft", Unveils: s.Input("publish") != "draft"}
	case u.Is("goreleaser/goreleaser-action"):
		return goreleaser(s, strings.Fields("goreleaser "+s.Input("args")))
	case u.Is("docker/build-push-action"), u.Is("docker/bake-action"), u.Is("redhat-actions/push-to-registry"), u.Is("redhat-actions/buildah-push"):
		return imageAction(s)
	case u.Is("pypa/gh-action-pypi-publish"):
		return pypiAction(s)
	case u.Is("js-devtools/npm-publish"):
		return &Publication{Kind: NPM, Tool: "JS-DevTools/npm-publish", Signs: s.Input("provenance") == "true" || npmTrusted(s)}
	case u.Is("changesets/action") && s.Input("publish") != "":
		return &Publication{Kind: NPM, Tool: "changesets/action", Signs: npmProvenance(s)}
	case u.Is("katyo/publish-crates"):
		return &Publication{Kind: Crates, Tool: "katyo/publish-crates"}
	case u.Is("rubygems/release-gem"):
		return &Publication{Kind: RubyGems, Tool: "rubygems/release-gem", Signs: s.Input("attestations") != "false" && s.mayAskForToken()}
	case (u.Is("gradle/gradle-build-action") || u.Is("gradle/actions/setup-gradle")) && strings.Contains(s.Input("arguments"), "publish"):
		return &Publication{Kind: Maven, Tool: "gradle publish"}
	case u.Is("actions/github-script"):
		return scriptedRelease(s)
	}
	return nil
}

func releaseAction(s *Step, name, files string, adds bool) *Publication {
	tool := name
	if adds && !strings.Contains(tool, "upload") {
		tool += " upload"
	}
	p := &Publication{Kind: GitHubRelease, Tool: tool, Draft: s.Input("draft") == "true"}
	if files != "" {
		p.Files = list(s.Input(files))
	}
	return p
}

func imageAction(s *Step) *Publication {
	pushes := strings.HasPrefix(strings.ToLower(s.Uses.Owner), "redhat") || s.Input("push") != "" && s.Input("push") != "false" ||
		strings.Contains(s.Input("outputs"), "type=registry") || strings.Contains(s.Input("outputs"), "push=true")
	if !pushes || local(s.Input("tags")+s.Input("outputs")+s.Input("registry")) {
		return nil
	}
	return &Publication{Kind: Container, Tool: s.Uses.Owner + "/" + s.Uses.Repo}
}

// pypiAction publishes with attestations of its own, since its v1.11, where the
// job may ask for a token and no password is given.
func pypiAction(s *Step) *Publication {
	index := s.Input("repository-url") + s.Input("repository_url")
	if strings.Contains(index, "test.pypi.org") {
		return nil
	}
	return &Publication{Kind: PyPI, Tool: "pypa/gh-action-pypi-publish",
		Signs: s.Input("attestations") != "false" && s.Input("password") == "" && s.mayAskForToken()}
}

// scriptedRelease finds the two calls of GitHub's API in a script of its own
// language.
func scriptedRelease(s *Step) *Publication {
	script := s.Input("script")
	switch {
	case strings.Contains(script, "uploadReleaseAsset"):
		return &Publication{Kind: GitHubRelease, Tool: "github-script upload", Files: []string{"${script}"}}
	case strings.Contains(script, "repos.createRelease"):
		return &Publication{Kind: GitHubRelease, Tool: "github-script", Draft: strings.Contains(script, "draft: true")}
	case strings.Contains(script, "repos.updateRelease") && strings.Contains(script, "draft: false"):
		return &Publication{Kind: GitHubRelease, Tool: "github-script", Unveils: true}
	}
	return nil
}

// mayAskForToken tells whether the step's job can have an identity token.
func (s *Step) mayAskForToken() bool {
	return s.workflow.PermissionsOf(s.job).Allows("id-token", "write")
}

// list is an input of paths and patterns, one a line or separated by commas.
func list(input string) []string {
	var all []string
	for line := range strings.Lines(input) {
		all = append(all, commaSeparated(line)...)
	}
	return all
}

func commaSeparated(list string) []string {
	var all []string
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item != "" {
			all = append(all, item)
		}
	}
	return all
}
