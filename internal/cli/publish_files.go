package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
)

// publishFile is a file of the release, and what is to be done about it.
type publishFile struct {
	*artifact.Artifact
	does  report.FileAction
	stale *forge.Asset // what has to make room for it, or nil
}

// What GitHub takes of a release.
// https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases#storage-and-bandwidth-quotas
const (
	maxReleaseFiles = 1000
	maxReleaseFile  = 2 << 30 // bytes, and a file must have fewer
)

// filesToPublish are the files that the command line names: a folder stands for
// all that it holds, and a file for itself and the bundles beside it.
func (env *Env) filesToPublish(ctx context.Context, c *cli.Context) ([]*publishFile, error) {
	words := c.Args().Tail()
	if len(words) == 0 {
		return nil, nil
	}
	paths, err := allFiles(words)
	if err != nil {
		return nil, err
	}
	set, err := env.collectWords(ctx, c, paths, artifact.Options{})
	if err != nil {
		return nil, err
	}
	if beside := besides(set); len(beside) > 0 {
		if set, err = env.collectWords(ctx, c, append(paths, beside...), artifact.Options{}); err != nil {
			return nil, err
		}
	}
	set.Artifacts = slices.DeleteFunc(set.Artifacts, func(a *artifact.Artifact) bool {
		return a.Path != "" && isTemporary(filepath.Base(a.Path)) && !slices.Contains(words, a.Path) // of a glob
	})
	if len(set.Artifacts) == 0 {
		return nil, usagef("no file in what is named")
	}
	files := make([]*publishFile, len(set.Artifacts))
	for i, a := range set.Artifacts {
		if err := mayBeAsset(a); err != nil {
			return nil, err
		}
		files[i] = &publishFile{Artifact: a}
	}
	if len(files) > maxReleaseFiles {
		return nil, usagef("%d files, and a release holds at most %d", len(files), maxReleaseFiles)
	}
	return files, nil
}

// allFiles puts in a folder's place every regular file in it. Bundles and
// checksum files are no artifacts, but they are released.
func allFiles(words []string) ([]string, error) {
	var paths []string
	for _, word := range words {
		info, err := os.Stat(word)
		if err != nil || !info.IsDir() {
			paths = append(paths, word)
			continue
		}
		err = filepath.WalkDir(word, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() && !isTemporary(entry.Name()) {
				paths = append(paths, path)
			}
			if len(paths) > maxReleaseFiles {
				return usagef("%s: more than %d files, and a release holds no more", shown(word), maxReleaseFiles)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(paths) == 0 {
		return nil, usagef("no file in what is named")
	}
	return paths, nil
}

// besides are the bundles beside files that are not named themselves.
func besides(set *artifact.Set) []string {
	var paths []string
	for _, a := range set.Artifacts {
		if a.Path == "" {
			continue
		}
		for _, path := range material.Beside(a.Path) {
			if !slices.ContainsFunc(set.Artifacts, func(b *artifact.Artifact) bool { return b.Path == path }) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// mayBeAsset refuses what GitHub would not take as it is.
func mayBeAsset(a *artifact.Artifact) error {
	switch {
	case a.Path == "":
		return withHint(usagef("%s: known by its digest alone, and a release needs the file", shown(a.Name)), "name the file")
	case a.Size >= maxReleaseFile:
		return usagef("%s: %d bytes, and GitHub takes less than %d", shown(a.Name), a.Size, int64(maxReleaseFile))
	case !keptName.MatchString(a.Name) || strings.Contains(a.Name, "..") || strings.HasSuffix(a.Name, "."):
		return withHint(usagef("%s: GitHub would give the file another name, and nobody could verify it under this one", shown(a.Name)),
			"names that stay have letters, digits and - _ + . @, with no dot at the ends and no two together")
	}
	return nil
}

// keptName are the names that GitHub leaves alone. It documents that it changes
// some, not which; these are what it has been seen to keep. A name that it
// changes all the same is found out when the file is there.
// https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
// https://github.com/softprops/action-gh-release/issues/159
// https://github.com/travis-ci/dpl/issues/821
var keptName = regexp.MustCompile(`\A[A-Za-z0-9_+@-][A-Za-z0-9_+@.-]*\z`)
