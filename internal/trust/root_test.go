package trust

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// object and list shorten walks through a root that is to be spoilt.
type object = map[string]any

func list(o object, name string) []any   { return o[name].([]any) }
func first(o object, name string) object { return list(o, name)[0].(object) }

// spoilt is the embedded root, changed.
func spoilt(t testing.TB, change func(object)) []byte {
	t.Helper()
	var o object
	if err := json.Unmarshal(embeddedRoot, &o); err != nil {
		t.Fatal(err)
	}
	change(o)
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRootsRefused(t *testing.T) {
	validity := func(o object) object { return o["publicKey"].(object) }
	tests := map[string]struct {
		data []byte
		want string
	}{
		"empty file":            {nil, "empty"},
		"not JSON":              {[]byte("trust me"), "invalid"},
		"a list":                {[]byte("[]"), "unexpected token"},
		"nothing in it":         {[]byte("{}"), "media type"},
		"other media type":      {spoilt(t, func(o object) { o["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=9" }), "media type"},
		"unknown field":         {spoilt(t, func(o object) { o["friends"] = "all" }), "friends"},
		"other case":            {spoilt(t, func(o object) { o["TLOGS"] = o["tlogs"]; delete(o, "tlogs") }), "TLOGS"},
		"name twice":            {[]byte(`{"mediaType":"a","mediaType":"b"}`), "duplicate"},
		"both spellings":        {spoilt(t, func(o object) { o["media_type"] = o["mediaType"] }), "duplicate"},
		"rest after it":         {append(spoilt(t, func(object) {}), "garbage"...), "invalid"},
		"deeply nested":         {[]byte(strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)), "deeper than 64"},
		"no authorities":        {spoilt(t, func(o object) { o["certificateAuthorities"] = []any{} }), "cannot verify who"},
		"no time":               {spoilt(t, func(o object) { delete(o, "tlogs"); delete(o, "timestampAuthorities") }), "cannot verify when"},
		"log without a start":   {spoilt(t, func(o object) { validity(first(o, "tlogs"))["validFor"] = object{} }), "start"},
		"log without validity":  {spoilt(t, func(o object) { delete(validity(first(o, "tlogs")), "validFor") }), "validity"},
		"log ends too early":    {spoilt(t, func(o object) { validity(first(o, "tlogs"))["validFor"].(object)["end"] = "1999-01-01T00:00:00Z" }), "ends before it starts"},
		"CT log ends too early": {spoilt(t, func(o object) { validity(first(o, "ctlogs"))["validFor"].(object)["end"] = "1999-01-01T00:00:00Z" }), "ends before it starts"},
		"CA ends too early": {spoilt(t, func(o object) {
			first(o, "certificateAuthorities")["validFor"].(object)["end"] = "1999-01-01T00:00:00Z"
		}), "ends before it starts"},
		"TSA without a start": {spoilt(t, func(o object) { delete(first(o, "timestampAuthorities"), "validFor") }), "without a start"},
		"log listed twice":    {spoilt(t, func(o object) { o["tlogs"] = append(list(o, "tlogs"), first(o, "tlogs")) }), "listed twice"},
		"CT log listed twice": {spoilt(t, func(o object) { o["ctlogs"] = append(list(o, "ctlogs"), first(o, "ctlogs")) }), "listed twice"},
		"log id is empty":     {spoilt(t, func(o object) { first(o, "tlogs")["logId"] = object{"keyId": ""} }), "id"},
		"key of another kind": {spoilt(t, func(o object) { validity(first(o, "tlogs"))["keyDetails"] = "PKIX_ED25519" }), "key"},
		"endless chain": {spoilt(t, func(o object) {
			chain := first(o, "certificateAuthorities")["certChain"].(object)
			for range 9 {
				chain["certificates"] = append(list(chain, "certificates"), first(chain, "certificates"))
			}
		}), "at most 8"},
		"two roots disagree": {append(append(spoilt(t, func(object) {}), '\n'), spoilt(t, func(o object) {
			validity(first(o, "tlogs"))["validFor"].(object)["start"] = "2001-01-01T00:00:00Z"
		})...), "differs"},
		"bad last line": {append(append(spoilt(t, func(object) {}), '\n'), `{"mediaType":"x"}`...), "document 2 of 2"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "root.json")
			if err := os.WriteFile(path, tc.data, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := FromFile(path)
			if !errors.Is(err, ErrRoot) || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an ErrRoot that names the file and %q", err, tc.want)
			}
		})
	}
}

func TestRootsAccepted(t *testing.T) {
	other := spoilt(t, func(o object) {
		delete(o, "tlogs")
		delete(o, "ctlogs")
	})
	tests := map[string]struct {
		data []byte
		n    int
	}{
		"pretty-printed":                    {embeddedRoot, 1},
		"one line":                          {spoilt(t, func(object) {}), 1},
		"lines":                             {append(append(spoilt(t, func(object) {}), '\n'), append(other, '\n')...), 2},
		"last line sans a newline":          {append(append(spoilt(t, func(object) {}), '\n'), other...), 2},
		"CRLF and blank lines":              {append(append(spoilt(t, func(object) {}), "\r\n\r\n"...), append(other, "\r\n\r\n"...)...), 2},
		"the same root twice, on two lines": {append(append(spoilt(t, func(object) {}), '\n'), spoilt(t, func(object) {})...), 2},
		"timestamps only, as GitHub's is":   {other, 1},
		"two authorities of the same name": {spoilt(t, func(o object) {
			o["certificateAuthorities"] = append(list(o, "certificateAuthorities"), first(o, "certificateAuthorities"))
		}), 1},
		"a log that is still trusted, no end": {spoilt(t, func(o object) { delete(first(o, "tlogs")["publicKey"].(object)["validFor"].(object), "end") }), 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := parseRoot(tc.data)
			if err != nil {
				t.Fatal(err)
			}
			n := 1
			if all, ok := r.Material.(root.TrustedMaterialCollection); ok {
				n = len(all)
			}
			if n != tc.n {
				t.Errorf("read %d roots, want %d", n, tc.n)
			}
		})
	}
}

func TestFileErrors(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(t.TempDir(), "absent"): "no such file",
		t.TempDir():                          "directory",
		large:                                "larger than",
	} {
		if _, err := FromFile(path); !errors.Is(err, ErrRoot) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
		if _, err := configFromFile(path); !errors.Is(err, ErrRoot) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

const config = `{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",
"caUrls":[{"url":"https://fulcio.example","majorApiVersion":1,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"x"}],
"rekorTlogUrls":[{"url":"https://log.example/base","majorApiVersion":2,"validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"x"}],
"rekorTlogConfig":{"selector":"ANY"},"tsaConfig":{"selector":"ANY"}}`

func TestSigningConfigs(t *testing.T) {
	url := func(u string) string { return strings.Replace(config, "https://fulcio.example", u, 1) }
	tests := map[string]struct{ data, want string }{
		"good":              {config, ""},
		"loopback":          {url("http://127.0.0.1:8080"), ""},
		"loopback, IPv6":    {url("http://[::1]:8080"), ""},
		"localhost":         {url("http://localhost:8080"), ""},
		"http":              {url("http://fulcio.example"), "only https"},
		"http, look-alike":  {url("http://127.0.0.1.example"), "only https"},
		"file":              {url("file:///etc/passwd"), "plain URL"},
		"credentials":       {url("https://user:secret@fulcio.example"), "plain URL"},
		"query":             {url("https://fulcio.example?x=1"), "plain URL"},
		"no host":           {url("fulcio.example"), "plain URL"},
		"two documents":     {config + config, "more than one"},
		"unknown field":     {strings.Replace(config, `"caUrls"`, `"extra":1,"caUrls"`, 1), "extra"},
		"name twice":        {strings.Replace(config, `"caUrls"`, `"mediaType":"x","caUrls"`, 1), "duplicate"},
		"other media type":  {strings.Replace(config, "v0.2", "v0.1", 1), "media type"},
		"no API version":    {strings.Replace(config, `"majorApiVersion":2,`, "", 1), "API version"},
		"validity inverted": {strings.Replace(config, `"start":"2026-01-01T00:00:00Z"`, `"start":"2026-01-01T00:00:00Z","end":"2025-01-01T00:00:00Z"`, 1), "ends before"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.json")
			if err := os.WriteFile(path, []byte(tc.data), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := Options{ConfigFile: path}.SigningConfig(t.Context())
			if tc.want == "" && err != nil || tc.want != "" && (!errors.Is(err, ErrRoot) || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("a password is printed: %v", err)
			}
		})
	}
}

// FuzzParseRoot: what is accepted can be used.
func FuzzParseRoot(f *testing.F) {
	f.Add(embeddedRoot)
	f.Add(spoilt(f, func(o object) { delete(o, "tlogs") }))
	f.Add([]byte(config))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := parseRoot(data); err == nil && len(r.Material.FulcioCertificateAuthorities()) == 0 {
			t.Error("a root without an authority was accepted")
		}
		if c, err := parseConfig(data); err == nil {
			for _, s := range c.FulcioCertificateAuthorityURLs() {
				if checkURL(s.URL) != nil {
					t.Errorf("%s was accepted", s.URL)
				}
			}
		}
	})
}
