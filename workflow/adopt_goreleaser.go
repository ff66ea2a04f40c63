package workflow

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// files are the patterns of what goreleaser puts into a release, below the folder
// that it builds in.
func (g *Goreleaser) files() []string {
	dist, ends := "dist", []string{"*.tar.gz", "*checksums.txt"}
	if g != nil {
		dist, ends = g.dist, g.ends
	}
	var files []string
	for _, end := range ends {
		files = append(files, dist+"/"+end)
	}
	return files
}

// formatEnds are what goreleaser writes for formats that are not the ends of names.
var formatEnds = map[string]string{"": "", "none": "", "binary": "", "archlinux": "*.pkg.tar.zst", "termux.deb": "*.deb"}

// released are the ends of the names of what a configuration packs.
func released(root *yaml.Node) []string {
	var ends []string
	add := func(format string) {
		end := "*." + format
		if known, ok := formatEnds[format]; ok {
			end = known
		}
		if end != "" && !slices.Contains(ends, end) {
			ends = append(ends, end)
		}
	}
	addAll := func(n *yaml.Node) {
		add(member(n, "format").Value)
		for _, format := range items(mapping(n)["formats"]) {
			add(format.Value)
		}
	}
	archives := items(mapping(root)["archives"])
	for _, archive := range archives {
		addAll(archive)
		if named := mapping(archive); named["format"] == nil && named["formats"] == nil {
			add("tar.gz")
		}
		for _, override := range items(mapping(archive)["format_overrides"]) {
			addAll(override)
		}
	}
	if len(archives) == 0 {
		add("tar.gz")
	}
	for _, packages := range items(mapping(root)["nfpms"]) {
		addAll(packages)
	}
	if len(items(mapping(root)["sboms"])) > 0 {
		add("sbom.json")
	}
	if member(mapping(root)["source"], "enabled").Value == "true" {
		add("tar.gz")
	}
	if checksum := mapping(root)["checksum"]; member(checksum, "disable").Value != "true" {
		name := member(checksum, "name_template").Value
		if i := strings.LastIndex(name, "}}"); i >= 0 {
			name = "*" + name[i+len("}}"):]
		}
		if name == "" || name == "*" {
			name = "*checksums.txt"
		}
		ends = append(ends, name)
	}
	return ends
}

// plainBinaries tells whether binaries are released unpacked: under names that no
// file has where they were built.
func plainBinaries(root *yaml.Node) bool {
	for _, archive := range items(mapping(root)["archives"]) {
		formats := append(items(mapping(archive)["formats"]), mapping(archive)["format"])
		for _, format := range formats {
			if format != nil && format.Value == "binary" {
				return true
			}
		}
	}
	return false
}

func items(n *yaml.Node) []*yaml.Node {
	if n = resolve(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	all := make([]*yaml.Node, 0, len(n.Content))
	for _, item := range n.Content {
		all = append(all, resolve(item))
	}
	return all
}

// buildOnly has goreleaser build and publish nothing.
func (a *adoption) buildOnly(p *Publication) error {
	if p.Step.Uses.Given() {
		return a.setInput(p.Step, "args", p.Step.Input("args")+" --skip=publish")
	}
	line := a.line(p.Pos.Line)
	const command = "goreleaser release"
	if p.Pos.Column < 1 || p.Pos.Column > len(line) || !strings.HasPrefix(line[p.Pos.Column-1:], command) {
		return a.notUnderstood(p.Pos, "how goreleaser is run is not known")
	}
	a.splice(p.Pos.Line, p.Pos.Column-1+len(command), 0, " --skip=publish")
	return nil
}

// DraftGoreleaser has a goreleaser configuration leave the release a draft, or
// returns the data as it is if it does so already.
func DraftGoreleaser(name string, data []byte) ([]byte, error) {
	root, err := readYAML(name, data)
	if err != nil {
		return nil, err
	}
	e := newEditor(lines(data))
	key, release := entry(root, "release")
	if key == nil {
		e.insert(len(e.lines)+1, "release:", "  draft: true")
		return e.apply(data), nil
	}
	refuse := &NotUnderstood{name, Pos{key.Line, key.Column}, "the release is not written in block style: set draft: true in it"}
	if release.Kind != yaml.MappingNode || release.Style&yaml.FlowStyle != 0 || len(release.Content) == 0 {
		return nil, refuse
	}
	switch _, draft := entry(release, "draft"); {
	case draft == nil:
		first := release.Content[0]
		e.insert(first.Line, indented(first.Column-1, "draft: true")...)
	case draft.Value == "true":
		return data, nil
	case draft.Value == "false" && draft.Style == 0:
		e.splice(draft.Line, draft.Column-1, len("false"), "true")
	default:
		return nil, refuse
	}
	return e.apply(data), nil
}
