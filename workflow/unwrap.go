package workflow

import "strings"

// starters are commands whose arguments are the command that matters, with their
// flags that take a value of their own.
var starters = map[string]string{
	"sudo":     "-u -g -h -p -C -D -R -T --user --group",
	"env":      "-u -C -S --unset --chdir",
	"xargs":    "-a -d -E -I -L -n -P -s --max-args --max-procs --delimiter --replace",
	"time":     "-f -o",
	"timeout":  "-k -s --kill-after --signal",
	"nice":     "-n",
	"stdbuf":   "-i -o -e",
	"command":  "",
	"exec":     "-a",
	"nohup":    "",
	"npx":      "-p --package -c",
	"bunx":     "",
	"uvx":      "--from --with --python",
	"retry":    "-t -d -m -u --times --delay --max --until",
	"parallel": "-j --jobs",
}

// managers start a program with a word of their own: uv run twine.
var managers = map[string][]string{
	"uv":     {"run", "tool run"},
	"poetry": {"run"},
	"pipenv": {"run"},
	"pdm":    {"run"},
	"hatch":  {"run"},
	"pnpm":   {"exec", "dlx"},
	"yarn":   {"exec", "dlx"},
	"npm":    {"exec"},
	"pipx":   {"run"},
	"mise":   {"exec", "x"},
	"bundle": {"exec"},
}

// unwrap drops what only starts a command, and the folder from its name.
func unwrap(words []string) []string {
	for range 8 { // sudo env timeout xargs …: nobody nests them deeper
		if len(words) == 0 {
			return nil
		}
		words[0] = baseName(words[0])
		next := unwrapOnce(words)
		if next == nil {
			return words
		}
		words = next
	}
	return words
}

func unwrapOnce(words []string) []string {
	name := words[0]
	if withValue, ok := starters[name]; ok {
		rest := words[1:]
		duration := name == "timeout"
		for len(rest) > 0 {
			word := rest[0]
			switch {
			case word == "--":
				rest = rest[1:]
			case strings.HasPrefix(word, "-"):
				rest = rest[1:]
				if takesValue(withValue, word) && len(rest) > 0 {
					rest = rest[1:]
				}
				continue
			case name == "env" && strings.Contains(word, "="):
				rest = rest[1:]
				continue
			case name == "sudo" && strings.Contains(word, "=") && !strings.Contains(word, "/"):
				rest = rest[1:]
				continue
			case duration:
				duration, rest = false, rest[1:]
				continue
			}
			break
		}
		return rest
	}
	for _, word := range managers[name] {
		if begins(words[1:], strings.Fields(word)) {
			return words[1+len(strings.Fields(word)):]
		}
	}
	switch {
	case strings.HasPrefix(name, "python") && begins(words[1:], []string{"-m"}):
		return words[2:]
	case name == "find":
		for i, word := range words {
			if word == "-exec" || word == "-execdir" || word == "-ok" {
				return words[i+1:]
			}
		}
	}
	return nil
}

func takesValue(list, flag string) bool {
	for _, f := range strings.Fields(list) {
		if f == flag {
			return true
		}
	}
	return false
}

func begins(words, with []string) bool {
	if len(words) <= len(with) {
		return false
	}
	for i, word := range with {
		if words[i] != word {
			return false
		}
	}
	return true
}

// baseName drops the folder of a program, which may be an expansion.
func baseName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 && i+1 < len(name) && !strings.ContainsAny(name[i:], "$}") {
		name = name[i+1:]
	}
	return strings.TrimSuffix(name, ".exe")
}
