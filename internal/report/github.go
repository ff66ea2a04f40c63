package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// GitHub writes the outcome as workflow commands, which a runner of GitHub
// Actions shows as annotations: an error for each target that is not verified,
// and the count. Names from outside cannot end a command or begin another.
func (v *Verification) GitHub(w io.Writer) error {
	var b strings.Builder
	for i := range v.Results {
		r := &v.Results[i]
		if r.Verdict != nil {
			continue
		}
		title := string(r.Status())
		if r.Status() == Undecided {
			title = "could not decide"
		}
		annotate(&b, "error", r.Name, "hallmark: "+title, explanation(r))
	}
	total := v.total()
	if !v.Root.Default {
		total += "; trusted root: " + join("  ", name(v.Root.Source), shortDigest(map[string]string{"sha256": v.Root.SHA256}))
	}
	annotate(&b, "notice", "", "hallmark", total)
	_, err := io.WriteString(w, b.String())
	return err
}

// explanation is a refusal bundle by bundle, one a line, each with its hint.
func explanation(r *Result) string {
	lines := []string{join("  ", fileName(r.Name), shortDigest(r.Digest))}
	for _, refusal := range r.refusals() {
		line := summary(refusal.Err)
		if refusal.Bundle != "" {
			line = aboutWhich(refusal) + ": " + line
		}
		lines = append(lines, line)
		if hint := hintOf(refusal.Err); hint != "" {
			lines = append(lines, "hint: "+clip(hint, longText))
		}
	}
	return strings.Join(lines, "\n")
}

func hintOf(err error) string {
	var r *verify.Rejection
	if errors.As(err, &r) {
		return r.Hint
	}
	return ""
}

// annotate writes one workflow command. The message may have several lines.
func annotate(b *strings.Builder, command, file, title, message string) {
	properties := "title=" + commandProperty.Replace(title)
	if file != "" {
		properties = "file=" + commandProperty.Replace(name(file)) + "," + properties
	}
	fmt.Fprintf(b, "::%s %s::%s\n", command, properties, commandData.Replace(message))
}

// What the runner decodes in a command's message and in its properties.
// GitHub's actions/toolkit, packages/core/src/command.ts.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
