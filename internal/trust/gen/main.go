// Command gen writes the trust material that internal/trust embeds, out of the
// npm package @sigstore/tuf, whose seeds.json holds the TUF root of the public
// Sigstore instance and the targets that it led to at the package's release.
//
// It fetches the package with the ordinary npm client and accepts only the
// release whose integrity value is pinned below. To move to a newer one, change
// the pin, run go generate, and review the difference; the package's test then
// wants the new digests too.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	pkg       = "@sigstore/tuf"
	version   = "4.0.2"
	integrity = "sha512-TCAzTy0xzdP79EnxSjq9KQ3eaR7+FmudLC6eRKknVKZbV7ZNlGLClAAQb/HMNJ5n2OBNk2GT1tEmU0xuPr+SLQ=="
	mirror    = "https://tuf-repo-cdn.sigstore.dev"
)

// files maps a target's name to the file that holds it.
var files = map[string]string{
	"trusted_root.json":              "trusted_root.json",
	"registry.npmjs.org%2Fkeys.json": "npm_keys.json",
}

func main() {
	if err := run("embedded"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	published, err := npm("view", pkg+"@"+version, "time", "--json")
	if err != nil {
		return err
	}
	var times map[string]string
	if err := json.Unmarshal(published, &times); err != nil {
		return err
	}
	date, _, _ := strings.Cut(times[version], "T")

	seeds, err := fetchSeeds()
	if err != nil {
		return err
	}
	var repositories map[string]struct {
		Root    []byte            `json:"root.json"` // base64 in the file
		Targets map[string][]byte `json:"targets"`
	}
	if err := json.Unmarshal(seeds, &repositories); err != nil {
		return err
	}
	seed, ok := repositories[mirror]
	if !ok {
		return fmt.Errorf("seeds.json does not hold %s", mirror)
	}
	source, err := json.MarshalIndent(map[string]string{
		"package": pkg, "version": version, "integrity": integrity, "published": date, "mirror": mirror,
	}, "", "  ")
	if err != nil {
		return err
	}
	out := map[string][]byte{"root.json": seed.Root, "source.json": append(source, '\n')}
	for target, name := range files {
		out[name] = seed.Targets[target]
	}
	for name, data := range out {
		if len(data) == 0 {
			return fmt.Errorf("seeds.json lacks what becomes %s", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fetchSeeds downloads the package and takes seeds.json out of it.
func fetchSeeds() ([]byte, error) {
	dir, err := os.MkdirTemp("", "seeds")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := npm("pack", pkg+"@"+version, "--pack-destination", dir); err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(names) != 1 {
		return nil, fmt.Errorf("npm pack left %d packages", len(names))
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(data)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return nil, fmt.Errorf("%s@%s has integrity %s, want %s", pkg, version, got, integrity)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the package holds no seeds.json")
		}
		if err != nil {
			return nil, err
		}
		if header.Name == "package/seeds.json" {
			return io.ReadAll(archive)
		}
	}
}

func npm(args ...string) ([]byte, error) {
	cmd := exec.Command("npm", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("npm %s: %w", args[0], err)
	}
	return out, nil
}
