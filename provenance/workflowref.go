package provenance

import (
	"fmt"
	"strings"
)

// WorkflowRef is a workflow file at a git ref, taken apart.
type WorkflowRef struct {
	Path string // .github/workflows/release.yml
	Ref  string // refs/tags/v1.0.0
}

const workflowFolder = ".github/workflows/"

// ParseWorkflowRef takes OWNER/REPO/PATH@REF apart, for the repository named.
// Both halves may hold an '@' (a tag "release@2", a file "a@b.yml"): the path
// ends with the file's extension, and it is a file directly in the workflows
// folder, so it holds no further slash.
func ParseWorkflowRef(repository, workflowRef string) (WorkflowRef, error) {
	rest, ok := strings.CutPrefix(workflowRef, repository+"/")
	if !ok || repository == "" {
		return WorkflowRef{}, fmt.Errorf("%q is not a workflow of repository %q", workflowRef, repository)
	}
	file, ok := strings.CutPrefix(rest, workflowFolder)
	if !ok {
		return WorkflowRef{}, fmt.Errorf("%q is not in %s", workflowRef, workflowFolder)
	}
	for from := 0; ; {
		at := strings.IndexByte(file[from:], '@')
		if at < 0 {
			break
		}
		name, ref := file[:from+at], file[from+at+1:]
		if strings.ContainsRune(name, '/') {
			break
		}
		if isWorkflowFile(name) && strings.HasPrefix(ref, "refs/") {
			return WorkflowRef{Path: workflowFolder + name, Ref: ref}, nil
		}
		from += at + 1
	}
	return WorkflowRef{}, fmt.Errorf("%q does not read as PATH.yml@refs/NAME", workflowRef)
}

func isWorkflowFile(name string) bool {
	for _, extension := range []string{".yml", ".yaml"} {
		if strings.HasSuffix(name, extension) && len(name) > len(extension) {
			return true
		}
	}
	return false
}
