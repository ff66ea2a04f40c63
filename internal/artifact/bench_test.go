package artifact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The benchmarks read from the page cache, as a job does that has just built
// its files. Where openssl is installed they say how many times as long as it
// the same bytes took: x-openssl below 1 is faster.

func BenchmarkOneFile(b *testing.B) {
	for _, mib := range []int{64, 2048} {
		b.Run(fmt.Sprintf("MiB=%d", mib), func(b *testing.B) {
			tree(b)
			write(b, "file", mib<<20)
			collect(b, "file", int64(mib)<<20, Options{}, "openssl dgst -sha256 file")
		})
	}
}

func BenchmarkTwoAlgorithms(b *testing.B) {
	tree(b)
	write(b, "file", 64<<20)
	collect(b, "file", 64<<20, Options{Algorithms: []string{"sha256", "sha512"}}, "openssl dgst -sha256 file; openssl dgst -sha512 file")
}

func BenchmarkFolder(b *testing.B) {
	for _, files := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			tree(b)
			for i := range files {
				write(b, fmt.Sprintf("dist/%d/%d", i%100, i), 100<<10)
			}
			material := func(string, []byte) string { return "" }
			collect(b, "dist", int64(files)*100<<10, Options{Material: material},
				fmt.Sprintf("find dist -type f -print0 | xargs -0 -P %d openssl dgst -sha256", runtime.NumCPU()))
		})
	}
}

func BenchmarkParseChecksums(b *testing.B) {
	text := strings.Repeat(hex64+"  some/folder/widget_linux_amd64.tar.gz\n", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := parseChecksums(strings.NewReader(text), 1000); err != nil {
			b.Fatal(err)
		}
	}
}

// collect compares the best of its own runs with the best of the peer's: on a
// machine that others use too, the rest measures them.
func collect(b *testing.B, arg string, bytes int64, o Options, peer string) {
	b.SetBytes(bytes)
	b.ReportAllocs()
	ours, theirs := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		if _, err := Collect(b.Context(), []string{arg}, o); err != nil {
			b.Fatal(err)
		}
		ours = min(ours, time.Since(start))
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		return
	}
	for range 3 {
		start := time.Now()
		if out, err := exec.CommandContext(b.Context(), "sh", "-c", peer+" >/dev/null").CombinedOutput(); err != nil {
			b.Fatalf("%s: %v: %s", peer, err, out)
		}
		theirs = min(theirs, time.Since(start))
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-openssl")
}

// write makes a file that no file system stores as a hole.
func write(b *testing.B, path string, size int) {
	b.Helper()
	block := make([]byte, min(size, 1<<20))
	rand.NewChaCha8([32]byte{}).Read(block)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	for ; size > 0; size -= len(block) {
		if _, err := file.Write(block[:min(size, len(block))]); err != nil {
			b.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}
