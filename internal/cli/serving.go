package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// serves notes the files from which something was verified.
func (v *verification) serves(found material.Found) {
	if found.File == "" {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.served == nil {
		v.served = make(map[string]bool)
	}
	v.served[filepath.Clean(found.File)] = true
	if found.Certificate != "" {
		v.served[filepath.Clean(found.Certificate)] = true
	}
}

// leaveOutServing takes off the targets those files, named themselves, that turn
// out to be what verifies other targets: a shell makes of dist/* the bundles too.
// One from which nothing here was verified is a target like any other, whatever
// it looks like.
func (v *verification) leaveOutServing(artifacts []*artifact.Artifact, results []report.Result) (left []report.Result, out []report.LeftOut) {
	for i, r := range results {
		a := artifacts[i]
		kind := ""
		if r.Verdict == nil && v.served[a.Path] {
			kind = recognise(a)
		}
		if kind == "" {
			left = append(left, r)
			continue
		}
		out = append(out, report.LeftOut{Name: a.Name, Reason: kind})
	}
	return left, out
}

// recognise says what verification material the file of an artifact wholly is, if
// it still has the bytes that were hashed, or "".
func recognise(a *artifact.Artifact) string {
	if a.Path == "" || a.Size > material.MaxFile {
		return ""
	}
	file, err := os.Open(a.Path)
	if err != nil {
		return ""
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, material.MaxFile+1))
	sum := sha256.Sum256(content)
	if err != nil || a.GetDigest()["sha256"] != hex.EncodeToString(sum[:]) {
		return ""
	}
	return material.Recognise(a.Path, content)
}

// besideTheTarget explains to whoever names a bundle as a target what it is.
func besideTheTarget(a *artifact.Artifact, r *verify.Rejection) {
	if !a.Explicit {
		return
	}
	if kind := recognise(a); kind != "" {
		r.Got = "a " + kind + " itself, by which nothing here was verified"
		r.Hint = "name the file that it is about, or the folder of both"
	}
}
