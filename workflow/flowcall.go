package workflow

import "mvdan.cc/sh/v3/syntax"

// maxCalls bounds functions that call functions.
const maxCalls = 16

// call follows a simple command.
func (f *flow) call(c *syntax.CallExpr, in state) outcome {
	if len(c.Args) == 0 { // x=$(command) ends as its last command does
		out := outcome{in, unreachable, unreachable}
		for _, a := range c.Assigns {
			if a.Value != nil {
				o := f.expand(out.ok, a.Value)
				out = outcome{o.ok, min(out.bad, o.bad), unreachable}
			}
		}
		return out
	}
	for _, a := range c.Assigns {
		in = f.substitutions(in, a.Value)
	}
	in = f.substitutions(in, c.Args...)
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
	if command.nested != nil {
		failed := in
		out := command.nested.follow(in, func(c *Command, in state) (state, state) {
			ok, bad := f.effect(c, in)
			failed = min(failed, bad)
			return ok, bad
		})
		return outcome{out, failed, unreachable}
	}
	ok, bad := f.effect(command, in)
	return outcome{ok, bad, unreachable}
}

// substitutions is the state behind the words' commands, however they end: what
// is expanded for an argument fails unnoticed.
func (f *flow) substitutions(in state, words ...*syntax.Word) state {
	for _, word := range words {
		if word != nil {
			in = f.expand(in, word).any()
		}
	}
	return in
}

// expand follows the commands inside of a word. Bash does not hand set -e down
// to them.
func (f *flow) expand(in state, word *syntax.Word) outcome {
	out := outcome{in, unreachable, unreachable}
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
		out = f.subshell(list, out.any())
		f.errexit = errexit
		return false
	})
	return out
}
