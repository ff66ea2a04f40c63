package workflow

import "mvdan.cc/sh/v3/syntax"

// maxCalls bounds functions that call functions.
const maxCalls = 16

// call follows a simple command.
func (f *flow) call(c *syntax.CallExpr, in state) outcome {
	if len(c.Args) == 0 { // x=$(command) ends as the last of its commands does
		out := outcome{in, unreachable, unreachable}
		for _, a := range c.Assigns {
			if o, any := f.substitutions(out.ok, a.Value); any {
				out = outcome{o.ok, min(o.bad, o.ignored), unreachable}
			}
		}
		return out
	}
	for _, a := range c.Assigns {
		f.substitutions(in, a.Value)
	}
	f.substitutions(in, c.Args...)
	command := f.script.calls[c]
	if len(command.Words) == 0 {
		return outcome{in, in, unreachable}
	}
	switch name := command.Words[0]; name {
	case "true", ":", "echo", "printf", "export", "cd", "pushd", "popd", "mkdir", "unset", "shopt", "trap":
		return outcome{in, unreachable, unreachable} // nobody minds how these end
	case "false":
		return outcome{unreachable, in, unreachable}
	case "exit":
		if len(command.Words) == 1 || command.Words[1] == "0" {
			f.exited = min(f.exited, in)
		}
		return outcome{unreachable, unreachable, unreachable}
	case "set":
		f.errexit, f.pipefail = setOptions(command.Words[1:], f.errexit, f.pipefail)
		return outcome{in, unreachable, unreachable}
	default:
		if body, ok := f.functions[name]; ok && f.depth < maxCalls {
			f.depth++
			defer func() { f.depth-- }()
			return f.statement(body, in)
		}
	}
	if command.nested != nil && command.nested.tree != nil {
		out := command.nested.follow(in, f.signs, f.reach)
		return outcome{out, in, unreachable}
	}
	f.reach(command, in)
	if f.signs(command) {
		return outcome{max(in, signed), in, unreachable}
	}
	return outcome{in, in, unreachable}
}

// substitutions follows the commands inside of words, and tells whether there
// are any. Bash does not hand set -e down to them.
func (f *flow) substitutions(in state, words ...*syntax.Word) (out outcome, any bool) {
	out = outcome{in, unreachable, unreachable}
	for _, word := range words {
		if word == nil {
			continue
		}
		syntax.Walk(word, func(n syntax.Node) bool {
			var list []*syntax.Stmt
			switch n := n.(type) {
			case *syntax.CmdSubst:
				list = n.Stmts
			case *syntax.ProcSubst:
				list = n.Stmts
			default:
				return true
			}
			errexit := f.errexit
			f.errexit = false
			out, any = f.subshell(list, in), true
			f.errexit = errexit
			return false
		})
	}
	return out, any
}
