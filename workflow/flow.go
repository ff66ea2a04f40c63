package workflow

import "mvdan.cc/sh/v3/syntax"

// state is what is known at a point of a script: whether each way to it made a
// signature.
type state int

const (
	unsigned state = iota
	signed
	unreachable // nothing gets here
)

// maxVisits bounds the commands that are followed, functions called in functions
// included. Beyond it nothing counts as signed.
const maxVisits = 20_000

// outcome is the state behind a command by how it ended: well; badly, so that
// set -e ends the script; or badly where set -e looks away.
type outcome struct{ ok, bad, ignored state }

// any is the state however it ended.
func (o outcome) any() state { return min(o.ok, o.bad, o.ignored) }

// effect says what a command makes of the state that it is reached in: where it
// ends well, and where badly.
type effect func(c *Command, in state) (ok, bad state)

// flow follows a script through all ways that it may take.
type flow struct {
	effect effect

	script            *script
	errexit, pipefail bool
	tested            int   // depth of conditions, in which set -e is off
	exited            state // where the script ended well, by exit
	functions         map[string]*syntax.Stmt
	depth, visits     int
}

// follow runs through sc in the state in. It returns the state in which the step
// has succeeded.
func (sc *script) follow(in state, e effect) state {
	if sc.tree == nil {
		return sc.followLines(in, e)
	}
	f := &flow{effect: e, script: sc, errexit: sc.errexit, pipefail: sc.pipefail,
		exited: unreachable, functions: make(map[string]*syntax.Stmt)}
	out := f.statements(sc.tree, in)
	if f.visits > maxVisits {
		return unsigned
	}
	return min(out.ok, f.exited)
}

// followLines is for shells that go on whatever fails: only the last command
// tells the step how it ended.
func (sc *script) followLines(in state, e effect) state {
	for _, c := range sc.commands {
		ok, bad := e(c, in)
		if in = min(ok, bad); c.last {
			in = ok
		}
	}
	return in
}

func (f *flow) statements(list []*syntax.Stmt, in state) outcome {
	out := outcome{in, unreachable, unreachable}
	for i, s := range list {
		o := f.statement(s, out.ok)
		switch {
		case i == len(list)-1:
			out = outcome{o.ok, min(out.bad, o.bad), o.ignored}
		case f.errexit && f.tested == 0:
			out = outcome{min(o.ok, o.ignored), min(out.bad, o.bad), unreachable}
		default:
			out = outcome{o.any(), out.bad, unreachable}
		}
	}
	return out
}

func (f *flow) statement(s *syntax.Stmt, in state) outcome {
	if f.visits++; f.visits > maxVisits {
		return outcome{unsigned, unsigned, unsigned}
	}
	for _, r := range s.Redirs {
		in = f.substitutions(in, r.Word, r.Hdoc)
	}
	if s.Negated {
		o := f.test(func() outcome { return f.command(s.Cmd, in) })
		return outcome{min(o.bad, o.ignored), unreachable, o.ok}
	}
	o := f.command(s.Cmd, in)
	if s.Background || s.Coprocess { // nobody looks how it ends
		return outcome{o.any(), unreachable, unreachable}
	}
	return o
}

// test follows a command whose failure decides something.
func (f *flow) test(run func() outcome) outcome {
	f.tested++
	defer func() { f.tested-- }()
	return run()
}

func (f *flow) command(c syntax.Command, in state) outcome {
	switch c := c.(type) {
	case *syntax.CallExpr:
		return f.call(c, in)
	case *syntax.BinaryCmd:
		return f.binary(c, in)
	case *syntax.Block:
		return f.statements(c.Stmts, in)
	case *syntax.Subshell:
		return f.subshell(c.Stmts, in)
	case *syntax.IfClause:
		return f.branch(c, in)
	case *syntax.WhileClause:
		o := f.test(func() outcome { return f.statements(c.Cond, in) })
		if c.Until {
			return f.statements(c.Do, min(o.bad, o.ignored))
		}
		return f.statements(c.Do, o.ok)
	case *syntax.ForClause: // over files that are there: none at all is the build's fault
		return f.statements(c.Do, in)
	case *syntax.CaseClause:
		return f.choice(c, in)
	case *syntax.FuncDecl:
		f.functions[c.Name.Value] = c.Body
	case *syntax.TimeClause:
		if c.Stmt != nil {
			return f.statement(c.Stmt, in)
		}
	case *syntax.DeclClause:
		for _, a := range c.Args {
			in = f.substitutions(in, a.Value)
		}
	case *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause:
		return outcome{in, in, in}
	}
	return outcome{in, unreachable, unreachable}
}

func (f *flow) binary(c *syntax.BinaryCmd, in state) outcome {
	switch c.Op {
	case syntax.AndStmt:
		x := f.test(func() outcome { return f.statement(c.X, in) })
		y := f.statement(c.Y, x.ok)
		return outcome{y.ok, y.bad, min(x.bad, x.ignored, y.ignored)}
	case syntax.OrStmt:
		x := f.test(func() outcome { return f.statement(c.X, in) })
		y := f.statement(c.Y, min(x.bad, x.ignored))
		return outcome{min(x.ok, y.ok), y.bad, y.ignored}
	}
	x := f.statement(c.X, in) // a pipe
	if !f.pipefail {
		return f.statement(c.Y, x.any())
	}
	y := f.statement(c.Y, x.ok)
	return outcome{y.ok, min(x.bad, x.ignored, y.bad, y.ignored), unreachable}
}

func (f *flow) subshell(list []*syntax.Stmt, in state) outcome {
	exited, errexit, pipefail := f.exited, f.errexit, f.pipefail
	f.exited = unreachable
	o := f.statements(list, in)
	o.ok = min(o.ok, f.exited)
	f.exited, f.errexit, f.pipefail = exited, errexit, pipefail
	return outcome{o.ok, min(o.bad, o.ignored), unreachable}
}

func (f *flow) branch(c *syntax.IfClause, in state) outcome {
	if len(c.Cond) == 0 { // else
		return f.statements(c.Then, in)
	}
	cond := f.test(func() outcome { return f.statements(c.Cond, in) })
	then := f.statements(c.Then, cond.ok)
	other := outcome{min(cond.bad, cond.ignored), unreachable, unreachable}
	if c.Else != nil {
		other = f.branch(c.Else, other.ok)
	}
	return outcome{min(then.ok, other.ok), min(then.bad, other.bad), min(then.ignored, other.ignored)}
}

func (f *flow) choice(c *syntax.CaseClause, in state) outcome {
	out := outcome{in, unreachable, unreachable}
	for _, item := range c.Items {
		if len(item.Patterns) == 1 && item.Patterns[0].Lit() == "*" {
			out.ok = unreachable // one of them matches
		}
	}
	for _, item := range c.Items {
		o := f.statements(item.Stmts, in)
		out = outcome{min(out.ok, o.ok), min(out.bad, o.bad), min(out.ignored, o.ignored)}
	}
	return out
}
