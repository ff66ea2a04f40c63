package workflow

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Goreleaser is what a project's goreleaser configuration says of its releases.
type Goreleaser struct {
	Draft       bool // it leaves the release a draft
	Disabled    bool // it makes no release at all
	SignsFiles  bool
	SignsImages bool

	dist string   // the folder that it builds in
	ends []string // patterns of what it releases from there
	bare bool     // binaries are among that, under other names
}

// ParseGoreleaser reads a goreleaser configuration. A value that is a template
// counts as not set.
func ParseGoreleaser(path string, data []byte) (*Goreleaser, error) {
	root, err := readYAML(path, data)
	if err != nil {
		return nil, err
	}
	release := mapping(root)["release"]
	dist := member(root, "dist").Value
	if dist == "" || strings.Contains(dist, "{{") {
		dist = "dist"
	}
	return &Goreleaser{
		dist:        strings.TrimPrefix(dist, "./"),
		ends:        released(root),
		bare:        plainBinaries(root),
		Draft:       member(release, "draft").Value == "true",
		Disabled:    member(release, "disable").Value == "true",
		SignsFiles:  hasItems(mapping(root)["signs"]),
		SignsImages: hasItems(mapping(root)["docker_signs"]),
	}, nil
}

func hasItems(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.SequenceNode && len(n.Content) > 0
}

// goreleaser is what a run of goreleaser publishes. It signs, where it is set up
// to, before it publishes. Where its configuration is not known, that the job
// installs cosign says that it does.
func goreleaser(s *Step, words []string) *Publication {
	if len(words) < 2 || !has(words, "release", "publish", "continue") || has(words, "--snapshot", "--skip-publish") {
		return nil
	}
	for _, list := range flagValues(words, "--skip") {
		if has(commaSeparated(list), "publish") {
			return nil
		}
	}
	p := &Publication{Kind: GitHubRelease, Tool: "goreleaser", Files: []string{"${goreleaser}"}}
	switch config := s.workflow.Goreleaser; {
	case config == nil:
		p.Signs = s.after(func(e *Step) bool { return e.Uses.Is("sigstore/cosign-installer") })
	case config.Disabled:
		return nil
	default:
		p.Draft, p.Signs = config.Draft, config.SignsFiles
	}
	return p
}
