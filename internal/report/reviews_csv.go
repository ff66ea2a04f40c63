package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// CSV writes a row for each project below the names of the columns, as RFC 4180
// has it. What a project chose, a tag or an error that names one, may look like a
// formula to a spreadsheet: every cell is quoted, and one that begins like a
// formula begins with an apostrophe instead.
//
// https://owasp.org/www-community/attacks/CSV_Injection
func (r *Reviews) CSV(w io.Writer) error {
	var b strings.Builder
	for i, c := range columnsOfCSV {
		separate(&b, i)
		cell(&b, c.name)
	}
	b.WriteString("\r\n")
	for _, s := range r.Projects {
		for i, c := range columnsOfCSV {
			separate(&b, i)
			cell(&b, c.of(s))
		}
		b.WriteString("\r\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func separate(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}

// cell writes text in quotes, visible and on one line.
func cell(b *strings.Builder, text string) {
	text = Escape(text)
	if text != "" && strings.ContainsRune("=+-@＝＋－＠", firstRune(strings.TrimLeft(text, " "))) {
		text = "'" + text
	}
	b.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return ' '
}

// columnsOfCSV are the columns; others may come at the end.
var columnsOfCSV = []struct {
	name string
	of   func(review.Standing) string
}{
	{"project", func(s review.Standing) string { return s.Project }},
	{"verdict", func(s review.Standing) string { return string(s.Verdict) }},
	{"failed", func(s review.Standing) string { return string(s.Failed) }},
	{"why", func(s review.Standing) string { return clip(s.Why, longText) }},
	{"adopted", func(s review.Standing) string { return instant(s.Adopted) }},
	{"adopted_in", func(s review.Standing) string { return s.AdoptedIn }},
	{"signer", func(s review.Standing) string { return s.Signer }},
	{"releases_since", counted(true, func(c review.Count) int64 { return int64(c.Releases) })},
	{"artifacts_since", counted(true, func(c review.Count) int64 { return int64(c.Artifacts) })},
	{"covered_since", counted(true, func(c review.Count) int64 { return int64(c.Covered) })},
	{"unknown_since", counted(true, func(c review.Count) int64 { return int64(c.Unknown) })},
	{"downloads_since", counted(true, func(c review.Count) int64 { return c.Downloads })},
	{"downloads_of_covered_since", counted(true, func(c review.Count) int64 { return c.DownloadsOfCovered })},
	{"releases_before", counted(false, func(c review.Count) int64 { return int64(c.Releases) })},
	{"artifacts_before", counted(false, func(c review.Count) int64 { return int64(c.Artifacts) })},
	{"covered_before", counted(false, func(c review.Count) int64 { return int64(c.Covered) })},
	{"false_claims", func(s review.Standing) string { return strings.Join(s.False, " ") }},
	{"unknown_claims", func(s review.Standing) string { return strings.Join(s.Unknown, " ") }},
	{"scorecard_signed_releases", scorecardCell},
	{"clock", func(s review.Standing) string { return instant(s.Clock) }},
	{"record_sha256", func(s review.Standing) string { return s.Record }},
	{"folder", func(s review.Standing) string { return s.Folder }},
}

// counted is a count since adoption, or before; empty where nothing was counted.
func counted(since bool, of func(review.Count) int64) func(review.Standing) string {
	return func(s review.Standing) string {
		switch {
		case s.Coverage == nil:
			return ""
		case since:
			return fmt.Sprint(of(s.Coverage.Since))
		}
		return fmt.Sprint(of(s.Coverage.Before))
	}
}

func scorecardCell(s review.Standing) string {
	if s.Scorecard < 0 {
		return ""
	}
	return fmt.Sprint(s.Scorecard)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
