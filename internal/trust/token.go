package trust

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Audience is whom an identity token must be made out to, and to nobody else: a
// token that Fulcio takes must not open another door, nor another's token ours.
const Audience = "sigstore"

const maxToken = 16 << 10

// clockLeeway is how far the clocks of an issuer and of this machine may be
// apart where a token is not valid yet; tokens are not valid for much longer.
const clockLeeway = 5 * time.Minute

// ErrIdentity marks an identity that the operator gave and that cannot be used,
// or that there is none.
var ErrIdentity = errors.New("no usable identity")

// ErrClock marks a token that is valid at another time than this machine's clock
// shows. Where the token is fresh, it is the clock that is wrong.
var ErrClock = errors.New("this machine's clock says")

// Token is an OIDC identity token. Whoever holds it can sign as its subject, so
// it does not print itself: only [Token.Reveal] gives it away. It is kept behind a
// pointer because fmt does not ask the unexported fields of other structs how
// they wish to be printed.
type Token struct{ raw *string }

// Reveal is the token itself, for the one request that needs it; "" for the zero
// Token.
func (t Token) Reveal() string {
	if t.raw == nil {
		return ""
	}
	return *t.raw
}

// String hides the token.
func (t Token) String() string { return "[identity token]" }

// GoString hides the token from %#v.
func (t Token) GoString() string { return t.String() }

// Format hides the token from every other verb.
func (t Token) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(t.String())) }

// MarshalText hides the token from encoders.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// algorithms are those that issuers sign with. A token "signed" with a shared
// secret or with nothing is no identity.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// ParseToken checks what can be checked before a token goes anywhere: that it is
// a signed JWT for [Audience] by an https issuer and has not expired. Whether the
// signature is the issuer's is Fulcio's to say. Errors never hold any of it.
func ParseToken(raw string, now time.Time) (Token, error) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "":
		return Token{}, errors.New("the token is empty")
	case len(raw) > maxToken:
		return Token{}, fmt.Errorf("the token is larger than %d bytes", maxToken)
	case strings.Count(raw, ".") == 4:
		return Token{}, errors.New("the token is encrypted (JWE)")
	case strings.Count(raw, ".") != 2:
		return Token{}, errors.New("the token is not a JWT")
	}
	parsed, err := jwt.ParseSigned(raw, algorithms)
	if err != nil {
		return Token{}, errors.New("the token is not a JWT signed with a public-key algorithm")
	}
	var claims jwt.Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return Token{}, errors.New("the token's claims cannot be read")
	}
	if err := checkClaims(claims, now); err != nil {
		return Token{}, err
	}
	return Token{raw: &raw}, nil
}

func checkClaims(claims jwt.Claims, now time.Time) error {
	issuer, err := url.Parse(claims.Issuer)
	switch {
	case err != nil, issuer.Host == "", issuer.Scheme != "https" && !isLoopback(issuer.Hostname()):
		return fmt.Errorf("the token's issuer %q is no https URL", claims.Issuer)
	case len(claims.Audience) != 1 || claims.Audience[0] != Audience:
		return fmt.Errorf("the token's audience is %q, want %q alone", []string(claims.Audience), Audience)
	case claims.Expiry == nil:
		return errors.New("the token does not expire")
	case !now.Before(claims.Expiry.Time()):
		return fmt.Errorf("the token expired at %s, and %w %s", inUTC(claims.Expiry.Time()), ErrClock, inUTC(now))
	case claims.NotBefore != nil && now.Add(clockLeeway).Before(claims.NotBefore.Time()):
		return fmt.Errorf("the token is valid from %s on, and %w %s", inUTC(claims.NotBefore.Time()), ErrClock, inUTC(now))
	}
	return nil
}

func inUTC(t time.Time) string { return t.UTC().Format(time.RFC3339) }
