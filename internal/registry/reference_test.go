package registry

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const hex64 = "3f1c0d5e8a7b2c4d6e9f0a1b3c5d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d"

func TestParseReference(t *testing.T) {
	tests := map[string]struct {
		text string
		want Reference
	}{
		"tag":              {"ghcr.io/octo/widget:v1.4.0", Reference{"ghcr.io", "octo/widget", "v1.4.0", ""}},
		"digest":           {"ghcr.io/octo/widget@sha256:" + hex64, Reference{"ghcr.io", "octo/widget", "", "sha256:" + hex64}},
		"port":             {"registry.example:5000/a:b", Reference{"registry.example:5000", "a", "b", ""}},
		"localhost":        {"localhost/a:b", Reference{"localhost", "a", "b", ""}},
		"address":          {"127.0.0.1:5000/a/b_c/d__e/f--g.h:B_.-", Reference{"127.0.0.1:5000", "a/b_c/d__e/f--g.h", "B_.-", ""}},
		"IPv6":             {"[::1]:5000/a:b", Reference{"[::1]:5000", "a", "b", ""}},
		"IPv6 alone":       {"[::1]/a:b", Reference{"[::1]", "a", "b", ""}},
		"Docker Hub":       {"docker.io/library/alpine:3", Reference{"docker.io", "library/alpine", "3", ""}},
		"punycode":         {"xn--bcher-kva.example/a:b", Reference{"xn--bcher-kva.example", "a", "b", ""}},
		"digest, and port": {"localhost:80/a@sha256:" + hex64, Reference{"localhost:80", "a", "", "sha256:" + hex64}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseReference(test.text)
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if got.String() != test.text {
				t.Errorf("it is written %s", got)
			}
		})
	}
}

// O-07: what others complete, fold or ignore is refused.
func TestParseReferenceRefuses(t *testing.T) {
	tests := map[string]string{
		"nothing":                   "",
		"no registry":               "alpine:3",
		"implicit Docker Hub":       "library/alpine:3",
		"implicit library":          "docker.io/alpine:3",
		"no tag":                    "ghcr.io/octo/widget",
		"empty tag":                 "ghcr.io/octo/widget:",
		"empty digest":              "ghcr.io/octo/widget@",
		"tag and digest":            "ghcr.io/octo/widget:v1@sha256:" + hex64,
		"two digests":               "ghcr.io/a@sha256:" + hex64 + "@sha256:" + hex64,
		"upper-case repository":     "ghcr.io/Octo/widget:v1",
		"upper-case host":           "GHCR.io/octo/widget:v1",
		"upper-case digest":         "ghcr.io/octo/widget@sha256:" + strings.ToUpper(hex64),
		"upper-case algorithm":      "ghcr.io/octo/widget@SHA256:" + hex64,
		"short digest":              "ghcr.io/octo/widget@sha256:3f1c",
		"long digest":               "ghcr.io/octo/widget@sha256:" + hex64 + "00",
		"other algorithm":           "ghcr.io/octo/widget@sha512:" + hex64 + hex64,
		"digest as path":            "ghcr.io/octo/widget@sha256:../../" + hex64[:58],
		"international host":        "gһcr.io/octo/widget:v1",
		"no repository":             "ghcr.io/:v1",
		"empty word":                "ghcr.io/octo//widget:v1",
		"parent folder":             "ghcr.io/../widget:v1",
		"encoded":                   "ghcr.io/octo%2fwidget:v1",
		"query":                     "ghcr.io/octo/widget:v1?x=y",
		"fragment":                  "ghcr.io/octo/widget:v1#x",
		"user":                      "user@ghcr.io/octo/widget:v1",
		"scheme":                    "https://ghcr.io/octo/widget:v1",
		"newline":                   "ghcr.io/octo/widget:v1\n",
		"space":                     " ghcr.io/octo/widget:v1",
		"port 0":                    "ghcr.io:0/octo/widget:v1",
		"port with zero":            "ghcr.io:080/octo/widget:v1",
		"port too high":             "ghcr.io:65536/octo/widget:v1",
		"no port":                   "ghcr.io:/octo/widget:v1",
		"trailing dot":              "ghcr.io./octo/widget:v1",
		"leading dash":              "-ghcr.io/octo/widget:v1",
		"IPv6, another spelling":    "[0::1]/a:b",
		"IPv6 with zone":            "[fe80::1%25eth0]/a:b",
		"IPv6 open":                 "[::1/a:b",
		"IPv4 in IPv6":              "[::ffff:127.0.0.1]/a:b",
		"repository of 256 letters": "ghcr.io/" + strings.Repeat("a", 256) + ":b",
		"tag of 129 letters":        "ghcr.io/a:" + strings.Repeat("b", 129),
		"name without end":          "ghcr.io/" + strings.Repeat("a/", 1<<20),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := ParseReference(text); !errors.Is(err, ErrReference) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{"ghcr.io/octo/widget:v1", "[::1]:5000/a@sha256:" + hex64, "localhost/a:b", "docker.io/library/alpine:3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseReference(text)
		if err != nil {
			if r != (Reference{}) || !errors.Is(err, ErrReference) {
				t.Fatalf("%+v, %v", r, err)
			}
			return
		}
		if r.String() != text {
			t.Fatalf("%q is written %q", text, r)
		}
		if (r.Tag == "") == (r.Digest == "") {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}
