package gitclone

import (
	"context"
	"fmt"
	"strings"
)

// A Step is a commit of the default branch and the one before it there.
type Step struct{ Commit, Parent string } // no parent for the first

// Steps are those of the default branch that changed something in a folder,
// newest first, at most a number of them. Of what was merged only the merge is
// one.
func (r *Repository) Steps(ctx context.Context, folder string, most int) ([]Step, error) {
	out, err := r.git.run(ctx, nil, "log", "--first-parent", fmt.Sprintf("--max-count=%d", most), "--format=%H %P", "HEAD", "--", folder)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for line := range strings.Lines(string(out)) {
		ids := strings.Fields(line)
		if len(ids) == 0 {
			continue
		}
		s := Step{Commit: ids[0]}
		if len(ids) > 1 {
			s.Parent = ids[1]
		}
		steps = append(steps, s)
	}
	return steps, nil
}
