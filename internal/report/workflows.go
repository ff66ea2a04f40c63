package report

import (
	"fmt"
	"io"

	"github.com/hallmark-project/hallmark/workflow"
)

// Workflows is what the rules found in workflow files.
type Workflows struct {
	Files    []string // all that were checked
	Findings []workflow.Finding
	Version  string // of hallmark
}

// Count counts the findings of a severity.
func (r *Workflows) Count(s workflow.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Rule.Severity == s {
			n++
		}
	}
	return n
}

// Text writes each finding with its place, what is wrong and what to write
// instead, and the count last.
func (r *Workflows) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	for _, f := range r.Findings {
		p.table([][]string{{f.Rule.Severity.String(), fmt.Sprintf("%s:%d:%d", Escape(f.Path), f.Line, f.Column), f.Rule.ID}})
		p.rows(2, []row{said("found", Escape(f.Message)), said("fix", Escape(f.Fix))})
		p.line("")
	}
	found := "nothing found"
	if len(r.Findings) > 0 {
		found = fmt.Sprintf("%s, %s, %s", count(r.Count(workflow.Error), "error"),
			count(r.Count(workflow.Warning), "warning"), count(r.Count(workflow.Note), "note"))
	}
	p.line("%s checked: %s", count(len(r.Files), "file"), found)
	_, err := io.WriteString(w, p.String())
	return err
}

// docs/schema/workflows.v1.json describes these documents.
type workflowsDocument struct {
	MediaType string       `json:"mediaType"`
	Files     []string     `json:"files"`
	Findings  []findingDoc `json:"findings"`
}

type findingDoc struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Path     string `json:"path"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Fix      string `json:"fix"`
	Help     string `json:"help"`
}

// JSON writes the findings as one document.
func (r *Workflows) JSON(w io.Writer) error {
	doc := workflowsDocument{MediaType: "application/vnd.hallmark.workflows.v1+json",
		Files: append([]string{}, r.Files...), Findings: []findingDoc{}}
	for _, f := range r.Findings {
		doc.Findings = append(doc.Findings, findingDoc{Rule: f.Rule.ID, Severity: f.Rule.Severity.String(), Path: f.Path,
			Line: f.Line, Column: f.Column, Message: f.Message, Fix: f.Fix, Help: ruleURL(f.Rule.ID)})
	}
	return WriteJSON(w, doc)
}

// ruleURL is the section of the rules' page that explains one.
func ruleURL(id string) string {
	return "https://github.com/hallmark-project/hallmark/blob/main/docs/rules.md#" + id
}

// SARIF writes the findings as GitHub's code scanning reads them.
func (r *Workflows) SARIF(w io.Writer) error {
	run := newSARIF(r.Version)
	for _, rule := range workflow.Rules() {
		run.rule(sarifRule{ID: rule.ID, Name: rule.Name, Help: rule.Help, URL: ruleURL(rule.ID), Level: rule.Severity.String()})
	}
	for _, f := range r.Findings {
		run.result(sarifResult{Rule: f.Rule.ID, Level: f.Rule.Severity.String(), Message: f.Message + "; " + f.Fix,
			Path: f.Path, Line: f.Line, Column: f.Column})
	}
	return run.write(w)
}
