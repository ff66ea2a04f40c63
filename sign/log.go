package sign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-openapi/runtime"
	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	tiles "github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	"github.com/sigstore/rekor/pkg/generated/client/entries"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"google.golang.org/protobuf/encoding/protojson"
)

// errConflict is a Rekor v2 log's answer to a signature that it holds already.
var errConflict = errors.New("the log holds this entry already")

const maxEntry = 4 << 20

// newLog is upstream's log client over our transport, which its own clients do
// not take.
func newLog(base string, version uint32, transport http.RoundTripper) sign.Transparency {
	client := &http.Client{Transport: transport}
	options := &sign.RekorOptions{BaseURL: base, Version: version}
	if version == 2 {
		options.ClientV2 = tileLog{base, client}
		return sign.NewRekor(options)
	}
	u, err := url.Parse(base)
	if err != nil {
		return brokenLog{err}
	}
	rt := httptransport.NewWithClient(u.Host, u.EscapedPath()+"/", []string{u.Scheme}, client)
	rt.Consumers["application/json"] = runtime.JSONConsumer()
	rt.Producers["application/json"] = runtime.JSONProducer()
	options.Client = entries.New(rt, strfmt.Default)
	options.Timeout = 24 * time.Hour // without one it sets 30 s for all tries together
	return sign.NewRekor(options)
}

// brokenLog fails when it is used, as a log does.
type brokenLog struct{ err error }

// GetTransparencyLogEntry fails.
func (l brokenLog) GetTransparencyLogEntry(context.Context, []byte, *protobundle.Bundle) error {
	return l.err
}

// tileLog writes to a Rekor v2 log.
type tileLog struct {
	base   string
	client *http.Client
}

// Add posts one entry and waits for the proof that it is in the log.
func (l tileLog) Add(ctx context.Context, entry any) (*protorekor.TransparencyLogEntry, error) {
	hashed, ok := entry.(*tiles.HashedRekordRequestV002)
	if !ok {
		return nil, fmt.Errorf("a Rekor v2 log takes no %T", entry)
	}
	body, err := protojson.Marshal(&tiles.CreateEntryRequest{
		Spec: &tiles.CreateEntryRequest_HashedRekordRequestV002{HashedRekordRequestV002: hashed},
	})
	if err != nil {
		return nil, err
	}
	endpoint, err := url.JoinPath(l.base, "api/v2/log/entries")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusCreated:
	case http.StatusConflict:
		return nil, fmt.Errorf("%s %s: %w", logRole, l.base, errConflict)
	default:
		return nil, fmt.Errorf("%s %s: unexpected answer %s", logRole, l.base, resp.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxEntry))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", logRole, l.base, err)
	}
	logged := new(protorekor.TransparencyLogEntry)
	if err := protojson.Unmarshal(answer, logged); err != nil {
		return nil, fmt.Errorf("%s %s: %w", logRole, l.base, err)
	}
	return logged, nil
}
