package artifact

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Every length around the borders of chunks must give the digests that the
// whole content gives.
func TestDigestOfEveryLength(t *testing.T) {
	content := make([]byte, 3*chunkSize+1)
	for i := range content {
		content[i] = byte(i * i >> 7)
	}
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 2*chunkSize - 1, 2 * chunkSize, 3 * chunkSize, 3*chunkSize + 1} {
		part := string(content[:size])
		tree(t, "dist/file="+part)
		for _, arg := range []string{"dist/file", "dist"} {
			set, err := Collect(t.Context(), []string{arg}, Options{
				Algorithms: []string{"sha256", "sha512"},
				Material:   func(string, []byte) string { return "" },
			})
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"sha256": sum256(part), "sha512": sum512(part)}
			if diff := cmp.Diff(want, set.Artifacts[0].Digest); diff != "" {
				t.Errorf("%s of %d bytes: %s", arg, size, diff)
			}
		}
	}
}

func TestChangedWhileHashed(t *testing.T) {
	for name, change := range map[string]struct {
		how func() error
		why string
	}{
		"it grows": {
			how: func() error {
				f, err := os.OpenFile("file", os.O_APPEND|os.O_WRONLY, 0)
				if err != nil {
					return err
				}
				defer f.Close()
				_, err = f.WriteString("more")
				return err
			},
			why: "it grew",
		},
		"it shrinks":  {func() error { return os.Truncate("file", chunkSize) }, "it shrank"},
		"it vanishes": {func() error { return os.Remove("file") }, "it was removed"},
		"it is replaced": {
			how: func() error { return os.Rename("other", "file") },
			why: "another file stands in its place",
		},
		"it is written over": {
			how: func() error {
				f, err := os.OpenFile("file", os.O_WRONLY, 0)
				if err != nil {
					return err
				}
				_, err = f.WriteAt([]byte("y"), 0)
				// A second is more than the coarsest file system rounds away.
				return errors.Join(err, f.Close(), os.Chtimes("file", time.Time{}, time.Unix(1_000_000_000, 0)))
			},
			why: "it has another modification time",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, "file="+strings.Repeat("x", 4*chunkSize), "other")
			var once sync.Once
			set, err := Collect(t.Context(), []string{"file"}, Options{Progress: func(int64) {
				once.Do(func() {
					if err := change.how(); err != nil {
						t.Error(err)
					}
				})
			}})
			if !errors.Is(err, ErrChanged) || !strings.HasPrefix(err.Error(), "file: ") || !strings.HasSuffix(err.Error(), change.why) {
				t.Errorf("want ErrChanged of the file, as %s; got %v", change.why, err)
			}
			if _, isUsage := errors.AsType[*UsageError](err); isUsage {
				t.Error("a change is not the operator's mistake")
			}
			if set != nil {
				t.Errorf("want no set, got %v", lines(set))
			}
		})
	}
}

func TestRehash(t *testing.T) {
	tree(t, "file=one")
	set, err := Collect(t.Context(), []string{"file", "y@sha256:" + sum256("y")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	file, y := set.Artifacts[0], set.Artifacts[1]
	if err := file.Rehash(t.Context(), "sha512"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sha256": sum256("one"), "sha512": sum512("one")}
	if diff := cmp.Diff(want, file.Digest); diff != "" {
		t.Error(diff)
	}
	wantUsage(t, y.Rehash(t.Context(), "sha512"), "y: known by its digest alone")
	wantUsage(t, file.Rehash(t.Context(), "sha1"), `digest algorithm "sha1"`)

	info, err := os.Stat("file")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("file", []byte("two"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes("file", time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := file.Rehash(t.Context(), "sha384"); !errors.Is(err, ErrChanged) {
		t.Errorf("want ErrChanged for other bytes of the same size and time, got %v", err)
	}
	if diff := cmp.Diff(want, file.Digest); diff != "" {
		t.Error(diff)
	}
}
