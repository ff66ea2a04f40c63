package cli

import (
	"os/exec"
	"testing"
	"time"
)

// BenchmarkVerifyLarge verifies 2 GiB as a process. x-openssl is how many times
// as long it took as openssl took to hash the same file, 1 and less is as good.
func BenchmarkVerifyLarge(b *testing.B) {
	binary, l := mustBuild(b), mustLarge(b, 2<<30)
	argv := append([]string{binary}, l.verify()...)
	var ours, theirs time.Duration
	for b.Loop() {
		ours += took(b, argv...)
		b.StopTimer()
		if _, err := exec.LookPath("openssl"); err == nil {
			theirs += took(b, "openssl", "dgst", "-sha256", l.file)
		}
		b.StartTimer()
	}
	b.SetBytes(2 << 30)
	if theirs > 0 {
		b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-openssl")
	}
	b.ReportMetric(float64(peakRSS(b, argv...))/1e6, "peak-MB")
}

// BenchmarkStart is what every run of the program costs before it does anything.
func BenchmarkStart(b *testing.B) {
	binary := mustBuild(b)
	var cpu time.Duration
	for b.Loop() {
		version := exec.Command(binary, "version")
		if err := version.Run(); err != nil {
			b.Fatal(err)
		}
		cpu += version.ProcessState.UserTime() + version.ProcessState.SystemTime()
	}
	b.ReportMetric(cpu.Seconds()*1000/float64(b.N), "cpu-ms/op")
}

func took(b *testing.B, argv ...string) time.Duration {
	b.Helper()
	start := time.Now()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", argv[0], err, out)
	}
	return time.Since(start)
}
