package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hallmark-project/hallmark/internal/pack"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/review"
)

// What stands in the folder of a project among many. The report is written last:
// where it is, all is.
const (
	packName    = "review.pack"
	pageName    = "report.html"
	proseName   = "report.md"
	reportName  = "report.json"
	failureName = "failure.json" // instead of all that, or newer
)

// writeReview fills a project's folder.
func (env *Env) writeReview(ctx context.Context, folder string, record *review.Record, r *review.Report, by judging) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	shows := &report.Review{Report: r, Version: env.Version, Pack: by.evidence, PublicGood: by.root.public}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{packName, func(w io.Writer) error { return writePack(w, record, by.profile) }},
		{pageName, shows.HTML},
		{proseName, shows.Markdown},
		{reportName, shows.JSON},
	} {
		if err := env.writeOutput(ctx, filepath.Join(folder, file.name), true, file.write); err != nil {
			return err
		}
	}
	if err := os.Remove(filepath.Join(folder, failureName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// writeFailure writes down why a project has no report.
func (env *Env) writeFailure(ctx context.Context, folder string, failed review.Standing) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	one := &report.Reviews{Summary: review.NewSummary([]review.Standing{failed})}
	return env.writeOutput(ctx, filepath.Join(folder, failureName), true, one.JSON)
}

// keptReview is what a project's folder holds.
type keptReview struct {
	*review.Report
	profile string
}

// readReview reads a finished review. An *pack.Error says that what it rests on
// is not what it was, or is of another report; fs.ErrNotExist that there is none.
func readReview(folder string) (*keptReview, error) {
	if _, err := os.Lstat(filepath.Join(folder, failureName)); err == nil {
		return nil, fs.ErrNotExist
	}
	document, err := readSmall("merge", filepath.Join(folder, reportName), review.MaxRecord)
	if err != nil {
		return nil, err
	}
	r, err := review.ParseReport(document)
	if err != nil {
		return nil, &pack.Error{Item: reportName, Why: err.Error()}
	}
	f, err := os.Open(filepath.Join(folder, packName))
	if err != nil {
		return nil, &pack.Error{Item: packName, Why: "it cannot be read"}
	}
	defer f.Close()
	p, err := pack.Read(f)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(p.Record); hex.EncodeToString(sum[:]) != r.Record {
		return nil, &pack.Error{Item: packName, Why: fmt.Sprintf("it holds another record than %s is about", reportName)}
	}
	return &keptReview{r, p.Profile}, nil
}

// readFailure reads why a project has no review.
func readFailure(folder string) (*review.Standing, error) {
	document, err := readSmall("merge", filepath.Join(folder, failureName), 1<<20)
	if err != nil {
		return nil, err
	}
	s, err := review.ParseSummary(document)
	if err != nil || len(s.Projects) != 1 || s.Projects[0].Failed == "" {
		return nil, &pack.Error{Item: failureName, Why: "it does not say what failed"}
	}
	return &s.Projects[0], nil
}
