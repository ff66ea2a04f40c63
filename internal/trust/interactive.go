package trust

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// signInWithin is how long a person has to sign in with a browser. A device's
// code has a time of its own, which the issuer sets.
const signInWithin = 5 * time.Minute

// Interactive gets an identity token from a person, who signs in at the issuer
// with a browser on this machine, or with a code and a browser anywhere.
//
// sigstore's oauthflow does the same, but cannot be told to stop, makes requests
// of its own, prints to standard output and goes on to read standard input; so
// it is done here with the libraries that it stands on.
type Interactive struct {
	// Issuer is the OIDC issuer that a signing config names.
	Issuer string
	// Device asks for a code instead of opening a browser.
	Device bool
	// Client makes the requests.
	Client *http.Client
	// Open shows a URL in a browser. It does not wait for the browser to end.
	Open func(ctx context.Context, url string) error
	// Tell says a line to the person.
	Tell func(format string, args ...any)
	// Now is the clock that expiry is held against.
	Now func() time.Time
}

// source is how the token was come by.
func (i *Interactive) source() string {
	if i.Device {
		return "device, " + i.Issuer
	}
	return "browser, " + i.Issuer
}

// Token signs the person in. The token is the issuer's, for [Audience], and
// answers this very request.
func (i *Interactive) Token(ctx context.Context) (Token, error) {
	raw, err := i.signIn(ctx)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return Token{}, fmt.Errorf("issuer %s: %w", i.Issuer, err)
	}
	token, err := ParseToken(raw, i.Now())
	if err != nil {
		return Token{}, fmt.Errorf("issuer %s: %w", i.Issuer, err)
	}
	return token, nil
}

func (i *Interactive) signIn(ctx context.Context) (string, error) {
	ctx = oidc.ClientContext(ctx, i.Client)
	provider, err := oidc.NewProvider(ctx, i.Issuer)
	if err != nil {
		return "", err
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams // a public client has no secret to try
	if err := checkEndpoints(provider, endpoint, i.Device); err != nil {
		return "", err
	}
	config := &oauth2.Config{ClientID: Audience, Endpoint: endpoint, Scopes: []string{oidc.ScopeOpenID, "email"}}
	nonce, answer := "", (*oauth2.Token)(nil)
	if i.Device {
		answer, err = i.byDevice(ctx, config)
	} else {
		nonce = rand.Text()
		answer, err = i.byBrowser(ctx, config, nonce)
	}
	if err != nil {
		return "", plainOAuth(err)
	}
	raw, _ := answer.Extra("id_token").(string)
	verified, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: Audience, Now: i.Now}).Verify(ctx, raw)
	if err != nil {
		return "", errors.New("its token does not verify")
	}
	if verified.Nonce != nonce {
		return "", errors.New("its token answers another request")
	}
	return raw, nil
}

// checkEndpoints wants what protects a program without a secret: PKCE, RFC 7636,
// and URLs that lead nowhere but to a web server.
func checkEndpoints(provider *oidc.Provider, endpoint oauth2.Endpoint, device bool) error {
	var metadata struct {
		Methods []string `json:"code_challenge_methods_supported"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return err
	}
	if !slices.Contains(metadata.Methods, "S256") {
		return errors.New("it does not support PKCE with S256")
	}
	urls := []string{endpoint.TokenURL, endpoint.AuthURL}
	if device {
		urls[1] = endpoint.DeviceAuthURL
	}
	for _, u := range urls {
		if err := checkWeb(u); err != nil {
			return err
		}
	}
	return nil
}

// checkWeb refuses what is not to be opened with a browser or sent a code.
func checkWeb(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return fmt.Errorf("it names %q, which is no https URL", raw)
	}
	return nil
}

// byDevice shows a code and asks until the person has entered it somewhere.
func (i *Interactive) byDevice(ctx context.Context, config *oauth2.Config) (*oauth2.Token, error) {
	verifier := oauth2.GenerateVerifier()
	code, err := config.DeviceAuth(ctx, oauth2.S256ChallengeOption(verifier))
	if err != nil {
		return nil, err
	}
	where := code.VerificationURIComplete
	if where == "" {
		where = code.VerificationURI
	}
	if err := checkWeb(where); err != nil {
		return nil, err
	}
	i.Tell("sign in at %s with the code %s", where, code.UserCode)
	answer, err := config.DeviceAccessToken(ctx, code, oauth2.VerifierOption(verifier))
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, errors.New("nobody entered the code while it was good")
	}
	return answer, err
}

// plainOAuth is a refusal without the answer that it came in.
func plainOAuth(err error) error {
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.ErrorCode != "" {
		return fmt.Errorf("it refuses: %s", refused.ErrorCode)
	}
	return err
}
