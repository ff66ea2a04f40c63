package cli

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"os"

	"github.com/go-openapi/runtime"
	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sigstore/rekor/pkg/generated/client/entries"
	"github.com/sigstore/rekor/pkg/types"
	"github.com/sigstore/rekor/pkg/types/intoto"
	intoto001 "github.com/sigstore/rekor/pkg/types/intoto/v0.0.1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// cmdOlder writes a bundle as the tools of its time would have:
//
//	older signature BUNDLE FILE     base64, without the certificate
//	older certificate BUNDLE FILE   PEM
//	older cosign BUNDLE FILE        cosign's own bundle, with the log's promise
//	older envelope BUNDLE FILE      slsa-github-generator's line, without log entry
func cmdOlder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: older FORM BUNDLE FILE")
	}
	b, err := verify.ParseBundle([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	der := b.GetVerificationMaterial().GetCertificate().GetRawBytes()
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	signature := base64.StdEncoding.EncodeToString(b.GetMessageSignature().GetSignature())
	var text string
	switch args[0] {
	case "signature":
		text = signature
	case "certificate":
		text = certificate
	case "cosign":
		text = olderCosign(ts, b, signature, base64.StdEncoding.EncodeToString([]byte(certificate)))
	case "envelope":
		text = olderEnvelope(ts, b, certificate)
	default:
		ts.Fatalf("older: no form %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o600))
}

func olderCosign(ts *testscript.TestScript, b *bundle.Bundle, signature, certificate string) string {
	entry := b.GetVerificationMaterial().GetTlogEntries()[0]
	return toJSON(ts, map[string]any{
		"base64Signature": signature, "cert": certificate,
		"rekorBundle": map[string]any{
			"SignedEntryTimestamp": entry.GetInclusionPromise().GetSignedEntryTimestamp(),
			"Payload": map[string]any{"body": entry.GetCanonicalizedBody(), "integratedTime": entry.GetIntegratedTime(),
				"logIndex": entry.GetLogIndex(), "logID": hex.EncodeToString(entry.GetLogId().GetKeyId())},
		},
	})
}

func olderEnvelope(ts *testscript.TestScript, b *bundle.Bundle, certificate string) string {
	type signature struct {
		KeyID     string `json:"keyid"`
		Signature []byte `json:"sig"`
		Cert      string `json:"cert"`
	}
	e := b.GetDsseEnvelope()
	return toJSON(ts, struct {
		PayloadType string      `json:"payloadType"`
		Payload     []byte      `json:"payload"`
		Signatures  []signature `json:"signatures"`
	}{e.GetPayloadType(), e.GetPayload(), []signature{{Signature: e.GetSignatures()[0].GetSig(), Cert: certificate}}})
}

func toJSON(ts *testscript.TestScript, v any) string {
	text, err := json.Marshal(v)
	ts.Check(err)
	return string(text)
}

// cmdLog logs an envelope in the sandbox's Rekor v1 as slsa-github-generator
// did:
//
//	log ENVELOPE
func cmdLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: log ENVELOPE")
	}
	text := ts.ReadFile(args[0])
	var envelope struct {
		Signatures []struct {
			Cert string `json:"cert"`
		} `json:"signatures"`
	}
	ts.Check(json.Unmarshal([]byte(text), &envelope))
	proposed, err := types.NewProposedEntry(context.Background(), intoto.KIND, intoto001.APIVERSION, types.ArtifactProperties{
		ArtifactBytes: []byte(text), PublicKeyBytes: [][]byte{[]byte(envelope.Signatures[0].Cert)}})
	ts.Check(err)
	config, err := root.NewSigningConfigFromPath(ts.Getenv("HALLMARK_SANDBOX_DIR") + "/signing_config_v1.json")
	ts.Check(err)
	u, err := url.Parse(config.RekorLogURLs()[0].URL)
	ts.Check(err)
	client := httptransport.New(u.Host, u.EscapedPath()+"/", []string{u.Scheme})
	client.Consumers["application/json"] = runtime.JSONConsumer()
	client.Producers["application/json"] = runtime.JSONProducer()
	_, err = entries.New(client, strfmt.Default).CreateLogEntry(
		entries.NewCreateLogEntryParamsWithContext(context.Background()).WithProposedEntry(proposed))
	ts.Check(err)
}
