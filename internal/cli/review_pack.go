package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/pack"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

// collecting are the flags that say what is collected: a pack has it.
var collecting = []string{"since", "releases", "digests-only", "image", "scorecard", "criticality", "census", "retry-for", "pack"}

// replay judges again what a pack holds. No connection is opened.
func (env *Env) replay(ctx context.Context, c *cli.Context, path string) error {
	for _, name := range collecting {
		if c.IsSet(name) && (name != "retry-for" || !c.Bool("sign")) {
			return usagef("--%s is about collecting, and %s is collected", name, shown(path))
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return usagef("%w", err)
	}
	defer f.Close()
	p, err := pack.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", shown(path), err)
	}
	record, err := review.ParseRecord(p.Record, p.Blobs)
	if err != nil {
		return fmt.Errorf("%s: %w", shown(path), &pack.Error{Item: "record.json", Why: err.Error()})
	}
	trusted, err := env.rootOf(ctx, c, record)
	if err != nil {
		return err
	}
	profile := p.Profile
	switch {
	case c.IsSet("profile"):
		profile = c.String("profile")
	case profile != "none" && profile != string(review.SOSProfile) && profile != string(review.OSPSProfile):
		return fmt.Errorf("%s: %w", shown(path), &pack.Error{Item: "index.json", Why: "a profile that nobody knows"})
	}
	return env.judge(ctx, c, record, judging{*trusted, profile, path})
}

// judging is under what a record is judged.
type judging struct {
	root     reviewRoot
	profile  string
	evidence string // the pack that was read, or is to be written; perhaps none
}

// judge comes to the report, and writes it and what it rests on.
func (env *Env) judge(ctx context.Context, c *cli.Context, record *review.Record, by judging) error {
	outcome, err := judgeRecord(c, record, by)
	if err != nil {
		return err
	}
	if path := c.String("pack"); path != "" {
		write := func(w io.Writer) error { return writePack(w, record, by.profile) }
		if err := env.writeOutput(ctx, path, c.Bool("force"), write); err != nil {
			return err
		}
	}
	print := func(w io.Writer) error { return env.printReview(c, w, outcome, by) }
	if path := c.String("output"); path != "" {
		err = env.writeOutput(ctx, path, c.Bool("force"), print)
	} else {
		err = print(env.Stdout)
	}
	if err != nil {
		return err
	}
	if err := env.vouch(ctx, c, outcome, record.Repository.Private); err != nil {
		return err
	}
	return failedReview(outcome, c.String("fail-on"))
}

func judgeRecord(c *cli.Context, record *review.Record, by judging) (*review.Report, error) {
	policy, err := recordedPolicy(c, record)
	if err != nil {
		return nil, err
	}
	o := review.Options{Root: by.root.Material, RootSHA256: by.root.sum(), Policy: policy}
	if by.profile != "none" {
		o.Profile = review.Profile(by.profile)
	}
	return review.Judge(record, o)
}

func writePack(w io.Writer, record *review.Record, profile string) error {
	document, err := record.Encode()
	if err != nil {
		return err
	}
	p := &pack.Pack{Profile: profile, Record: document, Blobs: record.Blobs}
	return p.Write(w)
}

// recordedPolicy is the policy of the flag, or else of the record; nil where
// there is none.
func recordedPolicy(c *cli.Context, record *review.Record) (*verify.Policy, error) {
	if path := c.String("policy"); path != "" {
		return readPolicy(path)
	}
	for _, d := range record.Documents {
		if text, kept := record.Blobs[d.Asked.SHA256]; kept && d.Kind == review.PolicyDocument {
			return verify.ParsePolicy(text)
		}
	}
	return nil, nil
}
