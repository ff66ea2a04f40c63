package cli

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/verify"
)

// handoverFlags are the inputs of a job that signs what another one has built.
func handoverFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "folder", Category: groupInput, Usage: "`FOLDER` of what another job built, with --hashes"},
		&cli.StringFlag{Name: "hashes", Category: groupInput, Usage: "`SUMS` of it, as that job's output gave them"},
		&cli.BoolFlag{Name: "signed", Category: groupInput, Usage: "there may be signatures beside it by now"},
	}
}

// handover is what one job built and another one signs. The files went by way of
// an artifact, which anybody in the run may have replaced; the digests came as an
// output of the job that built them, which only that job can set.
type handover struct {
	folder string
	sums   string
	want   map[string]string // sha256 by name
}

// handoverFromFlags reads the digests. Names are those of files, without folders,
// as the assets of a release are.
func handoverFromFlags(c *cli.Context) (*handover, error) {
	h := &handover{folder: c.String("folder"), sums: c.String("hashes"), want: map[string]string{}}
	if h.folder == "" && h.sums == "" {
		return nil, nil
	}
	if h.folder == "" || h.sums == "" {
		return nil, usagef("--folder and --hashes go together")
	}
	if len(h.sums) > maxInput {
		return nil, usagef("--hashes: more than %d bytes", maxInput)
	}
	h.sums = strings.TrimRight(h.sums, "\r\n") + "\n"
	set, err := artifact.Collect(c.Context, nil, artifact.Options{Checksums: []string{"-"}, Stdin: strings.NewReader(h.sums)})
	if err != nil {
		return nil, err
	}
	for _, a := range set.Artifacts {
		sum := a.GetDigest()["sha256"]
		if sum == "" || strings.ContainsAny(a.Name, `/\`) {
			return nil, usagef("--hashes: %s: want a SHA-256 and the name of a file without folders", shown(a.Name))
		}
		h.want[a.Name] = sum
	}
	return h, h.checkFolder(c.Context, c.Bool("signed"))
}

// checkFolder wants the folder to hold the files that were announced and nothing
// else, links and folders included; signatures beside them once there may be any.
func (h *handover) checkFolder(ctx context.Context, signed bool) error {
	entries, err := os.ReadDir(h.folder)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := entry.Name()
		if beside, ok := strings.CutSuffix(name, ".sigstore.json"); ok && signed && h.want[beside] != "" && entry.Type().IsRegular() {
			continue
		}
		if h.want[name] == "" || !entry.Type().IsRegular() {
			return refuseHandover("the files that the build job announced", "also "+shown(name))
		}
		there[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(h.want)) {
		if !there[name] {
			return refuseHandover("the files that the build job announced", "no "+shown(name))
		}
	}
	return nil
}

// files are the paths of what was handed over.
func (h *handover) files() []string {
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(h.want)) {
		paths = append(paths, filepath.Join(h.folder, name))
	}
	return paths
}

// check compares the files as they are now with what was announced.
func (h *handover) check(set *artifact.Set) error {
	for _, a := range set.Artifacts {
		if want, got := h.want[a.Name], a.GetDigest()["sha256"]; want != got && filepath.Dir(a.Path) == filepath.Clean(h.folder) {
			return refuseHandover(a.Name+" sha256:"+want+", as the build job announced", cmp.Or("sha256:"+got, "nothing"))
		}
	}
	return nil
}

func refuseHandover(want, got string) error {
	return &verify.Rejection{Check: verify.CheckSubject, Want: want, Got: got,
		Why:  "what is here is not what the build job made, and nothing is signed",
		Hint: "look into it: something in this run has changed the artifact after the build"}
}
