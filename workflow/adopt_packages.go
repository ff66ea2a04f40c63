package workflow

import (
	"path"
	"slices"
	"strings"
)

// planPackages attests what goes to a registry of packages before it goes there,
// and stores the attestation at GitHub: such a registry has no place for it.
func (a *adoption) planPackages() error {
	done := make(map[*Step]bool)
	for _, p := range a.open {
		if p.Kind == GitHubRelease || p.Kind == Container || done[p.Step] {
			continue
		}
		done[p.Step] = true
		if p.Job.Matrix {
			return a.notUnderstood(p.Pos, "%s publishes in each leg of a matrix", p.Tool)
		}
		pack, files, err := a.packages(p)
		if err != nil {
			return err
		}
		b, err := a.step(p.Step)
		if err != nil {
			return err
		}
		if pack != "" {
			condition, err := a.condition(p.Step)
			if err != nil {
				return err
			}
			lines := []string{"run: " + pack}
			if folder := a.ownFolder(p); folder != "" {
				lines = append(lines, "working-directory: "+folder)
			}
			if condition != "" {
				lines = append(lines, condition)
			}
			if err := a.addStep(b.first, p.Step, lines...); err != nil {
				return err
			}
			a.advise(p.Pos, "%s packs once more: what is attested is what users get only if packing twice gives the same bytes", p.Tool)
		}
		for i, file := range files {
			files[i] = strings.TrimPrefix(file, "./")
		}
		lines, err := a.action(p.Step, "Attest the package", "artifacts", files)
		if err != nil {
			return err
		}
		lines = append(lines, "  publish: none", "  signatures: none", `  store-at-github: "true"`)
		if err := a.addStep(b.first, p.Step, lines...); err != nil {
			return err
		}
		a.need(p.Job, "id-token", "attestations")
		a.change.Level = max(a.change.Level, 2)
		a.adviseLevel(p)
	}
	return nil
}

// packages are the files that a publication sends and, where it packs them itself,
// the command that packs them before.
func (a *adoption) packages(p *Publication) (pack string, files []string, err error) {
	folder, err := a.folder(p)
	if err != nil {
		return "", nil, err
	}
	if folder != "" {
		folder += "/"
	}
	switch p.Kind {
	case NPM:
		if p.command == nil || has(p.command.Words, "-r", "--recursive", "--workspaces", "-w") ||
			!has(p.command.Words[:1], "npm", "pnpm", "yarn") {
			return "", nil, a.notUnderstood(p.Pos, "which packages %s publishes is not to be seen; npm signs what it publishes with --provenance", p.Tool)
		}
		if given := positionals(p.command.Words[2:], "--access --tag --registry --otp"); len(given) > 0 && strings.HasSuffix(given[0], ".tgz") {
			files, err = a.expand(p, given[0])
			return "", files, err
		} else if len(given) > 0 {
			return "", nil, a.notUnderstood(p.Pos, "which package %s publishes is not to be seen; npm signs what it publishes with --provenance", p.Tool)
		}
		return "npm pack", []string{folder + "*.tgz"}, nil
	case PyPI:
		if p.Step.Uses.Given() {
			dist := p.Step.Input("packages-dir") + p.Step.Input("packages_dir")
			if dist == "" {
				dist = "dist"
			}
			return "", []string{strings.TrimSuffix(strings.TrimPrefix(dist, "./"), "/") + "/*"}, nil
		}
		if p.command.Words[0] != "twine" {
			return "", []string{folder + "dist/*"}, nil
		}
		for _, word := range positionals(p.command.Words[2:], "-r --repository --repository-url -u --username -p --password -c --comment --config-file --cert -i --identity") {
			expanded, err := a.expand(p, word)
			if err != nil {
				return "", nil, err
			}
			for _, file := range expanded {
				files = append(files, folder+strings.TrimPrefix(file, "./"))
			}
		}
	case Crates:
		if p.Tool != "cargo publish" || has(p.command.Words, "--workspace", "-p", "--package", "--manifest-path") {
			return "", nil, a.notUnderstood(p.Pos, "which crates %s publishes is not to be seen", p.Tool)
		}
		return "cargo package", []string{folder + "target/package/*.crate"}, nil
	case Maven:
		return a.jars(p, folder)
	case RubyGems, NuGet:
		for _, word := range p.command.words() {
			if strings.HasSuffix(word, ".gem") || strings.HasSuffix(word, ".nupkg") {
				expanded, err := a.expand(p, word)
				if err != nil {
					return "", nil, err
				}
				for _, file := range expanded {
					files = append(files, folder+strings.TrimPrefix(file, "./"))
				}
			}
		}
	}
	if len(files) == 0 {
		return "", nil, a.notUnderstood(p.Pos, "which files %s publishes is not to be seen", p.Tool)
	}
	return "", files, nil
}

func (c *Command) words() []string {
	if c == nil {
		return nil
	}
	return c.Words
}

// jars are what Maven or Gradle have built in a step before.
func (a *adoption) jars(p *Publication, folder string) (pack string, files []string, err error) {
	builds := func(s *Step) bool {
		return slices.ContainsFunc(s.Commands(), func(c *Command) bool {
			return has(c.Words[:1], "mvn", "mvnw") && has(c.Words, "package", "verify", "install") ||
				has(c.Words[:1], "gradle", "gradlew") && has(c.Words, "build", "assemble", "jar")
		})
	}
	maven := p.Tool == "mvn deploy"
	pattern := folder + "**/build/libs/*.jar"
	if maven {
		pattern = folder + "**/target/*.jar"
	}
	if p.Step.after(builds) {
		return "", []string{pattern}, nil
	}
	if p.command == nil {
		return "", nil, a.notUnderstood(p.Pos, "%s builds and publishes in one: build in a step before", p.Tool)
	}
	program := p.command.path
	if maven {
		return program + " --batch-mode package", []string{pattern}, nil
	}
	return program + " assemble", []string{pattern}, nil
}

// ownFolder is the folder of a script where that is not the one of all.
func (a *adoption) ownFolder(p *Publication) string {
	folder, err := a.folder(p)
	if err != nil || p.Step.Uses.Given() || folder == "" {
		return ""
	}
	common := member(mapping(mapping(a.node(p.Job, -1))["defaults"])["run"], "working-directory")
	if !common.Given() {
		common = member(mapping(mapping(a.root)["defaults"])["run"], "working-directory")
	}
	if path.Join(common.Value) == path.Join(folder) {
		return ""
	}
	return folder
}
