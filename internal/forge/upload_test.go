package forge_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// TestUploadsInBadWeather: whatever breaks, every file is there once, whole.
func TestUploadsInBadWeather(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	for seed := range uint64(8) {
		must(t, w.SetFaults(fakegithub.Faults{Seed: seed, Uploads: 0.5, Calls: 0.3}))
		mine := w.client(maintainer)
		var files []forge.File
		for i := range 5 {
			files = append(files, file(fmt.Sprintf("file%d", i), strings.Repeat("x", 1000*i)))
		}
		draft := mustDraft(t, mine, files...)
		must(t, w.SetFaults(fakegithub.Faults{}))
		assets, err := mine.Assets(t.Context(), widget, draft)
		must(t, err)
		there := map[string]forge.Asset{}
		for _, a := range assets {
			there[a.Name] = a
		}
		if len(assets) != len(files) || len(there) != len(files) {
			t.Errorf("seed %d: %d assets, want %d", seed, len(assets), len(files))
		}
		for _, f := range files {
			if a := there[f.Name]; !a.Finished() || a.Digest != "sha256:"+f.SHA256 {
				t.Errorf("seed %d: %s is %+v", seed, f.Name, a)
			}
		}
		w.change(t, func(r *fakegithub.Repository) { r.Releases = nil })
	}
}

func TestUploadOverWhatIsThere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		there *fakegithub.Asset
		name  string
		want  error
		kept  bool // what was there stays, whatever becomes of the upload
	}{
		"nothing":       {name: "widget"},
		"the same":      {name: "widget", there: &fakegithub.Asset{Name: "widget", State: "uploaded", Size: 10, SHA256: digestOf("the widget")}, kept: true},
		"a remnant":     {name: "widget", there: &fakegithub.Asset{Name: "widget", State: "starter"}},
		"other bytes":   {name: "widget", there: &fakegithub.Asset{Name: "widget", State: "uploaded", Size: 10, SHA256: digestOf("the wodget")}, want: forge.ErrExists, kept: true},
		"no digest":     {name: "widget", there: &fakegithub.Asset{Name: "widget", State: "uploaded", Size: 10, SHA256: digestOf("the widget"), NoDigest: true}, want: forge.ErrExists, kept: true},
		"renamed":       {name: "the widget", want: forge.ErrName},
		"renamed, also": {name: "wídget", there: &fakegithub.Asset{Name: "widget", State: "starter"}, want: forge.ErrName, kept: true},
		"a path":        {name: "../widget", want: forge.ErrName},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := mustWorld(t)
			mine := w.client(maintainer)
			draft := mustDraft(t, mine)
			w.change(t, func(r *fakegithub.Repository) {
				if tc.there != nil {
					r.Releases[0].Assets = []*fakegithub.Asset{tc.there}
				}
			})
			a, err := mine.Upload(t.Context(), widget, draft, file(tc.name, "the widget"))
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if err == nil && (a.Name != tc.name || a.Digest != "sha256:"+digestOf("the widget") || !a.Finished()) {
				t.Errorf("got %+v", a)
			}
			assets, err := mine.Assets(t.Context(), widget, draft)
			must(t, err)
			if tc.kept && (len(assets) != 1 || assets[0].ID != tc.there.ID) {
				t.Errorf("there is now %+v, want what was there", assets)
			}
			if !tc.kept && tc.want != nil && len(assets) != 0 {
				t.Errorf("there is now %+v, want nothing", assets)
			}
		})
	}
}

// TestUploadOfOtherBytes: a file that has changed since it was hashed does not
// stay.
func TestUploadOfOtherBytes(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	mine := w.client(maintainer)
	draft := mustDraft(t, mine)
	f := file("widget", "the widget")
	f.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("the wodget")), nil }
	if _, err := mine.Upload(t.Context(), widget, draft, f); !errors.Is(err, forge.ErrAnswer) {
		t.Errorf("got %v, want ErrAnswer", err)
	}
	if assets, err := mine.Assets(t.Context(), widget, draft); err != nil || len(assets) != 0 {
		t.Errorf("there is now %+v (%v), want nothing", assets, err)
	}
}

// TestUploadOfABadFile: what is wrong with the file is not tried again.
func TestUploadOfABadFile(t *testing.T) {
	t.Parallel()
	disk := errors.New("the disk is gone")
	gives := func(r io.Reader) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
	}
	tests := map[string]struct {
		open func() (io.ReadCloser, error)
		want string
	}{
		"not to be opened": {func() (io.ReadCloser, error) { return nil, disk }, disk.Error()},
		"not to be read":   {gives(io.MultiReader(strings.NewReader("the"), iotest.ErrReader(disk))), disk.Error()},
		"shorter":          {gives(strings.NewReader("the")), "has changed"},
		"longer":           {gives(strings.NewReader("the widgets")), "has changed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := mustWorld(t)
			mine := w.client(maintainer)
			draft := mustDraft(t, mine)
			start := w.now()
			f := file("widget", "the widget")
			f.Open = tc.open
			if _, err := mine.Upload(t.Context(), widget, draft, f); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
			if waited := w.now().Sub(start); waited != 0 {
				t.Errorf("it was tried again for %s", waited)
			}
		})
	}
}
