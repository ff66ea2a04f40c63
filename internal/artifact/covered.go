package artifact

import (
	"context"
	"path"
)

// everyLine is why a checksum file is left out.
const everyLine = "every line matches"

// place is where a name stands: the same name below two folders is two places.
type place struct {
	arg  int
	name string
}

// leaveOutChecksums leaves out the checksum files that were walked to of which every
// line names another file of the same walk and has its digest: they say
// nothing that the artifacts do not say themselves. One line that does not
// match, or names what is not there, keeps the file an artifact, as it then
// speaks of something that nothing else here covers.
//
// A line may name another checksum file. Whether that one is left out makes no
// difference: if it is, its own lines match.
func leaveOutChecksums(ctx context.Context, b *batch, tasks []*task) error {
	files := map[place]*task{}
	listed := map[*task][]*task{}
	for _, t := range tasks {
		if t.leftOut == "" {
			for _, arg := range t.args {
				files[place{arg, t.name}] = t
			}
		}
	}
	for _, t := range tasks {
		if t.leftOut == "" && t.sums != nil && t.walked {
			listed[t] = t.lists(files)
		}
	}
	if err := b.complete(ctx, tasks, listed); err != nil {
		return err
	}
	for t, others := range listed {
		if t.matches(others) {
			t.leftOut = everyLine
		}
	}
	return nil
}

// lists returns the files that the lines of t name, in their order, or nil if
// one is not there. Names begin where the checksum file lies, or else at the
// folder that was given.
func (t *task) lists(files map[place]*task) []*task {
	for _, from := range []string{path.Dir(t.name), "."} {
		var named []*task
		for _, sum := range t.sums {
			if file := files[place{t.args[0], path.Join(from, sum.name)}]; file != nil && file != t {
				named = append(named, file)
			}
		}
		if len(named) == len(t.sums) {
			return named
		}
	}
	return nil
}

// complete computes the digests that checksum files state and that nobody asked
// for yet. They are used to compare, and do not become the artifacts' own.
func (b *batch) complete(ctx context.Context, tasks []*task, listed map[*task][]*task) error {
	wanted := map[*task][]string{}
	for t, others := range listed {
		for i, other := range others {
			if algorithm := t.sums[i].algorithm; other.digests[algorithm] == "" {
				wanted[other] = union(wanted[other], []string{algorithm})
			}
		}
	}
	var again, first []*task
	for _, t := range tasks {
		if wanted[t] != nil {
			again = append(again, &task{found: found{path: t.path, info: t.info}, algorithms: union(t.algorithms, wanted[t])})
			first = append(first, t)
		}
	}
	if err := (&batch{progress: noProgress, parallel: b.parallel}).run(ctx, again); err != nil {
		return err
	}
	for i, t := range again {
		if !agree(first[i].digests, t.digests) {
			return changed(t.path, "it has another digest")
		}
		first[i].stated = t.digests
	}
	return nil
}

// matches tells whether every line of t has the digest of the file it names.
func (t *task) matches(others []*task) bool {
	for i, other := range others {
		sum := t.sums[i]
		got := other.digests[sum.algorithm]
		if got == "" {
			got = other.stated[sum.algorithm]
		}
		if got != sum.digest {
			return false
		}
	}
	return len(others) > 0
}
