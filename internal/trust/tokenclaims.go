package trust

import (
	"cmp"

	"github.com/go-jose/go-jose/v4/jwt"
)

// TokenClaims are what a token says of its holder, unverified: good for telling
// a person who is about to sign and for expecting a certificate, not as proof.
type TokenClaims struct {
	Issuer         string `json:"iss"`
	Subject        string `json:"sub"`
	Email          string `json:"email"`
	JobWorkflowRef string `json:"job_workflow_ref"`
	Visibility     string `json:"repository_visibility"`

	GitLabConfig     string `json:"ci_config_ref_uri"`
	GitLabVisibility string `json:"project_visibility"`
}

// Claims reads the token without checking its signature. The zero value is what
// an unreadable token says, which ParseToken makes none of.
func (t Token) Claims() TokenClaims {
	var claims TokenClaims
	parsed, err := jwt.ParseSigned(t.Reveal(), algorithms)
	if err != nil {
		return claims
	}
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return TokenClaims{}
	}
	return claims
}

// Signer is the name that Fulcio will write into a certificate for this holder
// and its issuer, or zeros where that is Fulcio's to decide.
func (c TokenClaims) Signer() (name, issuer string) {
	if c.Issuer == GitHubIssuer && c.JobWorkflowRef != "" {
		return "https://github.com/" + c.JobWorkflowRef, c.Issuer
	}
	if c.Issuer == GitLabIssuer && c.GitLabConfig != "" {
		return "https://" + c.GitLabConfig, c.Issuer
	}
	return "", ""
}

// SourceVisibility tells who may see the source that the holder was built from,
// as its platform words it: "public", "private" or "internal"; "" if it is no
// job's token.
func (c TokenClaims) SourceVisibility() string {
	return cmp.Or(c.Visibility, c.GitLabVisibility)
}
