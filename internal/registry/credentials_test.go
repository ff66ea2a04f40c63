package registry

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

const (
	password     = "Basic b2N0bzpzZWNyZXQ=" // octo:secret
	emptyIndex   = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`
	ociIndexType = "application/vnd.oci.image.index.v1+json"
	ociImageType = "application/vnd.oci.image.manifest.v1+json"
)

var octo = authn.AuthConfig{Username: "octo", Password: "secret"}

func challenge(kind string) page {
	return page{code: http.StatusUnauthorized, header: map[string]string{"WWW-Authenticate": kind}}
}

// private is a registry that gives an image to whoever shows authorization.
func private(how, authorization string) pages {
	return pages{
		"challenge":                    challenge(how),
		"/v2/":                         challenge(how),
		"/v2/octo/widget/manifests/v1": {kind: ociIndexType, body: emptyIndex, need: authorization},
	}
}

func tokens(need string) pages {
	return pages{"/token": {body: `{"token":"T"}`, need: need}, "challenge": {code: http.StatusForbidden}}
}

// O-08, INV-10: who is shown what of the credentials for a registry.
func TestCredentialsStayAtHome(t *testing.T) {
	tests := map[string]struct {
		registry string
		hosts    map[string]http.Handler
		keys     keys
		sent     []string // hosts
		denied   bool
		failed   bool
	}{
		"none": {
			registry: "registry.example.com",
			hosts:    map[string]http.Handler{"registry.example.com": pages{"/v2/": {}, "/v2/octo/widget/manifests/v1": {kind: ociIndexType, body: emptyIndex}}},
			keys:     keys{"registry.example.com": octo},
		},
		"basic": {
			registry: "registry.example.com",
			hosts:    map[string]http.Handler{"registry.example.com": private(`Basic realm="r"`, password)},
			keys:     keys{"registry.example.com": octo},
			sent:     []string{"registry.example.com"},
		},
		"basic, no credentials": {
			registry: "registry.example.com",
			hosts:    map[string]http.Handler{"registry.example.com": private(`Basic realm="r"`, password)},
			keys:     keys{"other.example.com": octo},
			denied:   true,
		},
		"challenged at the repository alone": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{"registry.example.com": func() pages {
				p := private(`Basic realm="r"`, password)
				p["/v2/"] = page{}
				return p
			}()},
			keys: keys{"registry.example.com": octo},
			sent: []string{"registry.example.com"},
		},
		"token service on the same host": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{"registry.example.com": func() pages {
				p := private(`Bearer realm="https://registry.example.com/token",service="s"`, "Bearer T")
				p["/token"] = page{body: `{"access_token":"T"}`, need: password}
				return p
			}()},
			keys: keys{"registry.example.com": octo},
			sent: []string{"registry.example.com"},
		},
		"token service of the same domain": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": private(`Bearer realm="https://auth.example.com/token",service="s"`, "Bearer T"),
				"auth.example.com":     tokens(password),
			},
			keys: keys{"registry.example.com": octo},
			sent: []string{"registry.example.com", "auth.example.com"},
		},
		"token service elsewhere serves anybody": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": private(`Bearer realm="https://evil.example/token",service="s"`, "Bearer T"),
				"evil.example":         tokens(""),
			},
			keys: keys{"registry.example.com": octo},
			sent: []string{"registry.example.com"}, // the token that anybody gets
		},
		"token service elsewhere wants a password": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": private(`Bearer realm="https://evil.example/token",service="s"`, "Bearer T"),
				"evil.example":         tokens(password),
			},
			keys:   keys{"registry.example.com": octo},
			denied: true,
		},
		"token service of another customer of the host": {
			registry: "octo.github.io",
			hosts: map[string]http.Handler{
				"octo.github.io": private(`Bearer realm="https://evil.github.io/token",service="s"`, "Bearer T"),
				"evil.github.io": tokens(password),
			},
			keys:   keys{"octo.github.io": octo},
			denied: true,
		},
		"token service at another port of an address": {
			registry: "127.0.0.1:5000",
			hosts: map[string]http.Handler{
				"127.0.0.1:5000": private(`Bearer realm="http://127.0.0.1:6000/token",service="s"`, "Bearer T"),
				"127.0.0.1:6000": tokens(password),
			},
			keys:   keys{"127.0.0.1:5000": octo},
			failed: true,
		},
		"token service in the clear": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": private(`Bearer realm="http://auth.example.com/token",service="s"`, "Bearer T"),
				"auth.example.com":     tokens(password),
			},
			keys:   keys{"registry.example.com": octo},
			failed: true,
		},
		"token service inside": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": private(`Bearer realm="https://169.254.169.254/token",service="s"`, "Bearer T"),
				"169.254.169.254":      tokens(""),
			},
			failed: true,
		},
		"no token service": {
			registry: "registry.example.com",
			hosts:    map[string]http.Handler{"registry.example.com": private(`Bearer service="s"`, "Bearer T")},
			keys:     keys{"registry.example.com": octo},
			failed:   true,
		},
		"token service redirects a refresh token": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": private(`Bearer realm="https://auth.example.com/token",service="s"`, "Bearer T"),
				"auth.example.com":     pages{"/token": {code: http.StatusTemporaryRedirect, header: map[string]string{"Location": "https://evil.example/token"}}},
				"evil.example":         tokens(""),
			},
			keys:   keys{"registry.example.com": {IdentityToken: "refresh"}},
			sent:   []string{"auth.example.com"},
			failed: true,
		},
		"registry redirects the handshake": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": pages{"/v2/": {code: http.StatusFound, header: map[string]string{"Location": "https://evil.example/v2/"}}},
				"evil.example":         private(`Basic realm="r"`, password),
			},
			keys:   keys{"registry.example.com": octo},
			failed: true,
		},
		"registry redirects a request": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": pages{
					"/v2/":                         challenge(`Basic realm="r"`),
					"challenge":                    challenge(`Basic realm="r"`),
					"/v2/octo/widget/manifests/v1": {code: http.StatusTemporaryRedirect, header: map[string]string{"Location": "https://cdn.example/x"}, need: password},
				},
				"cdn.example": pages{"/x": {kind: ociIndexType, body: emptyIndex}},
			},
			keys: keys{"registry.example.com": octo},
			sent: []string{"registry.example.com"},
		},
		"redirect to its sibling": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": pages{
					"/v2/":                         challenge(`Basic realm="r"`),
					"challenge":                    challenge(`Basic realm="r"`),
					"/v2/octo/widget/manifests/v1": {code: http.StatusFound, header: map[string]string{"Location": "https://sub.registry.example.com/x"}, need: password},
				},
				"sub.registry.example.com": pages{"/x": {need: password}, "challenge": challenge(`Basic realm="r"`)},
			},
			keys:   keys{"registry.example.com": octo},
			sent:   []string{"registry.example.com"},
			denied: true,
		},
		"redirect in the clear": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": pages{"/v2/": {}, "/v2/octo/widget/manifests/v1": {code: http.StatusFound, header: map[string]string{"Location": "http://cdn.example/x"}}},
				"cdn.example":          pages{"/x": {kind: ociIndexType, body: emptyIndex}},
			},
			failed: true,
		},
		"redirect to loopback": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": pages{"/v2/": {}, "/v2/octo/widget/manifests/v1": {code: http.StatusFound, header: map[string]string{"Location": "http://127.0.0.1:6000/x"}}},
				"127.0.0.1:6000":       pages{"/x": {kind: ociIndexType, body: emptyIndex}},
			},
			failed: true,
		},
		"redirect for ever": {
			registry: "registry.example.com",
			hosts: map[string]http.Handler{
				"registry.example.com": pages{"/v2/": {}, "/v2/octo/widget/manifests/v1": {code: http.StatusFound, header: map[string]string{"Location": "v1"}}},
			},
			failed: true,
		},
		"private address in the clear": {
			registry: "10.0.0.1:5000",
			hosts:    map[string]http.Handler{"10.0.0.1:5000": inTheClear{private(`Basic realm="r"`, password)}},
			keys:     keys{"10.0.0.1:5000": octo},
			failed:   true,
		},
		"loopback in the clear": {
			registry: "127.0.0.1:5000",
			hosts:    map[string]http.Handler{"127.0.0.1:5000": inTheClear{private(`Basic realm="r"`, password)}},
			keys:     keys{"127.0.0.1:5000": octo},
			sent:     []string{"127.0.0.1:5000"},
		},
		"unknown authentication": {
			registry: "registry.example.com",
			hosts:    map[string]http.Handler{"registry.example.com": private(`Negotiate`, "x")},
			keys:     keys{"registry.example.com": octo},
			failed:   true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := &internet{hosts: test.hosts}
			client := &Client{Transport: n, Keychain: test.keys}
			image, err := client.Resolve(t.Context(), Reference{Registry: test.registry, Repository: "octo/widget", Tag: "v1"})
			n.wantSecrets(t, test.sent...)
			switch {
			case test.denied:
				if !errors.Is(err, ErrDenied) {
					t.Errorf("got %v", err)
				}
			case test.failed:
				if err == nil || errors.Is(err, ErrDenied) {
					t.Errorf("got %v", err)
				}
			case err != nil:
				t.Error(err)
			case image.Digest != digestOf([]byte(emptyIndex)):
				t.Errorf("got %s", image)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

// A token that has run out is replaced, once for all who wait.
func TestExpiredToken(t *testing.T) {
	issued := 0
	p := private(`Bearer realm="https://registry.example.com/token",service="s"`, "Bearer T2")
	n := &internet{hosts: map[string]http.Handler{"registry.example.com": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			issued++
			_, _ = w.Write([]byte(`{"token":"T` + string(rune('0'+issued)) + `"}`))
			return
		}
		p.ServeHTTP(w, r)
	})}}
	image, err := (&Client{Transport: n}).Resolve(t.Context(), Reference{Registry: "registry.example.com", Repository: "octo/widget", Tag: "v1"})
	if err != nil || issued != 2 {
		t.Errorf("%v, %v, %d tokens", image, err, issued)
	}
}

func TestDockerConfig(t *testing.T) {
	auth := `{"auth":"b2N0bzpzZWNyZXQ="}`
	tests := map[string]struct {
		config string
		target string
		want   authn.AuthConfig
		err    string
	}{
		"registry":           {`{"auths":{"ghcr.io":` + auth + `}}`, "ghcr.io/octo/widget", octo, ""},
		"other registry":     {`{"auths":{"ghcr.io":` + auth + `}}`, "quay.io/octo/widget", authn.AuthConfig{}, ""},
		"sibling":            {`{"auths":{"ghcr.io":` + auth + `}}`, "sub.ghcr.io/octo/widget", authn.AuthConfig{}, ""},
		"repository":         {`{"auths":{"ghcr.io/octo/widget":` + auth + `,"ghcr.io":{"auth":"eDp5"}}}`, "ghcr.io/octo/widget", octo, ""},
		"Docker Hub":         {`{"auths":{"https://index.docker.io/v1/":` + auth + `}}`, "index.docker.io/octo/widget", octo, ""},
		"identity token":     {`{"auths":{"ghcr.io":{"identitytoken":"t"}}}`, "ghcr.io/octo/widget", authn.AuthConfig{IdentityToken: "t"}, ""},
		"empty":              {`{}`, "ghcr.io/octo/widget", authn.AuthConfig{}, ""},
		"not JSON":           {`auths:`, "ghcr.io/octo/widget", authn.AuthConfig{}, "invalid character"},
		"helper in a folder": {`{"credHelpers":{"ghcr.io":"/../evil"}}`, "ghcr.io/octo/widget", authn.AuthConfig{}, "no name of a credential helper"},
		"store in a folder":  {`{"credsStore":"../evil"}`, "ghcr.io/octo/widget", authn.AuthConfig{}, "no name of a credential helper"},
		"helper not there":   {`{"credHelpers":{"ghcr.io":"hallmark-none"}}`, "ghcr.io/octo/widget", authn.AuthConfig{}, "executable file not found"},
		"helper of another":  {`{"credHelpers":{"quay.io":"hallmark-none"}}`, "ghcr.io/octo/widget", authn.AuthConfig{}, ""},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "config.json")
			mustWrite(t, path, test.config, 0o600)
			d := &DockerConfig{Files: []string{filepath.Join(dir, "absent.json"), path, filepath.Join(dir, "later.json")}}
			got, err := resolve(d, test.target)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got %v, want %s", err, test.err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// What lies in the current folder is never run, whatever PATH says, and no
// configuration is read from there.
func TestNothingOfTheCurrentFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	ran := filepath.Join(dir, "ran")
	mustWrite(t, "docker-credential-evil", "#!/bin/sh\ntouch '"+ran+"'\necho '{\"Username\":\"u\",\"Secret\":\"s\"}'\n", 0o755)
	if err := os.MkdirAll("docker-credential-", 0o755); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, "config.json", `{"credHelpers":{"ghcr.io":"evil"}}`, 0o600)
	if err := os.MkdirAll("containers", 0o755); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, "containers/auth.json", `{"auths":{"ghcr.io":{"auth":"b2N0bzpzZWNyZXQ="}}}`, 0o600)
	t.Setenv("XDG_RUNTIME_DIR", "")
	for _, path := range []string{".", "", ":/bin", dir + "/../" + filepath.Base(dir) + "/none:."} {
		t.Setenv("PATH", path)
		if got, err := resolve(&DockerConfig{Files: []string{filepath.Join(dir, "config.json")}}, "ghcr.io/octo/widget"); err == nil {
			t.Errorf("PATH=%q: got %+v", path, got)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the helper was run")
	}
	if got, err := resolve(new(DockerConfig), "ghcr.io/octo/widget"); err != nil || got != (authn.AuthConfig{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestHelper: a credential helper is asked in the environment that it is given,
// and in no other; what it answers is taken as docker takes it.
func TestHelper(t *testing.T) {
	dir := t.TempDir()
	saw := filepath.Join(dir, "saw")
	mustWrite(t, filepath.Join(dir, "docker-credential-hallmark-test"), "#!/bin/sh\n"+
		"read server; echo \"$1 $server $HELPER ${ACTIONS_ID_TOKEN_REQUEST_TOKEN-none}\" >>'"+saw+"'\n"+
		"echo spoke >&2\n"+
		"case $server in\n"+
		"ghcr.io) echo '{\"Username\":\"octo\",\"Secret\":\"secret\"}' ;;\n"+
		"quay.io) echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}' ;;\n"+
		"broken.io) echo nonsense ;;\n"+
		"*) echo 'credentials not found in native keychain'; exit 1 ;;\n"+
		"esac\n", 0o755)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "bearer")
	path := filepath.Join(dir, "config.json")
	mustWrite(t, path, `{"credsStore":"hallmark-test","credHelpers":{"plain.io":""},"auths":{"plain.io":{"auth":"b2N0bzpzZWNyZXQ="},"ghcr.io":{"auth":"eDp5"}}}`, 0o600)
	var spoke strings.Builder
	d := &DockerConfig{Files: []string{path}, Environ: []string{"HELPER=asked"}, Stderr: &spoke}
	for target, want := range map[string]authn.AuthConfig{
		"ghcr.io/octo/widget":  octo,
		"quay.io/octo/widget":  {IdentityToken: "t"},
		"none.io/octo/widget":  {},
		"plain.io/octo/widget": octo,
	} {
		if got, err := resolve(d, target); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", target, got, err)
		}
	}
	if got, err := resolve(d, "broken.io/octo/widget"); err == nil {
		t.Errorf("an answer that is none: %+v", got)
	}
	told, err := os.ReadFile(saw)
	if err != nil || !strings.Contains(string(told), "get ghcr.io asked none\n") || strings.Contains(string(told), "bearer") {
		t.Errorf("the helper saw %q, %v", told, err)
	}
	if !strings.Contains(spoke.String(), "spoke\n") {
		t.Error("nobody heard the helper")
	}
	t.Setenv("DOCKER_AUTH_CONFIG", `{"auths":{"ghcr.io":{"auth":"eDp5"}}}`)
	if got, err := resolve(d, "ghcr.io/octo/widget"); err != nil || got != (authn.AuthConfig{Username: "x", Password: "y"}) {
		t.Errorf("DOCKER_AUTH_CONFIG: got %+v, %v", got, err)
	}
}

func resolve(d *DockerConfig, target string) (authn.AuthConfig, error) {
	repository, err := name.NewRepository(target)
	if err != nil {
		return authn.AuthConfig{}, err
	}
	auth, err := d.Resolve(repository)
	if err != nil {
		return authn.AuthConfig{}, err
	}
	config, err := auth.Authorization()
	if err != nil {
		return authn.AuthConfig{}, err
	}
	return *config, nil
}

func mustWrite(t testing.TB, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}
