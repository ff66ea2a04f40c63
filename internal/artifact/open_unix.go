//go:build unix

package artifact

import (
	"os"
	"syscall"
)

// openFlags keep the opening of a named pipe from waiting for its other end.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK
