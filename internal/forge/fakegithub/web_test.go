package fakegithub

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestWeb asks for what people and their scripts ask github.com for.
func TestWeb(t *testing.T) {
	t.Parallel()
	fake, err := New(t.TempDir(), Options{Now: time.Now, Tokens: map[string]Token{"reader": {Login: "reader", Permissions: map[string]string{"contents": "read"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	digest, size, err := fake.Put(strings.NewReader("the widget"))
	if err != nil {
		t.Fatal(err)
	}
	release := func(tag string, draft bool, published time.Time) *Release {
		return &Release{Tag: tag, Draft: draft, PublishedAt: published, Assets: []*Asset{
			{Name: "widget", State: "uploaded", SHA256: digest, Size: size}, {Name: "remnant", State: "starter"},
		}}
	}
	now := time.Now()
	for name, visibility := range map[string]string{"widget": "public", "secret": "private"} {
		if err := fake.Add(Repository{Owner: "octo", Name: name, Visibility: visibility}); err != nil {
			t.Fatal(err)
		}
		if err := fake.Change("octo", name, func(r *Repository) {
			r.Releases = []*Release{release("sub/v2", false, now), release("v1", false, now.Add(-time.Hour)), release("v3", true, time.Time{})}
		}); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(fake)
	defer server.Close()
	client := &http.Client{Transport: Transport(server.URL)}
	tests := map[string]struct {
		path   string
		status int
		file   bool
	}{
		"a file":                   {"octo/widget/releases/download/v1/widget", 200, true},
		"a tag in a folder":        {"octo/widget/releases/download/sub/v2/widget", 200, true},
		"the latest":               {"octo/widget/releases/latest/download/widget", 200, true},
		"an upload that broke":     {"octo/widget/releases/download/v1/remnant", 404, false},
		"a draft":                  {"octo/widget/releases/download/v3/widget", 404, false},
		"a private one":            {"octo/secret/releases/download/v1/widget", 404, false},
		"what it does not know":    {"octo/widget/wiki", 404, false},
		"git":                      {"octo/widget.git/info/refs?service=git-upload-pack", 200, false},
		"pushing":                  {"octo/widget.git/info/refs?service=git-receive-pack", 401, false},
		"git of a private one":     {"octo/secret.git/info/refs?service=git-upload-pack", 404, false},
		"a file beside the others": {"octo/widget.git/config", 404, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			resp, err := client.Get("https://github.com/" + tc.path)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			content, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tc.status || resp.Header.Get("X-Fake") == "" {
				t.Errorf("%s, %v, want %d, from a fake", resp.Status, err, tc.status)
			}
			if tc.file && string(content) != "the widget" {
				t.Errorf("got %q", content)
			}
		})
	}
}
