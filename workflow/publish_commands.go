package workflow

import (
	"slices"
	"strings"
)

// commandPublishes says what a command of the step's script publishes.
func commandPublishes(s *Step, c *Command) *Publication {
	words := c.Words
	if len(words) < 2 || slices.Contains(words, "--dry-run") || slices.Contains(words, "--help") {
		return nil
	}
	name, arguments := words[0], words[1:]
	switch name {
	case "gh":
		return ghPublishes(arguments)
	case "hub":
		if begins(words, []string{"hub", "release"}) && (arguments[1] == "create" || arguments[1] == "edit") {
			return &Publication{Kind: GitHubRelease, Tool: "hub release", Files: flagValues(arguments, "-a", "--attach"),
				Draft: slices.Contains(arguments, "--draft") || slices.Contains(arguments, "-d")}
		}
	case "curl", "wget":
		if slices.ContainsFunc(arguments, func(a string) bool { return strings.Contains(a, "://uploads.github.com/") }) {
			return &Publication{Kind: GitHubRelease, Tool: "curl", Files: []string{"${file}"}}
		}
	case "hallmark":
		if hallmarkVerb(words) == "publish" { // which publishes nothing that does not verify
			return &Publication{Kind: GitHubRelease, Tool: "hallmark publish", Signs: true, Unveils: true}
		}
	case "goreleaser":
		return goreleaser(s, words)
	case "docker", "podman", "buildah", "nerdctl", "crane", "skopeo", "ko", "helm", "oras", "regctl":
		if local(s.Run.Value) {
			return nil
		}
		return imagePublishes(words)
	}
	return packagePublishes(s, words)
}

// ghPublishes reads gh's release commands, and its calls of the same API.
func ghPublishes(words []string) *Publication {
	if words[0] == "api" {
		path := slices.IndexFunc(words, func(w string) bool { return strings.Contains(w, "/releases") })
		writes := slices.ContainsFunc(words, func(w string) bool {
			return w == "POST" || w == "PATCH" || strings.HasPrefix(w, "--method=P") || strings.HasPrefix(w, "-XP") || w == "-f" || w == "-F" || w == "--input"
		})
		if path < 0 || !writes || strings.Contains(words[path], "generate-notes") {
			return nil
		}
		p := &Publication{Kind: GitHubRelease, Tool: "gh api"}
		switch {
		case strings.Contains(words[path], "uploads.github.com"):
			p.Tool, p.Files = "gh api upload", []string{"${file}"}
		case slices.Contains(words, "draft=false"):
			p.Unveils = true
		case slices.Contains(words, "draft=true"):
			p.Draft = true
		}
		return p
	}
	if len(words) < 2 || words[0] != "release" {
		return nil
	}
	p := &Publication{Kind: GitHubRelease, Tool: "gh release " + words[1]}
	switch words[1] {
	case "create", "new":
		p.Draft = has(words, "-d", "--draft", "--draft=true")
		p.Files = ghFiles(words[2:])
	case "upload":
		p.Files = ghFiles(words[2:])
	case "edit":
		if !slices.Contains(words, "--draft=false") {
			return nil
		}
		p.Unveils = true
	default:
		return nil
	}
	return p
}

// ghFiles are the positionals behind the tag, without their labels.
func ghFiles(words []string) []string {
	values := "-t --title -n --notes -F --notes-file --target --discussion-category --notes-start-tag -R --repo"
	rest := positionals(words, values)
	if len(rest) == 0 {
		return nil
	}
	files := rest[1:]
	for i, file := range files {
		files[i], _, _ = strings.Cut(file, "#")
	}
	return files
}

// local tells a registry of the machine's own, which tests push to.
func local(text string) bool {
	for _, host := range []string{"localhost", "127.0.0.1", "kind.local", "ko.local"} {
		if strings.Contains(text, host) {
			return true
		}
	}
	return false
}

func imagePublishes(words []string) *Publication {
	pushes := slices.Contains(words[1:], "push") || has(words, "--push", "--push=true") ||
		words[0] == "crane" && has(words, "copy", "append", "cp") || words[0] == "skopeo" && has(words, "copy", "sync") ||
		words[0] == "ko" && has(words, "build", "publish", "resolve") && !has(words, "--push=false", "--local", "-L")
	if !pushes {
		return nil
	}
	return &Publication{Kind: Container, Tool: words[0] + " push"}
}

// after tells whether a step before s in its job is such a one.
func (s *Step) after(such func(*Step) bool) bool {
	for _, e := range s.job.Steps {
		if e == s {
			return false
		}
		if such(e) {
			return true
		}
	}
	return false
}

func has(words []string, any ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
}

// flagValues are the values that a flag is given, as --flag value or --flag=value.
func flagValues(words []string, names ...string) []string {
	var all []string
	for i, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !slices.Contains(names, name) {
			continue
		}
		if !ok && i+1 < len(words) {
			value = words[i+1]
		}
		all = append(all, value)
	}
	return all
}

// positionals drops flags, and the values of those in the list.
func positionals(words []string, withValue string) []string {
	var all []string
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case word == "--":
			return append(all, words[i+1:]...)
		case strings.HasPrefix(word, "-") && word != "-":
			if takesValue(withValue, word) {
				i++
			}
		default:
			all = append(all, word)
		}
	}
	return all
}
