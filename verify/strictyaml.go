package verify

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxPolicy is the size of the largest policy that ParsePolicy reads, in bytes.
const MaxPolicy = 1 << 20

// readYAML reads one document that is a mapping, and refuses whatever a reader
// or another parser could take for something else than is written: anchors and
// aliases, merge keys, tags, a name twice, a second document.
func readYAML(data []byte) (*yaml.Node, error) {
	if len(data) > MaxPolicy {
		return nil, policyError("%d bytes: at most %d are read", len(data), MaxPolicy)
	}
	if !utf8.Valid(data) || bytes.HasPrefix(data, []byte("\ufeff")) {
		return nil, policyError("not plain UTF-8")
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var document, another yaml.Node
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, policyError("it is empty")
	case err != nil:
		return nil, policyError("%w", err)
	}
	if err := d.Decode(&another); err == nil {
		return nil, policyError("line %d: a second document", another.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, policyError("%w", err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, policyError("want names with values")
	}
	return document.Content[0], plain(document.Content[0])
}

// plain refuses a node that does not say itself what it is.
func plain(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return policyError("line %d: anchors and aliases are not read", n.Line)
	case n.Style&yaml.TaggedStyle != 0:
		return policyError("line %d: tags are not read", n.Line)
	case n.ShortTag() == "!!merge":
		return policyError("line %d: merge keys are not read", n.Line)
	}
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]int)
		for i := 0; i < len(n.Content); i += 2 {
			name := n.Content[i]
			if name.Kind != yaml.ScalarNode {
				return policyError("line %d: a name is not a string", name.Line)
			}
			if line, twice := seen[name.Value]; twice {
				return policyError("line %d: %q stands on line %d already", name.Line, name.Value, line)
			}
			seen[name.Value] = name.Line
		}
	}
	for _, child := range n.Content {
		if err := plain(child); err != nil {
			return err
		}
	}
	return nil
}

// otherThanText are words that YAML 1.1 or 1.2 takes for something else than
// text where they stand without quotes: truth values and times of day. Numbers,
// dates and null are known by their tag.
var otherThanText = regexp.MustCompile(`\A(?i:y|n|yes|no|on|off|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)\z`)

// quoted tells whether a scalar's style leaves no doubt that it is text.
func quoted(n *yaml.Node) bool {
	return n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

func yamlText(name string, n *yaml.Node) (string, error) {
	switch {
	case n.Kind != yaml.ScalarNode:
		return "", policyError("line %d: %s: want a string", n.Line, name)
	case n.ShortTag() == "!!null" || n.Value == "":
		return "", policyError("line %d: %s is empty", n.Line, name)
	case n.ShortTag() != "!!str" || !quoted(n) && otherThanText.MatchString(n.Value):
		return "", policyError("line %d: %s: %s is not text to every reader of YAML: put it in quotes", n.Line, name, n.Value)
	}
	return n.Value, nil
}

func yamlTexts(name string, n *yaml.Node) ([]string, error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return nil, policyError("line %d: %s: want a list", n.Line, name)
	}
	var all []string
	for _, element := range n.Content {
		s, err := yamlText(name, element)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// yamlTrue reads a permission or demand: it is made or left out.
func yamlTrue(name string, n *yaml.Node) (bool, error) {
	if n.Kind != yaml.ScalarNode || quoted(n) || n.Value != "true" {
		return false, policyError("line %d: %s: want true, or no such line", n.Line, name)
	}
	return true, nil
}

// yamlDigit reads a number of one digit.
func yamlDigit(name string, n *yaml.Node) (int, error) {
	if n.Kind != yaml.ScalarNode || quoted(n) || len(n.Value) != 1 || !strings.Contains("123456789", n.Value) {
		return 0, policyError("line %d: %s: want 1, 2 or 3", n.Line, name)
	}
	return int(n.Value[0] - '0'), nil
}

// yamlMembers calls read for each name of a mapping.
func yamlMembers(name string, n *yaml.Node, read func(name string, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return policyError("line %d: %s: want names with values", n.Line, name)
	}
	for i := 0; i < len(n.Content); i += 2 {
		member, err := yamlText("a name", n.Content[i])
		if err != nil {
			return err
		}
		if err := read(member, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}
