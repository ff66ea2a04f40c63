package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/provenance"
	"github.com/hallmark-project/hallmark/verify"
)

func verifyCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "say who signed artifacts and what they were built from",
		UsageText: "hallmark verify --repo octo/widget --tag v1.4.0 widget.zip\n" +
			"hallmark verify octo/widget@v1.4.0\n" +
			"hallmark verify --policy widget.policy.yaml widget.tar.gz",
		Description: "A target is verified by a bundle that satisfies the whole policy: its own, or\n" +
			"that of a checksum file in its folder, or among the targets, which lists it;\n" +
			"`via` then names that file. A checksum file as a target brings along what it\n" +
			"lists, and what is absent is rejected. One that nobody signed covers nothing,\n" +
			"nor does one with a bad line or with two digests for a name.\n\n" +
			"Of a folder, or a glob in quotes, what serves to verify the rest is left out and\n" +
			"said; so is a bundle named itself, as a shell does for dist/*, if it verified\n" +
			"another target.\n\n" +
			"OWNER/REPO@TAG is a release on GitHub: its files are downloaded and verified as\n" +
			"those of a folder are, as built in that repository from that tag unless the\n" +
			"policy names a signer elsewhere. What its own bundles leave open GitHub's\n" +
			"attestations may settle. A public one needs no login; GITHUB_TOKEN or GH_TOKEN\n" +
			"raises the limit on how often one may ask.",
		ArgsUsage: "TARGET...",
		Category:  downstream,
		Flags: slices.Concat(policyFlags(), trustFlags(), []cli.Flag{
			newListFlag("bundle", groupBundles, "read bundles from `FILE`, - for stdin; may be repeated"),
			&cli.BoolFlag{Name: "require-all", Category: groupBundles, Usage: "refuse a target if any bundle about it is refused"},
			checksumsFlag(),
			offlineFlag(),
			formatFlag("text", "json", "github"),
			quietFlag(),
		}, hubFlags(), npmFlags(), believedFlags(), summaryFlags()),
		Action: func(c *cli.Context) error { return runVerify(c.Context, env, c) },
	}
}

func runVerify(ctx context.Context, env *Env, c *cli.Context) error {
	policy, err := policyFromFlags(c)
	if err != nil {
		return err
	}
	if c.Bool("print-policy") {
		return env.printPolicy(c, policy)
	}
	summary, err := summaryFromFlags(c, policy)
	if err != nil {
		return err
	}
	npm, err := npmFromFlags(c)
	if err != nil {
		return err
	}
	trusted, err := env.trustedRoot(ctx, c)
	if err != nil {
		return err
	}
	bundles, err := newLookup(c.StringSlice("bundle"), env.Stdin)
	if err != nil {
		return err
	}
	if npm != nil {
		bundles.given = material.NewIndex(npm.candidates())
	}
	if given, err := summaryFile(c, env.Stdin, policy); err != nil {
		return err
	} else if given != nil {
		bundles.given = given
	}
	hub, err := env.hubFromFlags(c, policy)
	if err != nil {
		return err
	}
	defer hub.close()
	set, images, err := env.verifyTargets(ctx, c, hub)
	if err != nil {
		return err
	}
	bundles.images, bundles.hub = images, hub
	var listed *lists
	if countsLists(c) {
		listed = newLists(set.Lists)
	}
	absent := listed.absent()
	if n := len(set.Artifacts) + len(absent); summary != nil && n > provenance.MaxSubjects {
		return usagef("--emit-vsa: a summary is of at most %d targets, got %d", provenance.MaxSubjects, n)
	}
	v := &verification{
		verifier: &verify.Verifier{Root: trusted.Material},
		policy:   policy,
		bundles:  bundles,
		unlogged: newUnlogged(env.completer(c, trusted, policy.Key)),
		npm:      npm,
		lists:    listed,
		hub:      hub,
	}
	results, err := v.all(ctx, set.Artifacts)
	if err != nil {
		return err
	}
	results, serving := v.leaveOutServing(set.Artifacts, results)
	outcome := &report.Verification{
		Question: policy.Question(),
		Results:  append(results, absent...),
		LeftOut:  slices.Concat(listed.leftOut(set), serving, hub.unfinished()),
		Root:     rootInfo(c, trusted),
	}
	if hub.isRelease() {
		for i := range outcome.Results {
			outcome.Results[i].Stated = hub.stated[outcome.Results[i].Name]
		}
		asAssets(outcome, hub.folder)
	}
	err = env.printVerification(c, outcome)
	return errors.Join(err, env.writeSummary(ctx, c, summary, outcome))
}

func (env *Env) printVerification(c *cli.Context, v *report.Verification) error {
	var err error
	switch c.String("format") {
	case "json":
		err = v.JSON(env.Stdout)
	case "github":
		err = v.GitHub(env.Stdout)
		env.addJobSummary(v.Summary)
	default:
		err = v.Text(env.Stdout, env.textOptions())
	}
	if err != nil {
		return err
	}
	if err := v.Failed(); err != nil {
		return alreadyReported(err)
	}
	return nil
}

// verification is what all targets of one call share.
type verification struct {
	verifier *verify.Verifier
	policy   *verify.Policy
	bundles  *lookup
	unlogged *unlogged
	npm      *npmPackage // nil where the target is none
	lists    *lists      // nil where checksum files cover nothing
	hub      *hub        // nil where GitHub is not asked

	mu     sync.Mutex
	needs  map[*bundle.Bundle][]string // digests that bundles need, see algorithms
	served map[string]bool             // files from which something was verified
}

// all verifies every artifact, as many at a time as there are processors. An
// error means that some could not be decided; what the evidence says stands in
// the results.
func (v *verification) all(ctx context.Context, artifacts []*artifact.Artifact) ([]report.Result, error) {
	results := make([]report.Result, len(artifacts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, a := range artifacts {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			results[i], err = v.one(ctx, a)
			return err
		})
	}
	return results, g.Wait()
}

// one decides on an artifact: by its own bundles, or else by those of a checksum
// file that lists it.
func (v *verification) one(ctx context.Context, a *artifact.Artifact) (report.Result, error) {
	var result report.Result
	var err error
	if l := v.lists.at(a); l != nil {
		result, err = l.judge(ctx, v)
	} else {
		result, err = v.direct(ctx, a)
	}
	if err == nil && v.lists != nil && v.bundles.place(a) != "" {
		result, err = v.byLists(ctx, a, result)
	}
	if err == nil && v.lists.at(a) == nil {
		result, err = v.attested(ctx, a, result)
	}
	result.Name, result.Digest = a.Name, a.GetDigest()
	if err == nil && result.Verdict == nil && len(result.Refused) == 0 {
		result.Refused, err = v.notCovered(ctx, a)
	}
	return result, err
}

// direct looks for a bundle that satisfies the whole policy for an artifact. One
// is enough, unless all must; what several establish is never added up.
func (v *verification) direct(ctx context.Context, a *artifact.Artifact) (report.Result, error) {
	candidates, _, err := v.bundles.find(ctx, a)
	if err != nil {
		return report.Result{Name: a.Name}, err
	}
	return v.consider(ctx, a, candidates)
}

// consider tries candidates on an artifact.
func (v *verification) consider(ctx context.Context, a *artifact.Artifact, candidates []material.Found) (report.Result, error) {
	result := report.Result{Name: a.Name}
	if err := v.digests(ctx, a, candidates); err != nil {
		return result, err
	}
	result.Digest = a.GetDigest()
	for _, candidate := range candidates {
		verdict, err := v.try(ctx, candidate, a)
		if err == nil {
			v.serves(candidate)
		}
		switch {
		case err != nil:
			result.Refused = append(result.Refused, report.Refusal{Bundle: candidate.Name, Err: err})
		case result.Verdict == nil || saysMore(verdict, result.Verdict):
			result.Verdict, result.Bundle, result.Inputs = verdict, candidate.Name, []string{candidate.SHA256}
		}
	}
	if v.policy.RequireAll && len(result.Refused) > 0 {
		result.Verdict, result.Bundle = nil, ""
	}
	if result.Verdict == nil {
		result.Inputs = nil
		for _, candidate := range candidates {
			result.Inputs = append(result.Inputs, candidate.SHA256)
		}
	}
	return result, nil
}

// saysMore prefers, of two bundles that satisfy the policy, the one that
// establishes more: provenance beside a signature, a higher level.
func saysMore(a, b *verify.Verdict) bool {
	return a.Level != nil && (b.Level == nil || a.Level.Build > b.Level.Build)
}

func (v *verification) try(ctx context.Context, candidate material.Found, a *artifact.Artifact) (*verify.Verdict, error) {
	if candidate.Err != nil {
		return nil, candidate.Err
	}
	signed, err := candidate.Signed(a.ResourceDescriptor)
	if err != nil {
		return nil, err
	}
	verdict, err := v.unlogged.verify(ctx, v.verifier, candidate, &artifact.Artifact{ResourceDescriptor: signed}, v.policy)
	if err == nil {
		verdict.Artifact = a.ResourceDescriptor
	}
	if err == nil && v.npm != nil {
		err = v.npm.check(v.verifier, a, verdict)
	}
	if err != nil {
		return nil, err
	}
	return verdict, nil
}

// maxNeeds bounds how many bundles' needs are kept in mind.
const maxNeeds = 64

// algorithms are the digests that a bundle needs, read once for the bundles that
// many artifacts share.
func (v *verification) algorithms(b *bundle.Bundle) []string {
	v.mu.Lock()
	needs, known := v.needs[b]
	v.mu.Unlock()
	if known {
		return needs
	}
	needs = verify.Algorithms(b, v.policy.Key)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.needs == nil || len(v.needs) >= maxNeeds {
		v.needs = make(map[*bundle.Bundle][]string)
	}
	v.needs[b] = needs
	return needs
}

// digests computes what the candidates need beyond the digests that are known.
func (v *verification) digests(ctx context.Context, a *artifact.Artifact, candidates []material.Found) error {
	if a.Path == "" {
		return nil
	}
	var missing []string
	for _, candidate := range candidates {
		if candidate.Bundle == nil {
			continue
		}
		for _, algorithm := range v.algorithms(candidate.Bundle) {
			if a.GetDigest()[algorithm] == "" && !slices.Contains(missing, algorithm) {
				missing = append(missing, algorithm)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return a.Rehash(ctx, missing...)
}

// notCovered is the refusal of an artifact about which there is no bundle.
func (v *verification) notCovered(ctx context.Context, a *artifact.Artifact) ([]report.Refusal, error) {
	if v.bundles.given == nil && v.bundles.images.holds(a) {
		return []report.Refusal{{Err: notAttached()}}, nil
	}
	_, searched, err := v.bundles.find(ctx, a)
	if err != nil {
		return nil, err
	}
	r := &verify.Rejection{Check: verify.CheckCoverage, Want: "a bundle that names this file"}
	switch {
	case searched > 0 && v.bundles.given != nil && !slices.ContainsFunc(slices.Collect(maps.Keys(a.GetDigest())), v.bundles.given.Names):
		r.Got, r.Hint = counted(searched, "bundle")+", none of which names a digest of this algorithm", "name the artifact by another digest, or give the file itself"
	case searched == 0:
		r.Got, r.Hint = "no bundle at all", "give the bundle with --bundle FILE, or put it beside the file as the release has it"
	case searched == 1:
		r.Got = "a bundle about other files"
	default:
		r.Got = fmt.Sprintf("%d bundles about other files", searched)
	}
	if v.hub != nil {
		r.Got, r.Hint = r.Got+", and no attestation at GitHub", ""
	}
	besideTheTarget(a, r)
	if path := v.bundles.place(a); v.lists != nil && path != "" {
		notes, err := v.lists.notes(ctx, v, path)
		if err != nil {
			return nil, err
		}
		if notes != "" {
			r.Got += "; " + notes
		}
	}
	return []report.Refusal{{Err: r}}, nil
}
