package review

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// A command is a verification that a project tells its users to run.
type command struct {
	text  string
	line  int
	tool  string
	flags map[string]string // by name without dashes
	rest  []string          // what is no flag
}

// verifiers are the commands that are understood, by their first words.
var verifiers = []string{"hallmark verify", "gh attestation verify", "gh at verify", "cosign verify-blob", "cosign verify-blob-attestation",
	"slsa-verifier verify-artifact"}

const (
	maxCommands = 200
	maxCommand  = 8 << 10
)

// readCommands finds the verifications in a text: lines, joined where they end
// in a backslash, within code fences or indented, that begin with a verifier.
// A prompt, sudo and variables set before are passed over.
func readCommands(text string) []command {
	var all []command
	begun, at := "", 0
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if begun == "" {
			at = n
		}
		if before, goesOn := strings.CutSuffix(line, "\\"); goesOn && len(begun) < maxCommand {
			begun += before + " "
			continue
		}
		line, begun = begun+line, ""
		if len(line) > maxCommand || len(all) == maxCommands {
			continue
		}
		words := splitWords(strings.Trim(strings.TrimSpace(line), "`"))
		for len(words) > 0 && (words[0] == "$" || words[0] == ">" || words[0] == "sudo" || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		for _, v := range verifiers {
			own := strings.Count(v, " ") + 1
			if len(words) > own && path.Base(words[0])+" "+strings.Join(words[1:own], " ") == v {
				c := readFlags(v, strings.Join(words, " "), words[own:])
				c.line = at
				all = append(all, c)
				break
			}
		}
	}
	return all
}

// switches are the flags of these tools that take no value.
var switches = map[string]bool{"new-bundle-format": true, "offline": true, "deny-self-hosted-runners": true, "print-provenance": true,
	"insecure-ignore-tlog": true, "insecure-ignore-sct": true, "allow-self-hosted": true, "require-all": true, "private-infrastructure": true}

func readFlags(tool, text string, words []string) command {
	c := command{text: text, tool: tool, flags: make(map[string]string)}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "|" || w == "&&" || w == "||" || w == ";" || w == ">" {
			break
		}
		if len(w) < 2 || w[0] != '-' {
			c.rest = append(c.rest, w)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if !given && !switches[name] && i+1 < len(words) {
			i++
			value = words[i]
		}
		c.flags[name] = value
	}
	return c
}

func (c *command) flag(names ...string) string {
	for _, n := range names {
		if v := c.flags[n]; v != "" {
			return v
		}
	}
	return ""
}

// aboutImage tells whether the command verifies an image, which is no asset of a
// release.
func (c *command) aboutImage() bool {
	return slices.ContainsFunc(c.rest, func(w string) bool { return strings.HasPrefix(w, "oci://") })
}

// policy is what the command asks of who signed, on a release. Where the text
// leaves the version to the reader, it is the release's.
func (c *command) policy(tag string) (*verify.Policy, error) {
	p := new(verify.Policy)
	fill := func(s string) string { return fillIn(s, tag) }
	switch {
	case strings.HasPrefix(c.tool, "slsa-verifier"):
		p.Repository = strings.TrimPrefix(strings.TrimPrefix(c.flag("source-uri"), "git+https://"), "github.com/")
		if t := fill(c.flag("source-tag")); t != "" {
			p.Ref = "refs/tags/" + t
		}
	case strings.HasPrefix(c.tool, "cosign"), strings.HasPrefix(c.tool, "gh"), strings.HasPrefix(c.tool, "hallmark"):
		p.Repository = c.flag("repo", "R")
		if p.Repository == "" && len(c.rest) > 0 && strings.HasPrefix(c.tool, "hallmark") {
			if repo, _, ok := strings.Cut(c.rest[0], "@"); ok && strings.Count(repo, "/") == 1 && !strings.Contains(repo, ":") {
				p.Repository = repo
			}
		}
		p.SignerWorkflow = strings.TrimPrefix(c.flag("signer-workflow"), "github.com/")
		p.Ref = fill(c.flag("ref", "source-ref"))
		if t := fill(c.flag("tag")); t != "" {
			p.Ref = "refs/tags/" + t
		}
		if owner := c.flag("owner", "o"); owner != "" && p.Repository == "" {
			return nil, fmt.Errorf("any repository of %s would do", owner)
		}
		if err := c.identity(p, fill); err != nil {
			return nil, err
		}
	}
	return p, p.Validate()
}

func (c *command) identity(p *verify.Policy, fill func(string) string) error {
	subject := fill(c.flag("certificate-identity", "cert-identity", "identity"))
	pattern := fill(c.flag("certificate-identity-regexp", "cert-identity-regex", "identity-pattern"))
	if subject == "" && pattern == "" {
		return nil
	}
	issuer := c.flag("certificate-oidc-issuer", "cert-oidc-issuer", "issuer")
	if issuer == "" && strings.HasPrefix(c.tool, "gh") {
		issuer = verify.GitHubIssuer
	}
	if issuer == "" {
		return fmt.Errorf("it names no issuer: anybody could vouch for the identity")
	}
	id := verify.Identity{Subject: subject, Issuer: issuer}
	if pattern != "" {
		if !strings.HasPrefix(c.tool, "hallmark") {
			pattern = anywhere(pattern)
		}
		re, err := verify.CompilePattern(pattern)
		if err != nil {
			return err
		}
		id = verify.Identity{Pattern: re, Issuer: issuer}
	}
	p.Identities = []verify.Identity{id}
	return nil
}

// anywhere makes a pattern that must match a whole name of one that may match
// anywhere in it, as cosign and gh take theirs.
func anywhere(pattern string) string { return `(?s:.*)(?:` + pattern + `)(?s:.*)` }
