// Package workflow reads GitHub Actions workflows as a graph of jobs and steps,
// says what the steps do to a release, and holds the rules that a release
// workflow should keep.
//
//	w, err := workflow.Parse(".github/workflows/release.yml", data)
//	for _, p := range w.Publishes() {
//		if why := w.Unsigned(p); why != "" {
//			fmt.Println(p.Pos, p.Tool, why)
//		}
//	}
//
// [Parse] reads a workflow, [ParseAction] a composite action, whose steps then
// stand in a single job without a name. [Link] tells those of a repository of each
// other, and [Lint] does all of it and asks the rules. What the files hold is taken as written:
// nothing is fetched, no expression is evaluated, no environment is looked at.
//
// # What a step does
//
// [Step.Publishes], [Step.Signs] and [Step.Builds] recognise the actions and the
// commands that projects release with; a script is parsed as the shell that
// would run it. A step that calls something else (a Makefile, a script of the
// project) does what cannot be seen here, and is taken to do nothing.
//
// # Whether nothing leaves unsigned
//
// [Workflow.Unsigned] answers it for one publication: "" only where on each way
// to it a signature was made, or the run had ended. A signature that may be
// skipped (if:, a condition in a script) or that may fail unnoticed
// (continue-on-error, || true) is none.
//
// # Adding hallmark
//
// [Workflow.Adopt] is the smallest change after which hallmark has signed all that
// the workflow publishes, as text in which everything else stands as it was; or it
// says where the workflow holds something that it does not know how to change.
//
// The package opens no file and no connection, reads no clock and prints
// nothing. It parses with actionlint's parser, and so takes for a workflow what
// that does; the scripts with mvdan.cc/sh's.
package workflow
