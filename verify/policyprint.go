package verify

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"go.yaml.in/yaml/v3"
)

// YAML writes the policy as ParsePolicy reads it, the same bytes for the same
// policy. The error wraps ErrPolicy.
func (p *Policy) YAML() ([]byte, error) {
	if p.signerRef != "" {
		return nil, policyError("a version of the signing workflow has no place in a policy file")
	}
	if p.asksSummary() {
		return nil, policyError("what a verification summary is believed for has no place in a policy file")
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{textNode("policy"), textNode(policyFormat)}}
	for _, key := range policyKeys {
		value, err := key.write(p)
		if err != nil {
			return nil, err
		}
		if value == nil || value.Kind == yaml.SequenceNode && len(value.Content) == 0 {
			continue
		}
		if err := printable(key.name, value); err != nil {
			return nil, err
		}
		root.Content = append(root.Content, textNode(key.name), value)
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, policyError("%w", err)
	}
	return out.Bytes(), e.Close()
}

// printable refuses what no policy file could say.
func printable(name string, n *yaml.Node) error {
	if !utf8.ValidString(n.Value) {
		return policyError("%s: %q is not UTF-8", name, n.Value)
	}
	for _, child := range n.Content {
		if err := printable(name, child); err != nil {
			return err
		}
	}
	return nil
}

// textNode is a string, in quotes where a reader could take it for something
// else; nil if it is empty.
func textNode(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	return valueNode(s)
}

func valueNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	bare := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	switch {
	case strings.HasPrefix(s, "-----BEGIN "):
		n.Style = yaml.LiteralStyle
	case bare.ShortTag() != "!!str" || otherThanText.MatchString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func writeLevel(p *Policy) (*yaml.Node, error) {
	if p.Level == 0 {
		return nil, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(p.Level)}, nil
}

func writePolicyInputs(p *Policy) (*yaml.Node, error) {
	if p.Inputs == nil {
		return nil, nil
	}
	inputs := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range slices.Sorted(maps.Keys(p.Inputs)) {
		inputs.Content = append(inputs.Content, valueNode(name), valueNode(p.Inputs[name]))
	}
	return inputs, nil
}

func writeIdentities(p *Policy) (*yaml.Node, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, id := range p.Identities {
		name, value := "identity", id.Subject
		if id.Pattern != nil {
			source, whole := patternSource(id.Pattern)
			if !whole {
				return nil, policyError("identity %s: not a pattern for whole names", id)
			}
			name, value = "identity-pattern", source
		}
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.MappingNode,
			Content: []*yaml.Node{valueNode(name), valueNode(value), valueNode("issuer"), valueNode(id.Issuer)}})
	}
	return list, nil
}

func writeKey(p *Policy) (*yaml.Node, error) {
	if p.Key == nil {
		return nil, nil
	}
	text, err := cryptoutils.MarshalPublicKeyToPEM(p.Key)
	if err != nil {
		return nil, policyError("key: %w", err)
	}
	return valueNode(string(text)), nil
}
