package verify

import (
	"crypto"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"go.yaml.in/yaml/v3"
)

// policyFormat is the version of the policy file's format, its first name.
const policyFormat = "v1"

// A policyKey is one name of a policy file: how it is read into a policy, and
// what of a policy is written under it, nil for nothing.
type policyKey struct {
	name  string
	read  func(p *Policy, name string, n *yaml.Node) error
	write func(p *Policy) (*yaml.Node, error)
}

// policyKeys are the names of a policy file in the order in which they are
// written. They are those of the flags of hallmark verify.
var policyKeys = []policyKey{
	textKey("repo", func(p *Policy) *string { return &p.Repository }),
	textKey("issuer", func(p *Policy) *string { return &p.Issuer }),
	{"identities", readIdentities, writeIdentities},
	{"key", readKey, writeKey},
	textKey("signer-workflow", func(p *Policy) *string { return &p.SignerWorkflow }),
	textKey("signer-digest", func(p *Policy) *string { return &p.SignerDigest }),
	textKey("owner", func(p *Policy) *string { return &p.Owner }),
	textKey("repo-id", func(p *Policy) *string { return &p.RepositoryID }),
	textKey("owner-id", func(p *Policy) *string { return &p.OwnerID }),
	textKey("ref", func(p *Policy) *string { return &p.Ref }),
	textKey("version", func(p *Policy) *string { return &p.Version }),
	textKey("commit", func(p *Policy) *string { return &p.Commit }),
	listKey("events", func(p *Policy) *[]string { return &p.Events }),
	{"inputs", readPolicyInputs, writePolicyInputs},
	trueKey("allow-self-hosted", func(p *Policy) *bool { return &p.AllowSelfHosted }),
	textKey("require", func(p *Policy) *string { return (*string)(&p.Require) }),
	{"slsa-level", readLevel, writeLevel},
	listKey("predicate-types", func(p *Policy) *[]string { return &p.PredicateTypes }),
	trueKey("require-inclusion-proof", func(p *Policy) *bool { return &p.RequireInclusionProof }),
	trueKey("require-all", func(p *Policy) *bool { return &p.RequireAll }),
	trueKey("allow-unlogged", func(p *Policy) *bool { return &p.AllowUnlogged }),
}

// ParsePolicy reads a policy from YAML, strictly: a name that is unknown or
// given twice, and a value that is not of the kind that belongs there, are
// errors that tell the line and wrap ErrPolicy. What is read may be a part,
// to be completed by [Policy.And]; Validate tells whether it is whole.
func ParsePolicy(data []byte) (*Policy, error) {
	root, err := readYAML(data)
	if err != nil {
		return nil, err
	}
	p := new(Policy)
	format := ""
	err = yamlMembers("the policy", root, func(name string, n *yaml.Node) error {
		if name == "policy" {
			format, err = yamlText(name, n)
			return err
		}
		i := slices.IndexFunc(policyKeys, func(k policyKey) bool { return k.name == name })
		if i < 0 {
			return policyError("line %d: unknown name %q", n.Line, name)
		}
		return policyKeys[i].read(p, name, n)
	})
	switch {
	case err != nil:
		return nil, err
	case format == "":
		return nil, policyError("no format: want the line policy: %s", policyFormat)
	case format != policyFormat:
		return nil, policyError("format %q: want %s", format, policyFormat)
	}
	return p, nil
}

func textKey(name string, field func(*Policy) *string) policyKey {
	return policyKey{name,
		func(p *Policy, name string, n *yaml.Node) (err error) { *field(p), err = yamlText(name, n); return err },
		func(p *Policy) (*yaml.Node, error) { return textNode(*field(p)), nil },
	}
}

func listKey(name string, field func(*Policy) *[]string) policyKey {
	return policyKey{name,
		func(p *Policy, name string, n *yaml.Node) (err error) {
			*field(p), err = yamlTexts(name, n)
			return err
		},
		func(p *Policy) (*yaml.Node, error) {
			list := &yaml.Node{Kind: yaml.SequenceNode}
			for _, s := range *field(p) {
				list.Content = append(list.Content, textNode(s))
			}
			return list, nil
		},
	}
}

func trueKey(name string, field func(*Policy) *bool) policyKey {
	return policyKey{name,
		func(p *Policy, name string, n *yaml.Node) (err error) { *field(p), err = yamlTrue(name, n); return err },
		func(p *Policy) (*yaml.Node, error) {
			if !*field(p) {
				return nil, nil
			}
			return &yaml.Node{Kind: yaml.ScalarNode, Value: "true"}, nil
		},
	}
}

func readLevel(p *Policy, name string, n *yaml.Node) (err error) {
	p.Level, err = yamlDigit(name, n)
	return err
}

func readPolicyInputs(p *Policy, name string, n *yaml.Node) error {
	p.Inputs = make(map[string]string)
	return yamlMembers(name, n, func(input string, value *yaml.Node) (err error) {
		if value.Kind == yaml.ScalarNode && value.Value == "" && quoted(value) {
			p.Inputs[input] = "" // an input may be empty, as no other text may
			return nil
		}
		p.Inputs[input], err = yamlText(name+": "+input, value)
		return err
	})
}

func readIdentities(p *Policy, name string, n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return policyError("line %d: %s: want a list", n.Line, name)
	}
	for _, element := range n.Content {
		var id Identity
		err := yamlMembers(name, element, func(member string, value *yaml.Node) error {
			text, err := yamlText(member, value)
			if err != nil {
				return err
			}
			switch member {
			case "identity":
				id.Subject = text
			case "issuer":
				id.Issuer = text
			case "identity-pattern":
				if id.Pattern, err = CompilePattern(text); err != nil {
					return policyError("line %d: %w", value.Line, err)
				}
			default:
				return policyError("line %d: unknown name %q", value.Line, member)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := id.validate(); err != nil {
			return policyError("line %d: %w", element.Line, err)
		}
		p.Identities = append(p.Identities, id)
	}
	return nil
}

func readKey(p *Policy, name string, n *yaml.Node) error {
	text, err := yamlText(name, n)
	if err != nil {
		return err
	}
	if p.Key, err = publicKey(text); err != nil {
		return policyError("line %d: %s: %w", n.Line, name, err)
	}
	return nil
}

// publicKey reads one public key in PEM and nothing else.
func publicKey(text string) (crypto.PublicKey, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || strings.TrimSpace(string(rest)) != "" || strings.Contains(block.Type, "PRIVATE") {
		return nil, policyError("want one public key in PEM")
	}
	key, err := cryptoutils.UnmarshalPEMToPublicKey([]byte(text))
	if err != nil {
		return nil, err
	}
	return key, checkKey(key)
}
