//go:build !linux

package sandboxtest

import (
	"errors"
	"syscall"
)

// The sandbox runs on Linux only; these let the package compile elsewhere.

func endWithParent() *syscall.SysProcAttr { return nil }

func lock(string) (unlock func(), err error) { return nil, errors.ErrUnsupported }
