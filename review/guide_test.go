package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadCommands(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string // repository, identity or pattern, ref; or the error
	}{
		"gh":                      {"$ gh attestation verify x --repo octo/widget", []string{"octo/widget || "}},
		"gh by owner":             {"gh attestation verify x --owner octo", []string{"any repository of octo would do"}},
		"gh, joined lines":        {"gh attestation verify x \\\n  -R octo/widget \\\r\n --deny-self-hosted-runners", []string{"octo/widget || "}},
		"hallmark, by release":    {"hallmark verify octo/widget@v1.0.0", []string{"octo/widget || "}},
		"hallmark, version left":  {"hallmark verify --repo octo/widget --tag v$VERSION x", []string{"octo/widget || refs/tags/v9.9.9"}},
		"hallmark, tag left":      {"hallmark verify --repo octo/widget --tag <tag> x", []string{"octo/widget || refs/tags/v9.9.9"}},
		"slsa-verifier":           {"slsa-verifier verify-artifact x --source-uri github.com/octo/widget --source-tag ${TAG}", []string{"octo/widget || refs/tags/v9.9.9"}},
		"cosign":                  {`cosign verify-blob x --certificate-identity "dev@octo.example" --certificate-oidc-issuer=https://accounts.example`, []string{" |dev@octo.example| "}},
		"cosign without issuer":   {"cosign verify-blob x --certificate-identity dev@octo.example", []string{"it names no issuer"}},
		"cosign without identity": {"cosign verify-blob x --key cosign.pub", []string{"no identity given"}},
		"inside of a sentence":    {"Use gh attestation verify x --repo octo/widget.", nil},
		"in backquotes":           {"`gh attestation verify x --repo octo/widget`", []string{"octo/widget || "}},
		"something behind":        {"gh attestation verify x --repo octo/widget && ./x --repo evil/x", []string{"octo/widget || "}},
		"not verified":            {"gh release download --repo octo/widget", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range readCommands(tt.text) {
				p, err := c.policy("v9.9.9")
				if err != nil {
					got = append(got, err.Error())
					continue
				}
				identity := ""
				for _, id := range p.Identities {
					identity = id.String()
				}
				got = append(got, p.Repository+" |"+identity+"| "+p.Ref)
			}
			if len(got) == 1 && len(tt.want) == 1 && strings.Contains(got[0], strings.TrimSpace(tt.want[0])) {
				return
			}
			same := cmp.Comparer(func(a, b string) bool {
				return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
			})
			if diff := cmp.Diff(tt.want, got, same); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSplitWords(t *testing.T) {
	tests := map[string][]string{
		`a b`:              {"a", "b"},
		`a 'b c' "d e"f`:   {"a", "b c", "d ef"},
		`a\ b "c\"d" '\e'`: {"a b", `c"d`, `\e`},
		`"\d" ''`:          {`\d`, ""},
		`  `:               nil,
		`'open`:            {"open"},
	}
	for line, want := range tests {
		if diff := cmp.Diff(want, splitWords(line)); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}

func FuzzReadCommands(f *testing.F) {
	f.Add("gh attestation verify x --repo octo/widget --tag v${VERSION} '<{$")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range readCommands(text) {
			if p, err := c.policy("v1.0.0"); err == nil && p.Validate() != nil {
				t.Errorf("%q: a policy that cannot be meant", c.text)
			}
		}
	})
}

func TestReadChecksums(t *testing.T) {
	d := strings.Repeat("ab", 32)
	tests := map[string]struct {
		text string
		want []checksum
	}{
		"GNU":           {d + "  dist/x.zip\n" + d + " *y.zip\n", []checksum{{"x.zip", "sha256", d}, {"y.zip", "sha256", d}}},
		"BSD":           {"SHA256 (x.zip) = " + d, []checksum{{"x.zip", "sha256", d}}},
		"capitals":      {strings.ToUpper(d) + "  x\r\n", []checksum{{"x", "sha256", d}}},
		"SHA-1":         {strings.Repeat("ab", 20) + "  x\n", nil},
		"a bad line":    {d + "  x\nhello\n", nil},
		"a digest only": {d + "\n", nil},
		"empty":         {"", nil},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, readChecksums(tt.text), cmp.AllowUnexported(checksum{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
