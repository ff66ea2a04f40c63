package verify

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// checkCheckpoint holds a proof's checkpoint to the form that it has in a log
// of that version, and the proof's tree to the one that the checkpoint signs.
// The form selects how sigstore-go verifies the proof, which must not be the
// choice of an unsigned line; the tree's size selects what an index means.
//
// C2SP tlog-checkpoint.
func checkCheckpoint(p *protorekor.InclusionProof, v2 bool, log *root.TransparencyLog) error {
	if p == nil {
		return nil // a promise alone: verifyEntry says where that does
	}
	lines := strings.SplitN(p.GetCheckpoint().GetEnvelope(), "\n", 4)
	if len(lines) < 4 {
		return &Rejection{Check: CheckTransparency, Want: "a checkpoint of origin, size and root", Got: fmt.Sprintf("%d lines", len(lines))}
	}
	if err := checkOrigin(lines[0], v2, log); err != nil {
		return err
	}
	tree := fmt.Sprintf("%d\n%s", p.GetTreeSize(), base64.StdEncoding.EncodeToString(p.GetRootHash()))
	if signed := lines[1] + "\n" + lines[2]; signed != tree {
		return &Rejection{Check: CheckTransparency, Want: fmt.Sprintf("a checkpoint of the proof's tree %q", tree), Got: fmt.Sprintf("%.120q", signed)}
	}
	return nil
}

// v1Origin is the first line of a Rekor v1 checkpoint: host, dash, tree id.
var v1Origin = regexp.MustCompile(`\A([^ ]+) - [0-9]+\z`)

// checkOrigin wants the log's own name. Older roots may leave out the address
// of a Rekor v1 log; its key alone names it then.
func checkOrigin(origin string, v2 bool, log *root.TransparencyLog) error {
	wrong := &Rejection{Check: CheckTransparency, Want: "a checkpoint of log " + log.BaseURL, Got: fmt.Sprintf("origin %.120q", origin)}
	u, err := url.Parse(log.BaseURL)
	if err != nil {
		wrong.Err = err
		return wrong
	}
	host := u.Hostname()
	if v2 {
		if host == "" || origin != host {
			return wrong
		}
		return nil
	}
	if m := v1Origin.FindStringSubmatch(origin); m == nil || host != "" && m[1] != host && m[1] != u.Host {
		return wrong
	}
	return nil
}

// checkLoggedBody wants a Rekor v2 entry's readable body to be what the log holds.
// sigstore-go proves a leaf that it rebuilds from the bundle, so a body that
// says something else would stand beside it unauthenticated. Both are the same
// leaf of the same tree here, byte for byte.
func checkLoggedBody(tle *protorekor.TransparencyLogEntry) error {
	p := tle.GetInclusionProof()
	if p.GetLogIndex() < 0 || p.GetTreeSize() < 0 {
		return &Rejection{Check: CheckTransparency, Want: "a place in the log", Got: fmt.Sprintf("%d of %d", p.GetLogIndex(), p.GetTreeSize())}
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(tle.GetCanonicalizedBody())
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(p.GetLogIndex()), uint64(p.GetTreeSize()), leaf, p.GetHashes(), p.GetRootHash())
	if err != nil {
		return &Rejection{Check: CheckTransparency, Want: "a log entry with this signature, certificate and digest", Got: "another body", Err: err}
	}
	return nil
}
