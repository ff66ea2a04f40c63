// Package report shows results: a value goes in, text for a person or a JSON
// document for a program comes out.
//
// [Verification] is the outcome of verifying targets, [Inspection] is what files
// say when nobody checks them, [Trust] is whom a trusted root believes, [Review]
// is what was found of a project. They are plain values; Text and JSON render them
// and decide nothing. The same value always gives the same bytes. An outcome is
// also rendered for GitHub Actions ([Verification.GitHub], [Verification.Summary])
// and as a SLSA verification summary ([Verification.VSA]), a review for whoever
// is to be shown it ([Review.HTML], [Review.Markdown], [Review.SARIF]).
//
// # What comes from outside
//
// Names, identities and error texts in a value are as some file or server wrote
// them. Everything here that writes for a person escapes them ([Escape]) and
// clips what is too long to read; JSON holds them whole, with what does not
// print as JSON's own escapes ([WriteJSON]).
package report

// TextOptions say what text is written for. The zero value is a file or a pipe.
type TextOptions struct {
	Width int  // columns; 0 means 80
	Color bool // only ever said beside the word that it colours
}

func (o TextOptions) width() int {
	const usual, least = 80, 60
	if o.Width == 0 {
		return usual
	}
	return max(o.Width, least)
}
