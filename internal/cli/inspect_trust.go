package cli

import (
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	trustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// What services are called, in trusted roots and signing configs alike.
const (
	certificateAuthority = "certificate authority"
	certificateLog       = "certificate log"
	timestampAuthority   = "timestamp authority"
	transparencyLog      = "transparency log"
	identityProvider     = "identity provider"
)

// inspectRoot lists whom a trusted root believes. Whether hallmark would use
// it is for package trust to say.
func inspectRoot(text []byte, mediaType string) report.Document {
	r, err := root.NewTrustedRootProtobuf(text)
	if err != nil {
		return notReadable(report.TrustedRoot, &verify.Rejection{Check: verify.CheckBundle, Why: "no readable trusted root", Err: err})
	}
	d := report.Document{Kind: report.TrustedRoot, Format: mediaType}
	for _, a := range r.GetCertificateAuthorities() {
		d.Services = append(d.Services, authorityService(certificateAuthority, a))
	}
	for _, l := range r.GetCtlogs() {
		d.Services = append(d.Services, logService(certificateLog, l))
	}
	for _, l := range r.GetTlogs() {
		d.Services = append(d.Services, logService(transparencyLog, l))
	}
	for _, a := range r.GetTimestampAuthorities() {
		d.Services = append(d.Services, authorityService(timestampAuthority, a))
	}
	return d
}

// authorityService names an authority by the first certificate of its chain.
func authorityService(kind string, a *trustroot.CertificateAuthority) report.Service {
	s := report.Service{Kind: kind, URL: a.GetUri(), Operator: a.GetOperator()}
	s.From, s.To = bounds(a.GetValidFor())
	if chain := a.GetCertChain().GetCertificates(); len(chain) > 0 {
		if c, err := x509.ParseCertificate(chain[0].GetRawBytes()); err == nil {
			s.Name = c.Subject.String()
		}
	}
	return s
}

func logService(kind string, l *trustroot.TransparencyLogInstance) report.Service {
	s := report.Service{Kind: kind, URL: l.GetBaseUrl(), Operator: l.GetOperator(),
		ID: hex.EncodeToString([]byte(cmp.Or(string(l.GetLogId().GetKeyId()), string(l.GetCheckpointKeyId().GetKeyId()))))}
	s.From, s.To = bounds(l.GetPublicKey().GetValidFor())
	return s
}

// inspectConfig lists whom a signing config asks.
func inspectConfig(text []byte, mediaType string) report.Document {
	c, err := root.NewSigningConfigProtobuf(text)
	if err != nil {
		return notReadable(report.SigningConfig, &verify.Rejection{Check: verify.CheckBundle, Why: "no readable signing config", Err: err})
	}
	d := report.Document{Kind: report.SigningConfig, Format: mediaType}
	add := func(kind string, services []*trustroot.Service, use *trustroot.ServiceConfiguration) {
		for _, s := range services {
			one := report.Service{Kind: kind, URL: s.GetUrl(), Operator: s.GetOperator(), Version: s.GetMajorApiVersion(), Use: selection(use)}
			one.From, one.To = bounds(s.GetValidFor())
			d.Services = append(d.Services, one)
		}
	}
	add(certificateAuthority, c.GetCaUrls(), nil)
	add(identityProvider, c.GetOidcUrls(), nil)
	add(transparencyLog, c.GetRekorTlogUrls(), c.GetRekorTlogConfig())
	add(timestampAuthority, c.GetTsaUrls(), c.GetTsaConfig())
	return d
}

// selection says how many services of a kind a signer uses.
func selection(c *trustroot.ServiceConfiguration) string {
	switch c.GetSelector() {
	case trustroot.ServiceSelector_SERVICE_SELECTOR_UNDEFINED:
		return ""
	case trustroot.ServiceSelector_EXACT:
		return fmt.Sprintf("exactly %d", c.GetCount())
	}
	return strings.ToLower(c.GetSelector().String())
}

// bounds are the ends of a validity, zero where it names none or no real time.
func bounds(v *common.TimeRange) (from, to time.Time) {
	if start := v.GetStart(); start != nil && start.CheckValid() == nil {
		from = start.AsTime()
	}
	if end := v.GetEnd(); end != nil && end.CheckValid() == nil {
		to = end.AsTime()
	}
	return from, to
}
