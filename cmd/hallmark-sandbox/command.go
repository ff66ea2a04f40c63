package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Exit codes of the sandbox itself are those of env(1) and timeout(1), so that
// a command's own codes remain what they are.
const (
	exitSandbox     = 125 // the sandbox failed, the command may not have run
	exitNotRunnable = 126
	exitNotFound    = 127
)

// mercy is how long a command may take to end after it was told to.
const mercy = 10 * time.Second

// runCommand runs the command to its end, hands it the signals that the sandbox
// receives, and kills what it leaves behind in its process group. It returns
// the exit code, 128+n where signal n ended the command.
func runCommand(argv, env []string, signals <-chan os.Signal, failed <-chan struct{}) (int, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// On a terminal the command's group must own it, to read from it and to
	// receive its Ctrl-C; afterwards it is given back.
	terminal := int(os.Stdin.Fd())
	foreground := ownsTerminal(terminal)
	if foreground {
		defer reclaimTerminal(terminal)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:    true,
		Pdeathsig:  syscall.SIGKILL,
		Foreground: foreground,
		Ctty:       terminal,
	}
	if err := cmd.Start(); err != nil {
		switch {
		case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
			return exitNotFound, err
		default:
			return exitNotRunnable, err
		}
	}
	group := -cmd.Process.Pid
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	defer func() { _ = syscall.Kill(group, syscall.SIGKILL) }()

	var late <-chan time.Time
	for {
		select {
		case err := <-exited:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return exitSandbox, err
			}
			return exitCode(cmd.ProcessState), nil
		case s := <-signals:
			_ = syscall.Kill(group, s.(syscall.Signal))
			late = time.After(mercy)
		case <-late:
			_ = syscall.Kill(group, syscall.SIGKILL)
		case <-failed:
			_ = syscall.Kill(group, syscall.SIGKILL)
			<-exited
			return exitSandbox, fmt.Errorf("rekor ended, so %s was stopped", argv[0])
		}
	}
}

func exitCode(state *os.ProcessState) int {
	if status := state.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// ownsTerminal says whether fd is a terminal with this process in front.
func ownsTerminal(fd int) bool {
	front, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && front == unix.Getpgrp()
}

// reclaimTerminal puts this process's group in front again, which would stop a
// process in the background that did not ignore SIGTTOU.
func reclaimTerminal(fd int) {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	_ = unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, unix.Getpgrp())
}
