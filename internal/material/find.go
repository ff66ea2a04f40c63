package material

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Endings under which signers put a bundle beside the artifact, in the order
// in which they are looked for: hallmark's and cosign's first.
var endings = []string{".sigstore.json", ".sigstore", ".bundle", ".cosign.bundle", ".intoto.jsonl"}

// Beside returns the files beside an artifact that are named after it. Many
// systems call a signature by the same name; one that Sigstore's tools cannot
// have made is none of ours, and no reason to refuse anything.
func Beside(artifact string) []string {
	var files []string
	for _, ending := range endings {
		if isFile(artifact + ending) {
			files = append(files, artifact+ending)
		}
	}
	if path := artifact + signatureEnding; isSignature(path) {
		files = append(files, path)
	}
	return files
}

func isSignature(path string) bool {
	text, err := readSmall(path, maxSignature)
	return err == nil && (parseSignature(text) != nil || isObject(text))
}

// InFolder returns the files of a folder that by custom hold bundles about
// several artifacts. Whether one is about an artifact is for its subjects to
// say, see Index.
func InFolder(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		if name == "attestation.json" || strings.HasSuffix(name, ".intoto.jsonl") || strings.HasSuffix(name, ".sigstore.json") {
			if path := filepath.Join(folder, name); isFile(path) {
				files = append(files, path)
			}
		}
	}
	slices.Sort(files)
	return files, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
