package cli

import (
	"cmp"
	"context"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// runSignStatement signs a statement as it stands in its file, byte by byte.
func runSignStatement(ctx context.Context, env *Env, c *cli.Context) error {
	in := c.String("statement")
	if c.NArg() > 0 {
		return usagef("--statement %s and an artifact: sign one or the other", shown(in))
	}
	payload, subject, err := readStatementFile(in)
	if err != nil {
		return err
	}
	if err := checkStreams(c); err != nil {
		return err
	}
	out := cmp.Or(c.String("output"), filepath.Clean(in)+".sigstore.json")
	if err := canWrite(c.Bool("force"), out); err != nil {
		return err
	}
	key, err := env.signingKey(ctx, c)
	if err != nil {
		return err
	}
	s, err := env.newSigning(ctx, c, key)
	if err != nil {
		return err
	}
	defer s.ids.forget()
	if err := s.guardPrivate(ctx, c); err != nil {
		return err
	}
	done, err := s.alreadyAttested(ctx, out, [][]byte{payload}, c.Bool("force"))
	if err != nil {
		return err
	}
	if done == nil {
		signed, err := s.statement(ctx, payload, subject, nil)
		if err != nil {
			return err
		}
		if err := env.writeBundles(ctx, out, c.Bool("force"), signed.bundle); err != nil {
			return err
		}
		done = []report.Signed{{Name: out, Bundle: out, Artifacts: signed.verdict.Statement.Subjects, Verdict: signed.verdict}}
	}
	summary := s.summary(c, true)
	summary.Signed, summary.Targets = done, subjectNames(payload)
	return env.printSigning(c, summary)
}

// subjectNames are the artifacts that a statement is about, for a command line;
// of many only that there are some.
func subjectNames(payload []byte) []string {
	subjects, err := verify.StatementSubjects(payload)
	if err != nil || len(subjects) > few {
		return []string{"ARTIFACT..."}
	}
	var names []string
	for _, s := range subjects {
		names = append(names, cmp.Or(s.GetName(), "ARTIFACT..."))
	}
	return names
}
