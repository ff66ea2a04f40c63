package cli

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// byLists adds to what a file's own bundles establish what signed checksum files
// that list it do. A list among the targets is asked only where it matters: where
// nothing else covers the file, where all must hold, where the list was named
// itself, and where the digests at hand show that it says otherwise.
func (v *verification) byLists(ctx context.Context, a *artifact.Artifact, result report.Result) (report.Result, error) {
	needed := result.Verdict == nil || v.policy.RequireAll
	path := v.bundles.listedAs(a)
	claims := v.lists.claims[path]
	if needed {
		beside, err := v.lists.folder(ctx, filepath.Dir(v.bundles.place(a)))
		if err != nil {
			return result, err
		}
		claims = slices.Concat(claims, beside.claims[path])
	}
	denied := false
	for _, c := range claims {
		if !needed && !c.Explicit && agree(c.digest, a.GetDigest()) {
			continue
		}
		judged, err := c.judge(ctx, v)
		if err != nil {
			return result, err
		}
		differs, err := c.differs(ctx, a)
		if err != nil {
			return result, err
		}
		denied = denied || differs != nil && c.Explicit
		switch {
		case judged.Verdict == nil:
			if differs != nil && c.Explicit {
				result.Refused = with(result.Refused, report.Refusal{Via: c.Name, Err: differs})
			}
			if needed {
				result.Refused = with(result.Refused, c.refusals(judged, result.Refused)...)
			}
		case differs != nil:
			result.Refused = with(result.Refused, report.Refusal{Bundle: judged.Bundle, Via: c.Name, Err: differs})
		case !mayAnswer(judged.Verdict):
			result.Refused = with(result.Refused, report.Refusal{Bundle: judged.Bundle, Via: c.Name, Err: &verify.Rejection{Check: verify.CheckPredicate,
				Want: "a signature or SLSA provenance of " + c.Name, Got: judged.Verdict.Statement.PredicateType}})
		case result.Verdict == nil || result.Via != "" && saysMore(judged.Verdict, result.Verdict):
			result.Verdict, result.Bundle, result.Via = judged.Verdict, judged.Bundle, c.Name
			result.Inputs = with(judged.Inputs, c.Digest["sha256"])
		}
	}
	if denied || v.policy.RequireAll && len(result.Refused) > 0 {
		result.Verdict, result.Bundle, result.Via = nil, "", ""
	}
	return result, nil
}

// with appends to a slice that others may share.
func with[T any](s []T, more ...T) []T { return append(slices.Clip(s), more...) }

// refusals are why the list counts for nothing, of its bundles that did not speak
// for the file itself in vain already. Where there is none, nobody signed it.
func (c claim) refusals(judged report.Result, known []report.Refusal) []report.Refusal {
	var all []report.Refusal
	for _, r := range judged.Refused {
		same := func(k report.Refusal) bool { return k.Bundle == r.Bundle }
		if r.Bundle != "" && !slices.ContainsFunc(known, same) {
			all = append(all, report.Refusal{Bundle: r.Bundle, Via: c.Name, Err: r.Err})
		}
	}
	return all
}

// differs holds a file to every digest that the list states of it.
func (c claim) differs(ctx context.Context, a *artifact.Artifact) (error, error) {
	missing := slices.DeleteFunc(slices.Sorted(maps.Keys(c.digest)), func(algorithm string) bool { return a.GetDigest()[algorithm] != "" })
	if len(missing) > 0 && a.Path != "" {
		if err := a.Rehash(ctx, missing...); err != nil {
			return nil, err
		}
	}
	compared := 0
	for _, algorithm := range slices.Sorted(maps.Keys(c.digest)) {
		got := a.GetDigest()[algorithm]
		if got == "" {
			continue // known by its digest alone
		}
		if compared++; got != c.digest[algorithm] {
			return &verify.Rejection{Check: verify.CheckSubject, Want: algorithm + ":" + c.digest[algorithm], Got: algorithm + ":" + got,
				Why: c.Name + " lists another file of this name", Hint: "download both again; if it stays so, tell the project: the file or " + c.Name + " was replaced"}, nil
		}
	}
	if compared == 0 {
		return &verify.Rejection{Check: verify.CheckSubject, Want: "a digest that " + c.Name + " lists", Got: "the file is known by another algorithm's",
			Hint: "without --digests-only the file is downloaded and hashed"}, nil
	}
	return nil, nil
}

// agree tells whether no digest that is in both sets differs.
func agree(a, b map[string]string) bool {
	for algorithm, digest := range a {
		if other := b[algorithm]; other != "" && other != digest {
			return false
		}
	}
	return true
}
