package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
)

// sarif is a SARIF 2.1.0 log of one run: what is found in files, at lines. Add
// all rules, then the results.
type sarif struct {
	driver  sarifDriver
	index   map[string]int // of rules, by ID
	results []sarifResultDoc
	seen    map[string]int
}

// sarifRule is a rule; Level is SARIF's: none, note, warning, error.
type sarifRule struct {
	ID, Name, Help, URL, Level string
}

// sarifResult is a finding of a rule. A Line of 0 is the file as a whole.
type sarifResult struct {
	Rule, Level, Message string
	Path                 string
	Line, Column         int
	Releases             []string // in whose commits it is so
}

func newSARIF(version string) *sarif {
	return &sarif{
		driver: sarifDriver{Name: "hallmark", Version: version, InformationURI: "https://github.com/hallmark-project/hallmark",
			Rules: []sarifRuleDoc{}},
		index:   make(map[string]int),
		results: []sarifResultDoc{},
		seen:    make(map[string]int),
	}
}

func (s *sarif) rule(r sarifRule) {
	s.index[r.ID] = len(s.driver.Rules)
	s.driver.Rules = append(s.driver.Rules, sarifRuleDoc{ID: r.ID, Short: sarifText{r.Name}, Full: sarifText{r.Help},
		Help: sarifText{r.Help}, HelpURI: r.URL, Configuration: sarifConfiguration{r.Level}})
}

func (s *sarif) result(r sarifResult) {
	location := sarifPhysical{Artifact: sarifArtifact{fileURI(r.Path)}}
	if r.Line > 0 {
		location.Region = &sarifRegion{r.Line, max(r.Column, 1)}
	}
	doc := sarifResultDoc{Rule: r.Rule, Index: s.index[r.Rule], Level: r.Level,
		Message: sarifText{r.Message}, Locations: []sarifLocation{{location}},
		Fingerprints: map[string]string{"hallmark/v1": s.fingerprint(r)}}
	if len(r.Releases) > 0 {
		doc.Properties = &sarifProperties{r.Releases}
	}
	s.results = append(s.results, doc)
}

// fingerprint stays the same where lines move: a service that keeps findings
// knows them again by it.
func (s *sarif) fingerprint(r sarifResult) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Rule, r.Path, r.Message}, "\x00")))
	print := hex.EncodeToString(sum[:16])
	s.seen[print]++
	return fmt.Sprintf("%s:%d", print, s.seen[print])
}

func (s *sarif) write(w io.Writer) error {
	return WriteJSON(w, sarifDocument{Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{{sarifTool{s.driver}, s.results, "utf16CodeUnits"}}})
}

// fileURI is a path as a relative reference, or as a file URI where it begins at
// the root.
func fileURI(name string) string {
	u := url.URL{Path: path.Clean(name)}
	if path.IsAbs(u.Path) {
		u.Scheme = "file"
	}
	return u.String()
}

// The parts of SARIF that are written; its names are the specification's.
type (
	sarifDocument struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool        `json:"tool"`
		Results []sarifResultDoc `json:"results"`
		Columns string           `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string         `json:"name"`
		Version        string         `json:"version,omitempty"`
		InformationURI string         `json:"informationUri"`
		Rules          []sarifRuleDoc `json:"rules"`
	}
	sarifRuleDoc struct {
		ID            string             `json:"id"`
		Short         sarifText          `json:"shortDescription"`
		Full          sarifText          `json:"fullDescription"`
		Help          sarifText          `json:"help"`
		HelpURI       string             `json:"helpUri"`
		Configuration sarifConfiguration `json:"defaultConfiguration"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResultDoc struct {
		Rule         string            `json:"ruleId"`
		Index        int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   *sarifProperties  `json:"properties,omitempty"`
	}
	sarifProperties struct {
		Releases []string `json:"releases"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn"`
	}
)
