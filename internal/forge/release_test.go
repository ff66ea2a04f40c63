package forge_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

func TestReleaseFromDraftToStranger(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.change(t, func(r *fakegithub.Repository) { r.Immutable = true })
	mine, anybody := w.client(maintainer), w.client("")
	contents := map[string]string{"widget.tar.gz": "the widget", "widget.tar.gz.sigstore.json": "{}", "empty": ""}
	var files []forge.File
	for name, content := range contents {
		files = append(files, file(name, content))
	}
	draft := mustDraft(t, mine, files...)

	if _, err := anybody.Release(t.Context(), widget, draft.ID); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("a stranger asks for the draft: %v, want ErrNotFound", err)
	}
	if seen, err := anybody.Releases(t.Context(), widget, 0); err != nil || len(seen) != 0 {
		t.Errorf("a stranger sees %d releases (%v), want none", len(seen), err)
	}
	if _, err := mine.ReleaseByTag(t.Context(), widget, "v1.0.0"); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("the draft as release: %v, want ErrNotFound", err)
	}
	drafts, err := mine.ReleasesOfTag(t.Context(), widget, "v1.0.0")
	must(t, err)
	if len(drafts) != 1 || drafts[0].ID != draft.ID || len(drafts[0].Assets) != len(files) {
		t.Fatalf("drafts of the tag: %+v, want one with %d files", drafts, len(files))
	}
	for _, a := range drafts[0].Assets { // as a maintainer, before it is public
		if content, digest, err := download(t, mine, &a); err != nil || content != contents[a.Name] || "sha256:"+digest != a.Digest {
			t.Errorf("%s of the draft: %q, %s, %v", a.Name, content, digest, err)
		}
	}

	published, err := mine.Publish(t.Context(), widget, drafts[0])
	must(t, err)
	if published.Draft || !published.Immutable || published.PublishedAt.IsZero() {
		t.Errorf("published: %+v, want an immutable release with a time", published)
	}
	found, err := anybody.ReleaseByTag(t.Context(), widget, "v1.0.0")
	must(t, err)
	if d := cmp.Diff(published, found, cmp.AllowUnexported(forge.Asset{})); d != "" {
		t.Errorf("what was published is not what is found: %s", d)
	}
	for _, a := range found.Assets {
		if content, digest, err := download(t, anybody, &a); err != nil || content != contents[a.Name] || digest != digestOf(content) {
			t.Errorf("%s: %q, %s, %v", a.Name, content, digest, err)
		}
	}
	if _, err := mine.Upload(t.Context(), widget, found, file("late", "late")); err == nil || !strings.Contains(err.Error(), "immutable") {
		t.Errorf("adding to an immutable release: %v", err)
	}
	if err := mine.DeleteAsset(t.Context(), widget, &found.Assets[0]); err == nil {
		t.Error("a file of an immutable release was deleted")
	}
	if set, err := mine.Immutability(t.Context(), widget); err != nil || !set.Enabled {
		t.Errorf("immutable releases: %+v, %v, want enabled", set, err)
	}
	if _, err := anybody.Immutability(t.Context(), widget); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("a stranger asks for the setting: %v, want ErrNotFound", err)
	}
	// The tag did not exist: publishing has made it.
	if tag, err := anybody.Tag(t.Context(), widget, "v1.0.0"); err != nil || tag.Commit != w.commit {
		t.Errorf("tag: %+v, %v, want commit %s", tag, err, w.commit)
	}
}

func TestReleasesInPages(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.change(t, func(r *fakegithub.Repository) {
		for range 95 {
			r.Releases = append(r.Releases, &fakegithub.Release{Tag: "v1", Draft: true, CreatedAt: w.now()})
		}
		release := &fakegithub.Release{Tag: "v0", CreatedAt: w.now().AddDate(-1, 0, 0), PublishedAt: w.now()}
		for i := range 250 {
			release.Assets = append(release.Assets, &fakegithub.Asset{Name: "file" + strings.Repeat("x", i%9), State: "uploaded", MediaType: "text/plain"})
		}
		r.Releases = append(r.Releases, release)
	})
	mine := w.client(maintainer)
	all, err := mine.Releases(t.Context(), widget, 0)
	must(t, err)
	last, err := mine.Releases(t.Context(), widget, 40)
	must(t, err)
	of, err := mine.ReleasesOfTag(t.Context(), widget, "v0")
	must(t, err)
	if len(all) != 96 || len(last) != 40 || len(of) != 1 {
		t.Errorf("%d releases, %d of the last 40, %d of v0; want 96, 40 and 1", len(all), len(last), len(of))
	}
	assets, err := mine.Assets(t.Context(), widget, of[0])
	if err != nil || len(assets) != 250 {
		t.Errorf("%d assets (%v), want 250", len(assets), err)
	}
}

func TestMovedRepository(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	must(t, w.Move("octo", "widget", "octo-corp", "gadget"))
	p, err := w.client(maintainer).Project(t.Context(), widget)
	must(t, err)
	if p.String() != "octo-corp/gadget" || p.ID != 77 || p.OwnerID != 7 || p.Visibility != "public" || p.DefaultBranch != "main" {
		t.Errorf("got %+v", p)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	second, err := w.Commit("octo", "widget", "second")
	must(t, err)
	for _, tag := range []struct{ name, at, message string }{
		{"light", w.commit, ""}, {"annotated", w.commit, "a release"}, {"of-a-tag", "annotated", "a tag of a tag"},
		{"sub/dir#1", second, ""}, {"v10", second, ""}, {"tree", w.commit + "^{tree}", ""},
	} {
		must(t, w.Tag("octo", "widget", tag.name, tag.at, tag.message))
	}
	tests := map[string]struct {
		commit    string
		annotated bool
		want      error
	}{
		"light":     {commit: w.commit},
		"annotated": {commit: w.commit, annotated: true},
		"of-a-tag":  {commit: w.commit, annotated: true},
		"sub/dir#1": {commit: second},
		"v1":        {want: forge.ErrNotFound}, // though v10 begins so
		"main":      {want: forge.ErrNotFound}, // a branch
		"tree":      {want: forge.ErrAnswer},
		"../main":   {want: forge.ErrName},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := w.client("").Tag(t.Context(), widget, name)
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if err == nil && (got.Commit != tc.commit || got.Annotated != tc.annotated) {
				t.Errorf("got %+v, want commit %s", got, tc.commit)
			}
		})
	}
}

func TestDraftIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	mine := w.client(maintainer)
	for seed := range uint64(12) {
		must(t, w.SetFaults(fakegithub.Faults{Seed: seed, Calls: 0.6}))
		draft, err := mine.CreateDraft(t.Context(), widget, forge.Draft{Tag: "v1.0.0"})
		must(t, err)
		must(t, w.SetFaults(fakegithub.Faults{}))
		drafts, err := mine.ReleasesOfTag(t.Context(), widget, "v1.0.0")
		must(t, err)
		if len(drafts) != 1 || drafts[0].ID != draft.ID {
			t.Fatalf("seed %d: %d drafts, want the one", seed, len(drafts))
		}
		w.change(t, func(r *fakegithub.Repository) { r.Releases = nil })
	}
}

// TestPublishingIsDoneOnce: a lost answer does not make a failure of it, even
// where the release cannot be changed any more.
func TestPublishingIsDoneOnce(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.change(t, func(r *fakegithub.Repository) { r.Immutable = true })
	mine := w.client(maintainer)
	for seed := range uint64(10) {
		draft := mustDraft(t, mine)
		must(t, w.SetFaults(fakegithub.Faults{Seed: seed, Calls: 0.6}))
		published, err := mine.Publish(t.Context(), widget, draft)
		if err != nil || published.ID != draft.ID || published.Draft || !published.Immutable {
			t.Errorf("seed %d: %+v, %v", seed, published, err)
		}
		must(t, w.SetFaults(fakegithub.Faults{}))
		w.change(t, func(r *fakegithub.Repository) { r.Releases = nil })
	}
}

func TestTagOfAnImmutableRelease(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.change(t, func(r *fakegithub.Repository) { r.Burned = []string{"v1.0.0"} })
	mine := w.client(maintainer)
	_, err := mine.Publish(t.Context(), widget, mustDraft(t, mine))
	if err == nil || !strings.Contains(err.Error(), "tag_name was used by an immutable release") {
		t.Errorf("got %v, want GitHub's reason", err)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	published := mustRelease(t, w.client(maintainer), file("a", "a"))
	for _, token := range []string{"", reader, "unknown"} {
		c := w.client(token)
		_, draftErr := c.CreateDraft(t.Context(), widget, forge.Draft{Tag: "v2"})
		_, uploadErr := c.Upload(t.Context(), widget, published, file("b", "b"))
		_, publishErr := c.Publish(t.Context(), widget, published)
		_, storeErr := c.StoreAttestation(t.Context(), widget, bundleFor("a"))
		for what, err := range map[string]error{
			"draft": draftErr, "upload": uploadErr, "publish": publishErr, "store": storeErr,
			"delete": c.DeleteAsset(t.Context(), widget, &published.Assets[0]),
		} {
			if !errors.Is(err, forge.ErrDenied) {
				t.Errorf("token %q, %s: %v, want ErrDenied", token, what, err)
			}
		}
	}
}

// TestWhereTheTokenGoes: to the API and to uploads, and to no other host.
func TestWhereTheTokenGoes(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	mine := w.client(maintainer)
	release := mustRelease(t, mine, file("widget", "the widget"))
	draft, err := mine.CreateDraft(t.Context(), widget, forge.Draft{Tag: "v2"})
	must(t, err)
	asset, err := mine.Upload(t.Context(), widget, draft, file("widget", "the next widget"))
	must(t, err)
	for _, a := range []*forge.Asset{&release.Assets[0], asset} {
		_, _, err := download(t, mine, a)
		must(t, err)
	}
	_, err = mine.StoreAttestation(t.Context(), widget, bundleFor("the widget"))
	must(t, err)
	_, err = mine.Attestations(t.Context(), widget, "sha256:"+digestOf("the widget"))
	must(t, err)
	hosts := map[string]string{}
	for _, line := range w.requests(t) {
		words := strings.Fields(line) // STATUS METHOD HOST PATH TOKEN
		hosts[words[2]] = words[4]
	}
	want := map[string]string{
		"api.github.com": "maintainer", "uploads.github.com": "maintainer", "github.com": "-",
		"release-assets.githubusercontent.com": "-", "tmaproduction.blob.core.windows.net": "-",
	}
	if d := cmp.Diff(want, hosts); d != "" {
		t.Error(d)
	}
	if !slices.Equal(slices.Sorted(slices.Values(fakegithub.Hosts())), []string{
		"api.github.com", "github.com", "release-assets.githubusercontent.com", "tmaproduction.blob.core.windows.net", "uploads.github.com",
	}) {
		t.Error("the fake has hosts that this test does not ask")
	}
}
