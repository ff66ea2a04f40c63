//go:build unix

package artifact

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSpecialFilesNamed(t *testing.T) {
	tree(t, "file")
	must(t, syscall.Mkfifo("pipe", 0o600))
	must(t, os.Symlink("pipe", "to-pipe"))
	must(t, os.Symlink("nothing", "to-nothing"))
	socket, err := net.Listen("unix", "socket")
	must(t, err)
	defer socket.Close()
	for arg, want := range map[string]string{
		"pipe":       "pipe: named pipe, not a regular file",
		"to-pipe":    "to-pipe: named pipe, not a regular file",
		"to-nothing": "to-nothing: no such file",
		"socket":     "socket: socket, not a regular file",
		"/dev/null":  "/dev/null: device, not a regular file",
		"p*":         "matches no regular file",
	} {
		t.Run(strings.ReplaceAll(arg, "/", "_"), func(t *testing.T) {
			_, err := Collect(t.Context(), []string{arg}, Options{})
			wantUsage(t, err, want)
		})
	}
	_, err = Collect(t.Context(), nil, Options{Checksums: []string{"pipe"}})
	wantUsage(t, err, "named pipe, not a regular file")
}

func TestSpecialFilesInFolder(t *testing.T) {
	dir := tree(t, "dist/file", "dist/sub/other")
	must(t, syscall.Mkfifo("dist/pipe", 0o600))
	must(t, os.Symlink("file", "dist/link"))
	must(t, os.Symlink("sub", "dist/folder-link"))
	must(t, os.Symlink(filepath.Join(dir, "dist", "file"), "dist/rooted-link"))
	must(t, os.Symlink("nothing", "dist/broken"))
	must(t, os.Symlink("loop", "dist/loop"))
	must(t, os.Symlink("dist", "alias"))
	want := []string{
		has("found", "file", "dist/file", "alias/file"),
		has("found", "sub/other", "dist/sub/other", "alias/sub/other"),
		"left out broken: symbolic link to nothing",
		"left out folder-link: symbolic link",
		"left out link: symbolic link",
		"left out loop: symbolic link to nothing",
		"left out pipe: named pipe",
		"left out rooted-link: symbolic link",
	}
	for _, arg := range []string{"alias", "alias/**"} {
		set, err := Collect(t.Context(), []string{arg}, Options{})
		must(t, err)
		if diff := cmp.Diff(want, lines(set)); diff != "" {
			t.Errorf("%s: %s", arg, diff)
		}
	}
}

func TestLinkNamedItself(t *testing.T) {
	tree(t, "dist/file", "elsewhere/real=content")
	must(t, os.Symlink("../elsewhere/real", "dist/link"))
	set, err := Collect(t.Context(), []string{"dist/link"}, Options{})
	must(t, err)
	if diff := cmp.Diff([]string{has("named", "link", "content", "dist/link")}, lines(set)); diff != "" {
		t.Error(diff)
	}
}

func TestLinkLeavesFolder(t *testing.T) {
	for name, link := range map[string]string{
		"to a file beside":   "../secret",
		"to a folder beside": "..",
		"by way of the root": "/etc",
		"to a like name":     "../dist-2/file",
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, "dist/sub/file", "secret", "dist-2/file")
			must(t, os.Symlink(link, "dist/link"))
			for _, arg := range []string{"dist", "dist/*", "dist/**"} {
				_, err := Collect(t.Context(), []string{arg}, Options{})
				wantUsage(t, err, "dist/link: symbolic link that leaves the folder")
			}
			// Where the link is not asked for, it does no harm.
			_, err := Collect(t.Context(), []string{"dist/s*/*"}, Options{})
			must(t, err)
		})
	}
}

func TestOnlyLeftOut(t *testing.T) {
	tree(t, "dist/sub/file")
	must(t, os.Symlink("sub", "dist/link"))
	must(t, os.Remove("dist/sub/file"))
	_, err := Collect(t.Context(), []string{"dist"}, Options{})
	wantUsage(t, err, "all 1 files were left out, such as link: symbolic link")
}

func TestStrangeNames(t *testing.T) {
	names := []string{"new\nline", "back\\slash", "esc\x1b[2J", "::error::", "bidi\u202e", " space ", "-rf", "%0A"}
	var files []string
	for _, name := range names {
		files = append(files, "dist/"+name+"=x")
	}
	tree(t, files...)
	set, err := Collect(t.Context(), []string{"dist"}, Options{})
	must(t, err)
	var got []string
	for _, a := range set.Artifacts {
		got = append(got, a.Name)
	}
	want := union(names, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	must(t, os.WriteFile("dist/\xff", nil, 0o644))
	for _, arg := range []string{"dist", "dist/\xff"} {
		_, err = Collect(t.Context(), []string{arg}, Options{})
		wantUsage(t, err, `name "\xff": not valid UTF-8`)
	}
}

func TestUnreadable(t *testing.T) {
	tree(t, "dist/file")
	must(t, os.Chmod("dist/file", 0))
	path := "dist"
	if os.Getuid() == 0 {
		path = "/proc/self/mem" // root may read everything else
	}
	_, err := Collect(t.Context(), []string{path}, Options{})
	if _, isUsage := errors.AsType[*UsageError](err); err == nil || isUsage {
		t.Errorf("want a failure to read, got %v", err)
	}
}

// A file that takes the place of the one that was listed is not read, and a
// pipe there is not waited for.
func TestReplacedBeforeOpening(t *testing.T) {
	for name, replace := range map[string]func() error{
		"by a pipe":   func() error { return syscall.Mkfifo("file", 0o600) },
		"by a link":   func() error { return os.Symlink("other", "file") },
		"by a file":   func() error { return os.Rename("other", "file") },
		"by a folder": func() error { return os.Mkdir("file", 0o700) },
		"by nothing":  func() error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, "file", "other")
			info, err := os.Stat("file")
			must(t, err)
			must(t, os.Remove("file"))
			must(t, replace())
			file, err := open("file", info)
			if !errors.Is(err, ErrChanged) {
				t.Errorf("want ErrChanged, got %v", err)
			}
			if file != nil {
				t.Error("the file is open")
			}
		})
	}
}
