package material

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// oneLog is trusted material with one log.
type oneLog struct {
	root.BaseTrustedMaterial
	id []byte
}

func (l *oneLog) RekorLogs() map[string]*root.TransparencyLog {
	return map[string]*root.TransparencyLog{hex.EncodeToString(l.id): {BaseURL: "https://log.example", ID: l.id}}
}

// answering is a log that answers every question alike.
type answering struct {
	status int
	body   string
	asked  []string
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked = append(a.asked, r.Method+" "+r.URL.String())
	return &http.Response{StatusCode: a.status, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// A log may answer what it likes: only the entry that this signature must have
// become is taken.
func TestComplete(t *testing.T) {
	logID := strings.Repeat("ab", 32)
	id, _ := hex.DecodeString(logID)
	signature := func(t *testing.T, s signer) Found {
		digest := sha256.Sum256([]byte("artifact"))
		f := Found{Name: "f", Form: DetachedSignature, Bundle: detached(s.sign(t, []byte("artifact")), s.cert)}
		return f.About("sha256", digest[:])
	}
	s := newSigner(t)
	f := signature(t, s)
	proposals, err := propose(t.Context(), f, nil)
	if err != nil || len(proposals) != 1 {
		t.Fatalf("%d proposals, %v", len(proposals), err)
	}
	unrelated, err := propose(t.Context(), signature(t, s), nil) // the same signer, another signature
	if err != nil {
		t.Fatal(err)
	}
	type document = map[string]any
	entry := func(body []byte, bend func(document)) document {
		e := document{"body": encoded(body), "integratedTime": 1700000001, "logID": logID, "logIndex": 7,
			"verification": document{"signedEntryTimestamp": encoded([]byte("promise")), "inclusionProof": document{
				"checkpoint": "log\n8\nAA==\n\n", "hashes": []string{}, "logIndex": 7, "rootHash": strings.Repeat("00", 32), "treeSize": 8}}}
		if bend != nil {
			bend(e)
		}
		return document{strings.Repeat("00", 32): e}
	}
	bound, other := proposals[0].body, unrelated[0].body
	at := func(seconds, index int) func(document) {
		return func(e document) { e["integratedTime"], e["logIndex"] = seconds, index }
	}
	for _, tt := range []struct {
		name   string
		status int
		answer []document
		want   verify.Check // "" with an index is success, without one not decided
		index  int64
	}{
		{"the entry", 200, []document{entry(bound, nil)}, "", 7},
		{"another entry first", 200, []document{entry(other, at(1700000001, 1)), entry(bound, nil)}, "", 7},
		{"logged again later", 200, []document{entry(bound, at(1800000000, 9)), entry(bound, at(1700000002, 8))}, "", 8},
		{"logged before the certificate was", 200, []document{entry(bound, at(1600000000, 3)), entry(bound, at(1700000002, 8))}, "", 8},
		{"another entry alone", 200, []document{entry(other, nil)}, verify.CheckTransparency, 0},
		{"nothing", 200, nil, verify.CheckTransparency, 0},
		{"the entry with a space", 200, []document{entry(append([]byte(" "), bound...), nil)}, verify.CheckTransparency, 0},
		{"of another log", 200, []document{entry(bound, func(e document) { e["logID"] = strings.Repeat("cd", 32) })}, verify.CheckTransparency, 0},
		{"a log that knows no such question", 404, nil, verify.CheckTransparency, 0},
		{"nor such a method", 405, nil, verify.CheckTransparency, 0},
		{"the entry without proof", 200, []document{entry(bound, func(e document) { delete(e, "verification") })}, "", 0},
		{"a log id that is no hexadecimal", 200, []document{entry(bound, func(e document) { e["logID"] = "xyz" })}, "", 0},
		{"a log that is broken", 500, nil, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := &answering{status: tt.status, body: mustJSON(t, append([]document{}, tt.answer...))}
			got, err := (&Completer{Root: &oneLog{id: id}, Transport: log}).Complete(t.Context(), f)
			var r *verify.Rejection
			switch {
			case tt.index > 0:
				if err != nil || !got.Bundle.MinVersion("v0.3") || !proven(got.Bundle) {
					t.Fatalf("got error %v", err)
				}
				if index := got.Bundle.GetVerificationMaterial().GetTlogEntries()[0].GetLogIndex(); index != tt.index {
					t.Errorf("took entry %d", index)
				}
			case tt.want != "" && (!errors.As(err, &r) || r.Check != tt.want):
				t.Errorf("got error %v, want check %s", err, tt.want)
			case tt.want == "" && (err == nil || errors.As(err, &r)):
				t.Errorf("got error %v, want one that decides nothing", err)
			}
			// The log's key comes from the trusted root alone (CVE-2023-47122).
			if len(log.asked) != 1 || log.asked[0] != "POST https://log.example/api/v1/log/entries/retrieve" {
				t.Errorf("asked %q", log.asked)
			}
		})
	}
	t.Run("a signature by another key", func(t *testing.T) {
		log := &answering{status: 200, body: "[]"}
		forged := signature(t, s)
		forged.Bundle = detached(f.Bundle.GetMessageSignature().GetSignature(), newSigner(t).cert)
		digest := sha256.Sum256([]byte("artifact"))
		_, err := (&Completer{Root: &oneLog{id: id}, Transport: log}).Complete(t.Context(), forged.About("sha256", digest[:]))
		var r *verify.Rejection
		if !errors.As(err, &r) || r.Check != verify.CheckSignature || len(log.asked) > 0 {
			t.Errorf("got %v, asked %q", err, log.asked)
		}
	})
}

// Whatever a log answers, it is neither believed nor the end of the program.
func FuzzAnswer(f *testing.F) {
	s := newSigner(f)
	digest := sha256.Sum256([]byte("artifact"))
	signature := Found{Form: DetachedSignature, Bundle: detached(s.sign(f, []byte("artifact")), s.cert)}.About("sha256", digest[:])
	proposals, err := propose(f.Context(), signature, nil)
	if err != nil || len(proposals) != 1 {
		f.Fatal(proposals, err)
	}
	f.Add([]byte(`[{"00":{"body":"` + encoded(proposals[0].body) + `","integratedTime":1,"logID":"ab","logIndex":1,"verification":{"inclusionProof":{"checkpoint":"","hashes":["0"],"logIndex":1,"rootHash":"00","treeSize":1}}}}]`))
	f.Add([]byte(`[{"00":{"body":{},"verification":null}},{}]`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := &Completer{Root: &oneLog{id: []byte{0xab}}, Transport: &answering{status: 200, body: string(answer)}}
		found, err := c.Complete(t.Context(), signature)
		if err == nil && string(found.Bundle.GetVerificationMaterial().GetTlogEntries()[0].GetCanonicalizedBody()) != string(proposals[0].body) {
			t.Error("took another entry")
		}
	})
}
