package workflow

// learn follows the script for what is asked of it later: in which state each
// command is reached, and of those that sign, whether the script can end well
// without them.
func (sc *script) learn() {
	at := make(map[*Command]state)
	sc.follow(unsigned, func(c *Command, in state) (ok, bad state) {
		if before, ok := at[c]; ok {
			in = min(before, in)
		}
		at[c] = in
		return signature(nil)(c, in)
	})
	for _, c := range sc.commands {
		c.reached = at[c] // unsigned, where it is not followed
		if commandSigns(c) != nil {
			c.needed = sc.follow(unsigned, signature(c)) != unsigned
			c.tolerated = sc.survives(c)
		}
	}
}

// before tells whether each way to c has passed sign.
func (sc *script) before(sign, c *Command) bool {
	if c.reached == unsigned { // by whatever signs
		return false
	}
	at := unreachable
	sc.follow(unsigned, func(reached *Command, in state) (ok, bad state) {
		if reached == c {
			at = min(at, in)
		}
		return signature(sign)(reached, in)
	})
	return at != unsigned
}

// signature is the effect of the command that signs or, without one, of each that
// can.
func signature(only *Command) effect {
	return func(c *Command, in state) (ok, bad state) {
		if c == only || only == nil && commandSigns(c) != nil {
			return max(in, signed), in
		}
		return in, in
	}
}

// survives tells whether the script can end well although the command failed. Here
// signed stands for a way on which it did not.
func (sc *script) survives(failing *Command) bool {
	return sc.follow(signed, func(c *Command, in state) (ok, bad state) {
		if c == failing && in != unreachable {
			return unreachable, unsigned
		}
		return in, in
	}) == unsigned
}
