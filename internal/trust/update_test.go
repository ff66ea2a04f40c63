package trust

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestUpdate(t *testing.T) {
	m := newMirror(t)
	o := m.options(t.TempDir())
	first, err := o.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := Embedded()
	if first.Before != nil || first.After.SHA256 != want.SHA256 || first.After.Source != "TUF "+m.url || first.NewConfig {
		t.Errorf("first: %+v", first)
	}
	m.asked()

	again, err := o.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again.Before == nil || again.Before.SHA256 != again.After.SHA256 || again.NewConfig {
		t.Errorf("again: %+v", again)
	}
	if asked := m.asked(); len(asked) == 0 {
		t.Error("an update within a day asked for nothing")
	}

	m.publish(2, time.Hour, map[string][]byte{rootTarget: spoilt(t, func(o object) { delete(o, "ctlogs") }),
		configTarget: []byte(strings.Replace(config, "fulcio.example", "ca.example", 1))})
	changed, err := o.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if changed.Before.SHA256 != want.SHA256 || changed.After.SHA256 == want.SHA256 || !changed.NewConfig {
		t.Errorf("changed: %+v", changed)
	}
	o.Transport = nil
	if kept, _, err := o.Root(t.Context()); err != nil || kept.SHA256 != changed.After.SHA256 {
		t.Errorf("offline after it: %v, %v", kept, err)
	}
}

// TestUpdateThatCannotBe: weather, an attack and a cache that cannot be kept are
// errors, and what was trusted before stays in the cache.
func TestUpdateThatCannotBe(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	before, err := m.options(dir).Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(*mirror, *Options)
		want   string
	}{
		"server is down":  {func(m *mirror, _ *Options) { m.down = 503 }, "503"},
		"offline":         {func(_ *mirror, o *Options) { o.Transport = nil }, "offline"},
		"no network":      {func(_ *mirror, o *Options) { o.Transport = broken{errors.New("no route to host")} }, "no route"},
		"rolled back":     {func(m *mirror, _ *Options) { m.publish(0, time.Hour, nil) }, "timestamp metadata refused"},
		"no cache folder": {func(_ *mirror, o *Options) { o.Dir = "" }, "no folder to keep"},
		"half an option":  {func(_ *mirror, o *Options) { o.TUFRoot = nil }, "belong together"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			o := m.options(dir)
			files := m.snapshot()
			defer func() { m.restore(files); m.down = 0 }()
			tc.change(m, &o)
			if u, err := o.Update(t.Context()); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %+v, %v, want %q", u, err, tc.want)
			}
			o = m.options(dir)
			o.Transport = nil
			if r, _, err := o.Root(t.Context()); err != nil || r.SHA256 != before.After.SHA256 {
				t.Errorf("the copy in the cache: %v, %v", r, err)
			}
		})
	}
}
