package main

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/sigstore/fulcio/pkg/certificate"
	"github.com/sigstore/fulcio/pkg/config"
	"go.yaml.in/yaml/v3"
)

// githubWorkflow says which claim of a GitHub token becomes which extension of
// the certificate. It is the public instance's own table: the entry
// github-workflow of ci-issuer-metadata in config/identity/config.yaml,
// github.com/sigstore/fulcio v1.8.7.
var githubWorkflow = config.IssuerMetadata{
	DefaultTemplateValues: map[string]string{
		"url":         "https://github.com",
		"environment": "",
	},
	ExtensionTemplates: certificate.Extensions{
		GithubWorkflowTrigger:               "event_name",
		GithubWorkflowSHA:                   "sha",
		GithubWorkflowName:                  "workflow",
		GithubWorkflowRepository:            "repository",
		GithubWorkflowRef:                   "ref",
		BuildSignerURI:                      "{{ .url }}/{{ .job_workflow_ref }}",
		BuildSignerDigest:                   "job_workflow_sha",
		RunnerEnvironment:                   "runner_environment",
		SourceRepositoryURI:                 "{{ .url }}/{{ .repository }}",
		SourceRepositoryDigest:              "sha",
		SourceRepositoryRef:                 "ref",
		SourceRepositoryIdentifier:          "repository_id",
		SourceRepositoryOwnerURI:            "{{ .url }}/{{ .repository_owner }}",
		SourceRepositoryOwnerIdentifier:     "repository_owner_id",
		BuildConfigURI:                      "{{ .url }}/{{ .workflow_ref }}",
		BuildConfigDigest:                   "workflow_sha",
		BuildTrigger:                        "event_name",
		RunInvocationURI:                    "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}",
		SourceRepositoryVisibilityAtSigning: "repository_visibility",
		DeploymentEnvironment:               "environment",
	},
	SubjectAlternativeNameTemplate: "{{ .url }}/{{ .job_workflow_ref }}",
}

// fulcioIssuers is the configuration file of a Fulcio that trusts one issuer as
// a GitHub, and one for people.
func fulcioIssuers(issuerURL, personURL string) ([]byte, error) {
	const provider = "github-workflow"
	return yaml.Marshal(config.FulcioConfig{
		OIDCIssuers: map[string]config.OIDCIssuer{issuerURL: {
			IssuerURL:  issuerURL,
			ClientID:   "sigstore",
			Type:       config.IssuerTypeCIProvider,
			CIProvider: provider,
		}, personURL: {
			IssuerURL: personURL,
			ClientID:  interactiveClient,
			Type:      config.IssuerTypeEmail,
		}},
		CIIssuerMetadata: map[string]config.IssuerMetadata{provider: githubWorkflow},
	})
}

// fulcioConfig reads a configuration that trusts two issuers. Reading it makes
// Fulcio look for the first one's discovery document, at the host that it
// names and through http.DefaultTransport, whose value it keeps: for that one
// call the default sends the issuer's host to discoveryURL.
func fulcioConfig(issuerURL, discoveryURL, personURL string) (*config.FulcioConfig, error) {
	public, err := url.Parse(issuerURL)
	if err != nil {
		return nil, fmt.Errorf("issuer %s: %w", issuerURL, err)
	}
	local, err := url.Parse(discoveryURL)
	if err != nil {
		return nil, fmt.Errorf("issuer %s: %w", issuerURL, err)
	}
	yaml, err := fulcioIssuers(issuerURL, personURL)
	if err != nil {
		return nil, err
	}
	original := http.DefaultTransport
	http.DefaultTransport = rewriteHost{from: public.Host, to: local, base: original}
	defer func() { http.DefaultTransport = original }()
	cfg, err := config.Read(yaml)
	if err != nil {
		return nil, fmt.Errorf("fulcio's configuration: %w", err)
	}
	// Read only logs an issuer that does not answer.
	for _, issuer := range []string{issuerURL, personURL} {
		if _, ok := cfg.GetVerifier(issuer); !ok {
			return nil, fmt.Errorf("fulcio found no issuer at %s", issuer)
		}
	}
	return cfg, nil
}

// rewriteHost sends requests for one host to another address.
type rewriteHost struct {
	from string
	to   *url.URL
	base http.RoundTripper
}

func (t rewriteHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == t.from {
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host = t.to.Scheme, t.to.Host
	}
	return t.base.RoundTrip(r)
}
