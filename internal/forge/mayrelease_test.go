package forge_test

import (
	"errors"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge"
)

func TestMayRelease(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	must(t, w.Tag("octo", "widget", "v1.0.0", w.commit, ""))
	for token, want := range map[string]error{maintainer: nil, reader: forge.ErrDenied, "unknown": forge.ErrDenied} {
		if err := w.client(token).MayRelease(t.Context(), widget, "v1.0.0"); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", token, err, want)
		}
	}
	if err := w.client(maintainer).MayRelease(t.Context(), widget, "a..b"); !errors.Is(err, forge.ErrName) {
		t.Errorf("got %v for what is no tag", err)
	}
}
