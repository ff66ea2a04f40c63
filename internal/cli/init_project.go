package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/workflow"
)

// adoptable is the folder that init works on. Nothing outside of it is read or
// written, whatever its links point to.
type adoptable struct {
	root      *os.Root
	workflows string // the folder of workflows, with forward slashes
	whole     bool   // it is a project, and not a folder of workflows
}

func openAdoptable(dir string) (*adoptable, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, usagef("%w", err)
	}
	p := &adoptable{root: root, workflows: "."}
	if info, err := root.Stat(".github/workflows"); err == nil && info.IsDir() {
		p.workflows, p.whole = ".github/workflows", true
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		root.Close()
		return nil, usagef("%s: %w", shown(filepath.Join(dir, ".github", "workflows")), err)
	}
	return p, nil
}

// read reads a file up to the limit for workflows, and a byte more. A link is
// fs.ErrInvalid: what it points to is not what would be written.
func (p *adoptable) read(name string) ([]byte, error) {
	if info, err := p.root.Lstat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file: %w", shown(name), fs.ErrInvalid)
	}
	f, err := p.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, workflow.MaxSize+1))
}

// files are the names of the workflows, and of the actions of the project.
func (p *adoptable) files() (workflows, actions []string, err error) {
	entries, err := fs.ReadDir(p.root.FS(), p.workflows)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.Type().IsRegular() && (ext == ".yml" || ext == ".yaml") {
			workflows = append(workflows, path.Join(p.workflows, e.Name()))
		}
	}
	if !p.whole {
		return workflows, nil, nil
	}
	for _, folder := range []string{"actions", ".github/actions"} {
		err := fs.WalkDir(p.root.FS(), folder, func(name string, e fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case e.IsDir() && e.Name() == "node_modules":
				return fs.SkipDir
			case e.Type().IsRegular() && (e.Name() == "action.yml" || e.Name() == "action.yaml"):
				actions = append(actions, name)
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return workflows, actions, nil
}

// goreleaser is the name of the project's configuration of goreleaser and what is
// in it, "" where there is none.
func (p *adoptable) goreleaser() (name string, data []byte, err error) {
	if !p.whole {
		return "", nil, nil
	}
	for _, name := range []string{".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml"} {
		data, err := p.read(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			continue
		}
		return name, data, err
	}
	return "", nil, nil
}

// write puts a file in the place of another, whole or not at all.
func (p *adoptable) write(name string, data []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := p.root.Lstat(name); err == nil {
		mode = info.Mode().Perm()
	}
	if err := p.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temp := name + ".hallmark-init"
	f, err := p.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = p.root.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, p.root.Remove(temp))
	}
	return nil
}

// parse reads all workflows, tells them of each other, and leaves out those that
// are none: their errors are told.
func (p *adoptable) parse(config *workflow.Goreleaser) (all []*workflow.Workflow, texts map[string][]byte, wrong []error, err error) {
	names, actions, err := p.files()
	if err != nil {
		return nil, nil, nil, err
	}
	texts = make(map[string][]byte)
	for _, name := range slices.Concat(names, actions) {
		data, err := p.read(name)
		if err != nil {
			return nil, nil, nil, err
		}
		parse := workflow.Parse
		if strings.TrimSuffix(path.Base(name), path.Ext(name)) == "action" && slices.Contains(actions, name) {
			parse = workflow.ParseAction
		}
		w, err := parse(name, data)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		w.Goreleaser = config
		texts[name] = data
		all = append(all, w)
	}
	workflow.Link("", all)
	return all, texts, wrong, nil
}
