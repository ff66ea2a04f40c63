package trust

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	trustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	"google.golang.org/protobuf/proto"
)

const maxChain = 8

// check refuses what upstream's parser lets through and what could not verify
// anything, or only by accident.
func check(r *trustroot.TrustedRoot) error {
	if len(r.GetCertificateAuthorities()) == 0 {
		return errors.New("no certificate authority: cannot verify who signed")
	}
	if len(r.GetTlogs()) == 0 && len(r.GetTimestampAuthorities()) == 0 {
		return errors.New("neither transparency log nor timestamp authority: cannot verify when something was signed")
	}
	for kind, authorities := range map[string][]*trustroot.CertificateAuthority{
		"certificate authority": r.GetCertificateAuthorities(),
		"timestamp authority":   r.GetTimestampAuthorities(),
	} {
		for _, a := range authorities {
			if err := checkValidity(a.GetValidFor()); err != nil {
				return fmt.Errorf("%s %q: %w", kind, a.GetUri(), err)
			}
			if n := len(a.GetCertChain().GetCertificates()); n > maxChain {
				return fmt.Errorf("%s %q: %d certificates in its chain, at most %d are used", kind, a.GetUri(), n, maxChain)
			}
		}
	}
	return nil
}

// checkValidity wants a beginning, and no end before it. An absent end means
// until further notice.
func checkValidity(v *common.TimeRange) error {
	switch {
	case v.GetStart() == nil:
		return errors.New("validity without a start")
	case v.GetStart().CheckValid() != nil || v.GetEnd() != nil && v.GetEnd().CheckValid() != nil:
		return errors.New("validity is no time")
	case v.GetEnd() != nil && v.GetEnd().AsTime().Before(v.GetStart().AsTime()):
		return errors.New("validity ends before it starts")
	}
	return nil
}

// logs are the transparency logs met so far, by kind and id. Upstream keeps the
// last of two with one id, so which keys and which times are believed would
// hang on the order of a list.
type logs map[string]*trustroot.TransparencyLogInstance

// add refuses a second log of one id within one root, and a different one in
// another root; the same log in two roots is lawful.
func (l logs) add(r *trustroot.TrustedRoot) error {
	here := map[string]bool{}
	for kind, list := range map[string][]*trustroot.TransparencyLogInstance{"log": r.GetTlogs(), "certificate log": r.GetCtlogs()} {
		for _, log := range list {
			id := log.GetLogId().GetKeyId()
			name := fmt.Sprintf("%s %s (%q)", kind, hex.EncodeToString(id), log.GetBaseUrl())
			if len(bytes.TrimSpace(id)) == 0 {
				return fmt.Errorf("%s %q: no id", kind, log.GetBaseUrl())
			}
			if err := checkValidity(log.GetPublicKey().GetValidFor()); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			key := kind + string(id)
			if here[key] {
				return fmt.Errorf("%s is listed twice", name)
			}
			if before, ok := l[key]; ok && !proto.Equal(before, log) {
				return fmt.Errorf("%s differs from the same log in an earlier document", name)
			}
			here[key], l[key] = true, log
		}
	}
	return nil
}
