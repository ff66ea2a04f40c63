package cli

import (
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/provenance"
)

func predicateFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "predicate", Category: groupInput, Usage: "attest the JSON in `FILE` instead of provenance"},
		&cli.StringFlag{Name: "predicate-type", Category: groupInput, Usage: "its type is `URI` (an SBOM's is recognised)"},
	}
}

// checkPredicateFlags wants either a predicate or what belongs to provenance.
func checkPredicateFlags(c *cli.Context) error {
	if !c.IsSet("predicate") {
		if c.IsSet("predicate-type") {
			return usagef("--predicate-type goes with --predicate FILE")
		}
		return nil
	}
	if flag := given(c, append([]string{"from"}, recordFlagNames...)...); flag != "" {
		return usagef("--%s belongs to provenance, --predicate %s is attested instead of it", flag, shown(c.String("predicate")))
	}
	return nil
}

// predicatePayloads are the statements of a predicate that a file holds.
func predicatePayloads(c *cli.Context, artifacts []*artifact.Artifact) ([][]byte, error) {
	path := c.String("predicate")
	data, err := readBounded("--predicate", path, provenance.MaxPredicate)
	if err != nil {
		return nil, err
	}
	kind := c.String("predicate-type")
	if kind == "" {
		kind = provenance.RecognisePredicate(data)
	}
	if kind == "" {
		return nil, withHint(usagef("--predicate %s: neither SPDX nor CycloneDX JSON", shown(path)), "--predicate-type URI says what it is")
	}
	statements, err := provenance.Attest(kind, data, subjectsOf(artifacts))
	if err != nil {
		return nil, usagef("--predicate %s: %w", shown(path), err)
	}
	return payloadsOf(statements)
}
