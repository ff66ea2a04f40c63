package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/workflow"
)

// findingsError says that the rules found what --fail-on names.
type findingsError struct{ severity string }

func (e *findingsError) Error() string { return "findings at or above " + e.severity }

// checkWorkflows holds the workflows of a project, and its composite actions, to
// the rules.
func checkWorkflows(env *Env, c *cli.Context, dir string) error {
	files, err := workflowFiles(dir)
	if err != nil {
		return err
	}
	config, err := goreleaserConfig(dir)
	if err != nil {
		return err
	}
	result := &report.Workflows{Version: env.Version}
	var read []workflow.File
	for _, file := range files {
		data, err := readWorkflow(file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(file)
		result.Files = append(result.Files, name)
		read = append(read, workflow.File{Path: name, Data: data})
	}
	result.Findings = workflow.Lint(read, config)
	if err := printWorkflows(env, c.String("format"), result); err != nil {
		return err
	}
	failOn := c.String("fail-on")
	if result.Count(workflow.Error) > 0 && failOn != "none" || result.Count(workflow.Warning) > 0 && failOn == "warning" {
		return alreadyReported(&findingsError{failOn})
	}
	return nil
}

func printWorkflows(env *Env, format string, result *report.Workflows) error {
	switch format {
	case "json":
		return result.JSON(env.Stdout)
	case "sarif":
		return result.SARIF(env.Stdout)
	}
	return result.Text(env.Stdout, env.textOptions())
}

// goreleaserConfig reads the configuration of the project that dir is, or whose
// workflows it holds; nil where there is none.
func goreleaserConfig(dir string) (*workflow.Goreleaser, error) {
	for _, root := range []string{dir, filepath.Join(dir, "..", "..")} {
		for _, name := range []string{".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml"} {
			path := filepath.Join(root, name)
			data, err := readWorkflow(path)
			if os.IsNotExist(err) || errors.Is(err, syscall.ENOTDIR) {
				continue
			}
			if err != nil {
				return nil, err
			}
			config, err := workflow.ParseGoreleaser(filepath.ToSlash(path), data)
			if err != nil {
				return nil, nil // goreleaser itself will refuse it
			}
			return config, nil
		}
	}
	return nil, nil
}

// readWorkflow reads a byte beyond the limit, by which the excess is seen.
func readWorkflow(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, workflow.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(path), err)
	}
	return data, nil
}

// workflowFiles are the workflows and the actions of a project, or what stands in
// a folder that is no project: both in the order of their names.
func workflowFiles(dir string) ([]string, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, usagef("%w", err)
	} else if !info.IsDir() {
		return []string{dir}, nil
	}
	folder := filepath.Join(dir, ".github", "workflows")
	if _, err := os.Stat(folder); err != nil {
		folder = dir
	}
	files, err := yamlFiles(folder)
	if err != nil {
		return nil, err
	}
	if folder != dir {
		for _, actions := range []string{dir, filepath.Join(dir, "actions"), filepath.Join(dir, ".github", "actions")} {
			found, err := actionFiles(actions, actions == dir)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
	}
	if len(files) == 0 {
		return nil, withHint(usagef("no workflows in %s", shown(dir)), "hallmark init --check DIR, where DIR holds .github/workflows or workflows")
	}
	slices.Sort(files)
	return files, nil
}

// yamlFiles are the regular files of a folder that GitHub would take for
// workflows.
func yamlFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, usagef("%w", err)
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); e.Type().IsRegular() && (ext == ".yml" || ext == ".yaml") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, nil
}

// actionFiles are the files named action.yml below a folder, or only in it.
func actionFiles(dir string, shallow bool) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case e.IsDir() && path != dir && (shallow || strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules"):
			return fs.SkipDir
		case e.Type().IsRegular() && (e.Name() == "action.yml" || e.Name() == "action.yaml"):
			files = append(files, path)
		}
		return nil
	})
	return files, err
}
