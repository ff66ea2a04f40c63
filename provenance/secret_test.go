package provenance_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/provenance"
)

// TestCredentialNames: a password may be any word, and is known by its name alone.
func TestCredentialNames(t *testing.T) {
	for _, name := range []string{
		"password", "db_password", "DB_PASSWORD", "dbPassword", "npm-token", "NPM_TOKEN", "npmToken", "GITHUBToken", "secret", "client secret", "passphrase",
		"api_key", "apiKey", "APIKey", "apikey", "signing.private-key", "AWS_SECRET_ACCESS_KEY", "pat", "registry_credentials", "passwd",
	} {
		t.Run(name, func(t *testing.T) {
			for _, extras := range []provenance.Extras{
				{Inputs: map[string]any{name: "hunter2"}},
				{Params: map[string]string{name: "hunter2"}},
			} {
				err := mustGitHub(t).Add(extras)
				var refused *provenance.SecretError
				if !errors.As(err, &refused) || refused.Name != name || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("got %v, want a refusal without the value", err)
				}
			}
			for _, value := range []any{"", " ", "true", "False", true, false} {
				if err := mustGitHub(t).Add(provenance.Extras{Inputs: map[string]any{name: value}}); err != nil {
					t.Errorf("%v: %v", value, err)
				}
			}
		})
	}
}

// TestHarmlessInputs: what releases are really started with is recorded.
func TestHarmlessInputs(t *testing.T) {
	for _, input := range []struct{ name, value string }{
		{"commit", "9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112"},
		{"sha", "9F2D1C7A0B3E4F5061728394A5B6C7D8E9F00112"},
		{"digest", "sha256:376e7e01348585b6e6643bc6663146b9d525d9b41228bf180eaeb4d4a3706caa"},
		{"checksum", "376e7e01348585b6e6643bc6663146b9d525d9b41228bf180eaeb4d4a3706caa"},
		{"sha512", strings.Repeat("0123456789abcdef", 8)},
		{"integrity", "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="},
		{"gosum", "h1:/FkaULHi8bEL/mGlgAr1WnPFAcc1rERiqEmxnEJ1Rqs="},
		{"version", "v1.4.0-rc.1+build.20261120.9f2d1c7"},
		{"pseudo", "v0.0.0-20261120140211-9f2d1c7a0b3e"},
		{"calver", "2026.11.20"},
		{"tag", "release/2026-11-20/widget-server-v1.4.0-hotfix.2"},
		{"branch", "dependabot/npm_and_yarn/types/node-22.9.0-and-typescript-5.7.2"},
		{"ref", "refs/heads/JIRA-1234-Fix-The-Build-On-Windows-11-And-MacOS-15"},
		{"image", "ghcr.io/octo/widget:1.4.0@sha256:" + strings.Repeat("ab12", 16)},
		{"url", "https://github.com/octo/widget/compare/v1.3.0...v1.4.0?expand=1#diff-9f2d1c7a0b3e4f50"},
		{"artifact_url", "https://example.com/d/AbCdEfGh1234567890IjKlMnOpQrStUvWxYz0987654321"},
		{"ssh_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9zq2xk1Yv0Q3bT7c8Zp5nJw4LrXm6HsDfGa2EoUiYt mona@example.com"},
		{"fingerprint", "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDYz1k3l0kD9v0bQ2s"},
		{"pgp", "D2B7 4F1C 0A9E 63C8 5512 9E0D 7B1A 44C2 08F3 A6B1"},
		{"uuid", "0b1f7a4e-3c5d-4e6f-8a9b-0c1d2e3f4a5b"},
		{"runs", "8123456789,8123456790,8123456791"},
		{"matrix", `{"include":[{"os":"ubuntu-24.04","arch":"arm64"},{"os":"windows-2025","arch":"x64"}]}`},
		{"kms", "projects/my-project-123/locations/europe-west1/keyRings/Release/cryptoKeys/Signing/cryptoKeyVersions/1"},
		{"provider", "projects/123456789012/locations/global/workloadIdentityPools/GitHub/providers/octo-widget"},
		{"role", "arn:aws:iam::123456789012:role/GitHubActionsReleaseRole"},
		{"bucket", "s3://octo-releases-eu-central-1/widget/v1.4.0/"},
		{"subscription", "/subscriptions/0b1f7a4e-3c5d-4e6f-8a9b-0c1d2e3f4a5b/resourceGroups/Release-RG1"},
		{"path", `C:\hostedtoolcache\windows\Python\3.12.7\x64`},
		{"class", "OrgExampleWidgetServerIntegrationTestsForPostgreSQL16AndMySQL8"},
		{"package", "com.example.widget.server.ReleaseConfiguration$Builder2"},
		{"artifact", "WidgetSetup_1.4.0_x64_en-US_Release_2026-11-20_Signed.msi"},
		{"notes", "Fixes #123, #456; thanks to @mona (password reset works again)"},
		{"labels", "kind/bug,area/api,priority/P1"},
		{"cron", "0 3 * * 1-5"},
		{"date", "2026-11-20T14:02:11Z"},
		{"email", "release-team@example.com"},
		{"count", "1234567890123456789012345678901234567890"},
		{"timezone", "America/Argentina/Buenos_Aires"},
		{"flags", "-trimpath -ldflags=-s -X=main.version=v1.4.0"},
		{"regex", `^v[0-9]+\.[0-9]+\.[0-9]+$`},
		{"token_type", "Bearer"},
		{"secret_name", "NPM_TOKEN"},
		{"max-tokens", "4096"},
		{"tokenizer", "bpe"},
		{"key", "value"},
		{"public_key", "release.pub"},
		{"path_to_secrets", "deploy/secrets.enc.yaml"},
		{"compat", "1.20"},
		{"use_token", "true"},
	} {
		t.Run(input.name, func(t *testing.T) {
			if err := mustGitHub(t).Add(provenance.Extras{Inputs: map[string]any{input.name: input.value}}); err != nil {
				t.Error(err)
			}
		})
	}
}
