package forge

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/go-github/v82/github"
)

// File reads a file at a commit, tag or branch, of at most a megabyte: GitHub
// gives no more in this way.
func (c *Client) File(ctx context.Context, r Repository, name, ref string) ([]byte, error) {
	what := fmt.Sprintf("%s of %s at %s", name, r, ref)
	file, _, err := c.contents(ctx, what, r, name, ref)
	if err != nil {
		return nil, err
	}
	if file == nil || file.GetType() != "file" {
		return nil, strange(what, "it is no file")
	}
	if file.GetSize() > maxFile {
		return nil, fmt.Errorf("%s: %w", what, overLimit("bytes in a file", int64(file.GetSize()), maxFile))
	}
	content, err := file.GetContent()
	if err != nil {
		return nil, strange(what, "its content is not encoded as it says")
	}
	if len(content) != file.GetSize() {
		return nil, strange(what, fmt.Sprintf("%d bytes came of %d", len(content), file.GetSize()))
	}
	return []byte(content), nil
}

// Files lists the names of the files in a folder, sorted; those of its folders
// are left out. A folder that does not exist has none.
func (c *Client) Files(ctx context.Context, r Repository, folder, ref string) ([]string, error) {
	what := fmt.Sprintf("%s of %s at %s", folder, r, ref)
	file, entries, err := c.contents(ctx, what, r, folder, ref)
	switch {
	case isNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case file != nil:
		return nil, strange(what, "it is no folder")
	case len(entries) > maxItems:
		return nil, fmt.Errorf("%s: %w", what, overLimit("files in a folder", int64(len(entries)), maxItems))
	}
	var names []string
	for _, entry := range entries {
		if !isFileName(entry.GetName()) {
			return nil, strange(what, fmt.Sprintf("a file called %.300q", entry.GetName()))
		}
		if entry.GetType() == "file" {
			names = append(names, entry.GetName())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (c *Client) contents(ctx context.Context, what string, r Repository, name, ref string) (*github.RepositoryContent, []*github.RepositoryContent, error) {
	if err := errorsOf(r.check(), CheckTag(ref)); err != nil {
		return nil, nil, err
	}
	if name != path.Clean(name) || strings.HasPrefix(name, "/") || strings.Contains(name, "..") {
		return nil, nil, fmt.Errorf("%w of a file in a repository: %.300q", ErrName, name)
	}
	file, folder, _, err := c.calls().Repositories.GetContents(ctx, r.Owner, r.Name, name, &github.RepositoryContentGetOptions{Ref: ref})
	if err != nil {
		return nil, nil, failed(what, err)
	}
	return file, folder, nil
}
