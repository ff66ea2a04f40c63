package gitclone

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// MaxFile is the size of the largest file that File reads, in bytes.
const MaxFile = 1 << 20

// Files are the paths of the regular files of a commit below a folder, "" for
// all.
func (r *Repository) Files(ctx context.Context, commit, folder string) ([]string, error) {
	args := []string{"ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit}
	if folder != "" {
		args = append(args, "--", strings.TrimSuffix(folder, "/")+"/")
	}
	out, err := r.git.run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	var paths []string
	for entry := range strings.SplitSeq(string(out), "\x00") {
		mode, path, ok := strings.Cut(entry, "\t")
		if ok && (strings.HasPrefix(mode, "100644 ") || strings.HasPrefix(mode, "100755 ")) {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// File is the content of a file at a commit.
func (r *Repository) File(ctx context.Context, commit, path string) ([]byte, error) {
	out, err := r.git.run(ctx, nil, "cat-file", "blob", commit+":"+path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(out) > MaxFile {
		return nil, fmt.Errorf("%s: more than %d bytes", path, MaxFile)
	}
	return out, nil
}

// Added is the commit that first brought a path to the default branch, and the
// date that it gives itself; nothing where none did.
func (r *Repository) Added(ctx context.Context, path string) (commit string, at time.Time, err error) {
	out, err := r.git.run(ctx, nil, "log", "--no-renames", "--diff-filter=A", "--format=%H %cI", "HEAD", "--", path)
	if err != nil {
		return "", time.Time{}, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	commit, date, _ := strings.Cut(lines[len(lines)-1], " ")
	return commit, parseTime(date), nil
}
