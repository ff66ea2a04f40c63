package forge_test

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge"
)

// FuzzRelease: whatever a server answers, what comes out can be shown, used as
// a file's name and asked for.
func FuzzRelease(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"tag_name":"v1","assets":[{"id":2,"name":"x","size":1,"state":"uploaded","digest":null}]}`,
		`{"id":1,"tag_name":"v1","assets":[{"id":2,"name":"..\\x"}],"author":{"login":"x[bot]"}}`,
		`[]`, `null`, `{"id":1e9,"tag_name":"v1","created_at":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := &forge.Client{API: answers(func(*http.Request) *http.Response { return says(200, string(answer)) })}
		release, err := c.ReleaseByTag(t.Context(), widget, "v1")
		if err != nil {
			return
		}
		for _, a := range release.Assets {
			if filepath.Base(a.Name) != a.Name || a.Size < 0 || strings.ContainsAny(a.Name+a.Uploader+a.Digest, "\x00\x1b\n\r") {
				t.Errorf("asset %+v", a)
			}
			if a.URL != "" && !strings.HasPrefix(a.URL, "https://github.com/") {
				t.Errorf("asset at %q", a.URL)
			}
		}
	})
}

// zeros is a body of as many bytes.
type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.left)
	clear(p[:n])
	z.left -= n
	return n, nil
}

func BenchmarkDownload(b *testing.B) {
	const size = 64 << 20
	c := &forge.Client{Transfer: answers(func(*http.Request) *http.Response {
		resp := says(200, "")
		resp.Body = io.NopCloser(&zeros{size})
		return resp
	})}
	a := &forge.Asset{ID: 1, Name: "x", Size: size, URL: "https://github.com/octo/widget/releases/download/v1/x"}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Download(b.Context(), widget, a, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReleases(b *testing.B) {
	one := []byte(`{"id":%,"tag_name":"v1","assets":[` + strings.Repeat(`{"id":2,"name":"x","size":1,"state":"uploaded"},`, 9) + `{"id":2,"name":"x"}]}`)
	var page bytes.Buffer
	page.WriteByte('[')
	for i := range 30 {
		if i > 0 {
			page.WriteByte(',')
		}
		page.Write(bytes.ReplaceAll(one, []byte("%"), []byte{'1', byte('0' + i/10), byte('0' + i%10)}))
	}
	page.WriteByte(']')
	c := &forge.Client{API: answers(func(*http.Request) *http.Response { return says(200, page.String()) })}
	b.SetBytes(int64(page.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if all, err := c.Releases(b.Context(), widget, 0); err != nil || len(all) != 30 {
			b.Fatal(len(all), err)
		}
	}
}
