package cli

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/checkout"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/registry"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

// programmeStart is from when on work counts for the Secure Open Source Rewards.
const programmeStart = "2021-10-01"

func reviewCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "review",
		Usage: "show, release by release, whether a project signs",
		UsageText: "hallmark review octo/widget\n" +
			"hallmark review --profile sos --pack widget.pack octo/widget\n" +
			"hallmark review widget.pack",
		Description: "All that the verdict rests on is collected: releases and their files, bundles,\n" +
			"tags and workflows, rules, what others say of the project. DIR is a checkout,\n" +
			"whose origin is meant; PACK is what --pack has written, and is judged again\n" +
			"without any connection. What could not be asked is unknown, and never counts\n" +
			"against the project. docs/review.md says what is judged, and how.\n\n" +
			"Releases are held to one signer: that of the first release that verifies, or\n" +
			"the policy's. --fail-on unverified ends with exit code 1 unless the verdict is\n" +
			"verified or enforced; a grade, where a claim of it or a better one is false.\n\n" +
			"A token in GITHUB_TOKEN or GH_TOKEN, of whatever rights, makes GitHub answer\n" +
			"more often. A run that was broken off goes on where it was.\n\n" +
			"--emit-vsa sums each release up as SLSA has it, for others to believe whoever\n" +
			"signs that: hallmark verify --vsa.\n\n" +
			"--list reviews many projects, whole or in parts that may run on other machines;\n" +
			"--merge sums up what they came to. docs/review-many.md shows how.",
		ArgsUsage: "[OWNER/REPO|DIR|PACK]",
		Category:  reviewers,
		Flags: slices.Concat(trustFlags(), []cli.Flag{
			&cli.StringFlag{Name: "since", Category: groupCollect, Value: programmeStart, Usage: "leave out releases published before `DATE`"},
			&cli.StringFlag{Name: "releases", Category: groupCollect, Value: "all", Usage: "look at the last `N|all` releases"},
			&cli.BoolFlag{Name: "digests-only", Category: groupCollect, Usage: "take releases' digests from GitHub, not their bytes"},
			&cli.StringFlag{Name: "policy", Category: groupJudge, Usage: "hold releases to the policy in `FILE`"},
			newChoiceFlag("profile", groupJudge, "answer a programme's questions", "none", "sos", "osps"),
			&cli.StringFlag{Name: "image", Category: groupCollect, Usage: "look at the image `REF` of each release's tag, too"},
			&cli.StringFlag{Name: "scorecard", Category: groupCollect, Usage: "take the OpenSSF Scorecard result in `FILE`"},
			&cli.StringFlag{Name: "criticality", Category: groupCollect, Usage: "take the table of criticality scores in `FILE` (CSV)"},
			&cli.StringFlag{Name: "census", Category: groupCollect, Usage: "take the list of critical projects in `FILE`"},
			newChoiceFlag("fail-on", groupJudge, "end with exit code 1", "none", "unverified", "A", "B", "C"),
			&cli.DurationFlag{Name: "retry-for", Category: groupCollect, Value: defaultRetryFor, Usage: "bear with a service that fails for `DURATION`"},
			&cli.StringFlag{Name: "pack", Category: groupOutput, Usage: "write all that the verdict rests on to `FILE`"},
			formatFlag("text", "json", "markdown", "html", "sarif", "csv"),
			outputFlag("write the report to `FILE`"),
			forceFlag(),
			quietFlag(),
		}, manyFlags(), vouchFlags()),
		Action: func(c *cli.Context) error { return runReview(c.Context, env, c) },
	}
}

func runReview(ctx context.Context, env *Env, c *cli.Context) error {
	if many, err := checkMany(c); err != nil || many {
		if err == nil {
			err = env.reviewMany(ctx, c)
		}
		return err
	}
	if err := checkVouch(c); err != nil {
		return err
	}
	if c.NArg() != 1 {
		return withHint(usagef("review takes one project, got %d", c.NArg()), "hallmark review OWNER/REPO")
	}
	word := c.Args().First()
	target, noName := forge.ParseRepository(strings.TrimPrefix(word, "https://github.com/"))
	info, err := os.Stat(word)
	switch {
	case err == nil && !info.IsDir():
		return env.replay(ctx, c, word)
	case noName == nil: // it is meant, whatever folder is called so
	case err == nil:
		if target, err = originOf(ctx, word); err != nil {
			return err
		}
	default:
		return withHint(usagef("%s is no project, folder or pack: %w", shown(word), noName), "hallmark review OWNER/REPO")
	}
	o, err := env.reviewOptions(ctx, c)
	if err != nil {
		return err
	}
	record, err := env.collectProject(ctx, target, o)
	if err != nil {
		return err
	}
	trusted, err := env.rootOfReview(ctx, c, o.trusted)
	if err != nil {
		return err
	}
	return env.judge(ctx, c, record, judging{*trusted, c.String("profile"), c.String("pack")})
}

// originOf is the project that a checkout comes from.
func originOf(ctx context.Context, dir string) (forge.Repository, error) {
	git, err := checkout.Read(ctx, dir)
	if err != nil {
		return forge.Repository{}, usagef("%s: %w", shown(dir), err)
	}
	name, ok := strings.CutPrefix(git.Remote, "https://github.com/")
	origin, err := forge.ParseRepository(strings.TrimSuffix(name, ".git"))
	if !ok || err != nil {
		return origin, withHint(usagef("%s: its origin is no repository on GitHub", shown(dir)), "hallmark review OWNER/REPO")
	}
	return origin, nil
}

func (env *Env) reviewOptions(ctx context.Context, c *cli.Context) (reviewOptions, error) {
	o := reviewOptions{digestsOnly: c.Bool("digests-only"), quiet: c.Bool("quiet"), retryFor: c.Duration("retry-for"), scorecard: c.String("scorecard") != ""}
	var err error
	if o.since, err = time.Parse(time.DateOnly, c.String("since")); err != nil {
		return o, usagef("--since %s: want a day as 2021-10-01", shown(c.String("since")))
	}
	if n := c.String("releases"); n != "all" {
		if o.releases, err = strconv.Atoi(n); err != nil || o.releases < 1 || o.releases > review.MaxReleases {
			return o, usagef("--releases %s: want a number from 1 to %d, or all", shown(n), review.MaxReleases)
		}
	}
	if word := strings.TrimPrefix(c.String("image"), imagePrefix); word != "" {
		// A tag stands in for each release's; one that was given is refused.
		if _, err := registry.ParseReference(word + ":v0"); err != nil {
			return o, withHint(usagef("--image %s: %w", shown(word), err), "--image REGISTRY/REPOSITORY, without a tag or digest")
		}
		o.image = word
	}
	if _, err := readPolicy(c.String("policy")); err != nil {
		return o, err
	}
	for _, f := range []struct {
		flag  string
		kind  review.Kind
		limit int64
	}{
		{"policy", review.PolicyDocument, verify.MaxPolicy},
		{"scorecard", review.ScorecardDocument, 16 << 20},
		{"criticality", review.CriticalityDocument, review.MaxBlob},
		{"census", review.CensusDocument, 16 << 20},
	} {
		path := c.String(f.flag)
		if path == "" {
			continue
		}
		data, err := readSmall(f.flag, path, f.limit)
		if err != nil {
			return o, err
		}
		o.files = append(o.files, givenFile{f.kind, path, data})
	}
	if o.client, err = env.gitHub(o.retryFor); err != nil {
		return o, err
	}
	o.trusted, err = env.trustedRoot(ctx, c)
	return o, err
}

// failedReview is what --fail-on makes of a report.
func failedReview(r *review.Report, failOn string) error {
	switch failOn {
	case "none":
		return nil
	case "unverified":
		if r.Verdict == review.Verified || r.Verdict == review.Enforced {
			return nil
		}
		return alreadyReported(&findingsError{failOn})
	}
	for _, f := range r.Findings {
		if f.Outcome == review.False && string(f.Grade) <= failOn {
			return alreadyReported(&findingsError{failOn})
		}
	}
	return nil
}
