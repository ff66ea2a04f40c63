package material

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-openapi/runtime"
	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/rekor/pkg/generated/client/entries"
	"github.com/sigstore/rekor/pkg/generated/models"
)

// ask looks entries up in a log by what they must be, not in its search index,
// which answers with whatever has one word in common. A log of version 2 does
// not know the question; then isV1 is false.
func ask(ctx context.Context, base string, transport http.RoundTripper, proposals []proposal) (found []*protorekor.TransparencyLogEntry, isV1 bool, err error) {
	client, err := newLogClient(base, transport)
	if err != nil {
		return nil, false, err
	}
	query := new(models.SearchLogQuery)
	var sent []models.ProposedEntry
	for _, p := range proposals {
		sent = append(sent, p.sent)
	}
	query.SetEntries(sent)
	answer, err := client.SearchLogQuery(entries.NewSearchLogQueryParamsWithContext(ctx).WithEntry(query))
	if errors.Is(err, errNotV1) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, unwrapped(err)
	}
	for _, entry := range answer.GetPayload() {
		for _, anon := range entry {
			logged, err := match(anon, proposals)
			if err != nil {
				return nil, true, err
			}
			if logged != nil {
				found = append(found, logged)
			}
		}
	}
	return found, true, nil
}

func newLogClient(base string, transport http.RoundTripper) (entries.ClientService, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	rt := httptransport.NewWithClient(u.Host, u.EscapedPath()+"/", []string{u.Scheme}, &http.Client{Transport: v1Only{transport}})
	rt.Consumers["application/json"] = runtime.JSONConsumer()
	rt.Producers["application/json"] = runtime.JSONProducer()
	return entries.New(rt, strfmt.Default), nil
}

// v1Only tells a log of another version by its answer, whatever that says.
type v1Only struct{ base http.RoundTripper }

var errNotV1 = errors.New("no log of version 1")

// RoundTrip makes the request.
func (t v1Only) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return nil, errors.Join(errNotV1, resp.Body.Close())
	}
	return resp, nil
}

// unwrapped takes off what net/http wraps around a transport's error, which
// names the log itself.
func unwrapped(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	if status := (*entries.SearchLogQueryDefault)(nil); errors.As(err, &status) {
		return fmt.Errorf("unexpected answer %d", status.Code())
	}
	return err
}
