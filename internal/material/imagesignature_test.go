package material

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

const imageDigest = "3f1c0d5e8a7b2c4d6e9f0a1b3c5d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d"

// simpleSigningText is the document as cosign writes it.
const simpleSigningText = `{"critical":{"identity":{"docker-reference":"ghcr.io/octo/widget"},"image":{"docker-manifest-digest":"sha256:` + imageDigest +
	`"},"type":"cosign container image signature"},"optional":null}`

// signedImage is a signature over a document, with cosign's annotations.
func signedImage(t testing.TB, payload string) map[string]string {
	t.Helper()
	s := newSigner(t)
	digest := sha256.Sum256([]byte(payload))
	body := `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"` + hex.EncodeToString(digest[:]) + `"}}}}`
	return map[string]string{
		signatureAnnotation:          encoded(s.sign(t, []byte(payload))),
		certificateAnnotation:        string(encodeCertificate(s.cert)),
		"dev.sigstore.cosign/chain":  "anything",
		"org.example.unrelated/note": "anything",
		timestampAnnotation:          `{"SignedRFC3161Timestamp":"` + encoded([]byte("token")) + `"}`,
		bundleAnnotation: mustJSON(t, map[string]any{"SignedEntryTimestamp": encoded([]byte("promise")),
			"Payload": map[string]any{"body": encoded([]byte(body)), "integratedTime": 1700000001, "logIndex": 7, "logID": strings.Repeat("c0", 32)}}),
	}
}

func image(digest string) *intoto.ResourceDescriptor {
	return &intoto.ResourceDescriptor{Name: "ghcr.io/octo/widget@sha256:" + digest, Digest: map[string]string{"sha256": digest}}
}

func TestImageSignature(t *testing.T) {
	f := ReadImageSignature("there", []byte(simpleSigningText), signedImage(t, simpleSigningText))
	if f.Err != nil || f.Form != ImageSignature || f.Name != "there as ghcr.io/octo/widget" {
		t.Fatalf("got %+v", f)
	}
	d := verify.Describe(f.Bundle)
	sum := sha256.Sum256([]byte(simpleSigningText))
	if d.Version != "v0.1" || d.Certificate == nil || len(d.Entries) != 1 || !d.Entries[0].Promise || d.Entries[0].Proof ||
		d.Subjects[0].GetDigest()["sha256"] != hex.EncodeToString(sum[:]) {
		t.Errorf("described as %+v", d)
	}
	stamps := f.Bundle.GetVerificationMaterial().GetTimestampVerificationData().GetRfc3161Timestamps()
	if len(stamps) != 1 || string(stamps[0].GetSignedTimestamp()) != "token" {
		t.Errorf("timestamps %v", stamps)
	}
	signed, err := f.Signed(image(imageDigest))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sha256": hex.EncodeToString(sum[:])}
	if diff := cmp.Diff(want, signed.GetDigest()); diff != "" || signed.GetName() != image(imageDigest).GetName() {
		t.Errorf("%s\n%s", signed.GetName(), diff)
	}
	if f.LacksEntry() || f.NamesNoDigest() {
		t.Error("it has an entry and names a digest")
	}
}

// O-09: what binds a signature to an image is the document, read whole.
func TestImageSignatureForms(t *testing.T) {
	type annotations = map[string]string
	replaced := func(old, text string) string { return strings.Replace(simpleSigningText, old, text, 1) }
	tests := map[string]struct {
		payload string
		bend    func(annotations)
		check   verify.Check // of the refusal, "" for a signature of this image
	}{
		"as cosign writes it":     {simpleSigningText, nil, ""},
		"with claims":             {replaced("null", `{"creator":"x","anything":[{"a":1}]}`), nil, ""},
		"without optional":        {replaced(`,"optional":null`, ""), nil, ""},
		"another name":            {replaced("ghcr.io/octo/widget", "mirror.example/octo/widget"), nil, ""},
		"no log entry":            {simpleSigningText, func(a annotations) { delete(a, bundleAnnotation) }, ""},
		"signed by a key":         {simpleSigningText, func(a annotations) { delete(a, certificateAnnotation) }, ""},
		"another image":           {replaced(imageDigest, strings.Repeat("0", 64)), nil, verify.CheckSubject},
		"digest in capitals":      {replaced(imageDigest, strings.ToUpper(imageDigest)), nil, verify.CheckSubject},
		"digest without kind":     {replaced("sha256:", ""), nil, verify.CheckSubject},
		"digest of another kind":  {replaced("sha256:", "sha512:"), nil, verify.CheckSubject},
		"no digest":               {replaced(`"docker-manifest-digest":"sha256:`+imageDigest+`"`, ""), nil, verify.CheckSubject},
		"no image":                {replaced(`"image":{"docker-manifest-digest":"sha256:`+imageDigest+`"},`, ""), nil, verify.CheckSubject},
		"no critical":             {`{"optional":null}`, nil, verify.CheckBundle},
		"another type":            {replaced("cosign container image signature", "atomic container signature"), nil, verify.CheckBundle},
		"something more critical": {replaced(`"type"`, `"expires":"2020-01-01","type"`), nil, verify.CheckBundle},
		"critical twice":          {replaced(`{"critical"`, `{"critical":{},"critical"`), nil, verify.CheckBundle},
		"critical in capitals":    {replaced(`"critical"`, `"Critical"`), nil, verify.CheckBundle},
		"digest twice":            {replaced(`"docker-manifest-digest"`, `"docker-manifest-digest":"sha256:00","docker-manifest-digest"`), nil, verify.CheckBundle},
		"another behind it":       {simpleSigningText + simpleSigningText, nil, verify.CheckBundle},
		"nothing":                 {"", nil, verify.CheckBundle},
		"not an object":           {`[]`, nil, verify.CheckBundle},
		"too large":               {simpleSigningText + strings.Repeat(" ", maxSimpleSigning), nil, verify.CheckLimit},
		"no signature":            {simpleSigningText, func(a annotations) { delete(a, signatureAnnotation) }, verify.CheckBundle},
		"signature in URL base64": {simpleSigningText, func(a annotations) { a[signatureAnnotation] = "_-8=" }, verify.CheckBundle},
		"signature too large":     {simpleSigningText, func(a annotations) { a[signatureAnnotation] = strings.Repeat("A", maxSignature+4) }, verify.CheckLimit},
		"certificate is none":     {simpleSigningText, func(a annotations) { a[certificateAnnotation] = "x" }, verify.CheckBundle},
		"two certificates":        {simpleSigningText, func(a annotations) { a[certificateAnnotation] += a[certificateAnnotation] }, verify.CheckBundle},
		"log entry is none":       {simpleSigningText, func(a annotations) { a[bundleAnnotation] = "{" }, verify.CheckBundle},
		"log entry of no log":     {simpleSigningText, func(a annotations) { a[bundleAnnotation] = `{"SignedEntryTimestamp":"","Payload":{"logID":"x"}}` }, verify.CheckBundle},
		"timestamp is none":       {simpleSigningText, func(a annotations) { a[timestampAnnotation] = `{"SignedRFC3161Timestamp":"_"}` }, verify.CheckBundle},
		"timestamp and more":      {simpleSigningText, func(a annotations) { a[timestampAnnotation] = `{"x":1}` }, verify.CheckBundle},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := signedImage(t, test.payload)
			if test.bend != nil {
				test.bend(a)
			}
			f := ReadImageSignature("there", []byte(test.payload), a)
			err := f.Err
			if err == nil {
				_, err = f.Signed(image(imageDigest))
			}
			var r *verify.Rejection
			if errors.As(err, &r) != (test.check != "") || r != nil && r.Check != test.check || (f.Err == nil) != (f.Bundle != nil) {
				t.Errorf("got %v, want %s", err, test.check)
			}
			if f.Err != nil && f.Payload != nil {
				t.Error("what could not be read has a payload")
			}
		})
	}
}

// What has no payload is over the artifact itself.
func TestSigned(t *testing.T) {
	a := image(imageDigest)
	if got, err := (Found{}).Signed(a); err != nil || got != a {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestImageAttestation(t *testing.T) {
	envelope := `{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"keyid":"","sig":"AAAA"}]}`
	certificate := string(encodeCertificate(newSigner(t).cert))
	tests := map[string]struct {
		text        string
		annotations map[string]string
		check       verify.Check
	}{
		"with certificate":         {envelope, map[string]string{certificateAnnotation: certificate, "predicateType": "x"}, ""},
		"with log entry":           {envelope, map[string]string{certificateAnnotation: certificate, bundleAnnotation: signedImage(t, "x")[bundleAnnotation]}, ""},
		"by a key":                 {envelope, map[string]string{signatureAnnotation: ""}, ""},
		"two signatures":           {strings.Replace(envelope, `[{`, `[{"sig":"AAAA","keyid":""},{`, 1), nil, verify.CheckBundle},
		"certificate inside":       {strings.Replace(envelope, `"sig"`, `"cert":"x","sig"`, 1), map[string]string{certificateAnnotation: certificate}, verify.CheckBundle},
		"payload twice":            {strings.Replace(envelope, `"payload"`, `"payload":"AAAA","payload"`, 1), nil, verify.CheckBundle},
		"payload in URL base64":    {strings.Replace(envelope, `e30=`, `e30`, 1), nil, verify.CheckBundle},
		"not an envelope":          {`{}`, nil, verify.CheckBundle},
		"unreadable annotation":    {envelope, map[string]string{bundleAnnotation: "[]"}, verify.CheckBundle},
		"unreadable certificate":   {envelope, map[string]string{certificateAnnotation: "x"}, verify.CheckBundle},
		"as large as nobody sends": {envelope + strings.Repeat(" ", verify.MaxBundle), nil, verify.CheckLimit},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := ReadImageAttestation("there", []byte(test.text), test.annotations)
			var r *verify.Rejection
			if errors.As(f.Err, &r) != (test.check != "") || r != nil && r.Check != test.check || (f.Err == nil) != (f.Bundle != nil) || f.Payload != nil {
				t.Errorf("got %v, want %s", f.Err, test.check)
			}
			if f.Err == nil && f.LacksEntry() != (test.annotations[bundleAnnotation] == "") {
				t.Error("it is mistaken on its log entry")
			}
		})
	}
}

func FuzzImageSignature(f *testing.F) {
	a := signedImage(f, simpleSigningText)
	f.Add([]byte(simpleSigningText), a[signatureAnnotation], a[certificateAnnotation], a[bundleAnnotation], a[timestampAnnotation])
	f.Add([]byte(`{"critical":{}}`), "", "", "{}", "")
	f.Fuzz(func(t *testing.T, payload []byte, signature, certificate, bundle, timestamp string) {
		annotations := map[string]string{signatureAnnotation: signature, certificateAnnotation: certificate,
			bundleAnnotation: bundle, timestampAnnotation: timestamp}
		found := ReadImageSignature("there", payload, annotations)
		if (found.Err == nil) != (found.Bundle != nil) || (found.Err == nil) != (found.Payload != nil) {
			t.Fatalf("%+v", found)
		}
		if found.Err != nil {
			return
		}
		if signed, err := found.Signed(image(imageDigest)); err == nil {
			// Whoever reads the document in another way finds the image too.
			if !strings.Contains(string(payload), imageDigest) && !strings.Contains(string(payload), `\u`) {
				t.Fatalf("%s is about %s", payload, signed)
			}
		}
		_ = verify.Describe(found.Bundle)
		_ = verify.ClaimedSubjects(found.Bundle)
	})
}
