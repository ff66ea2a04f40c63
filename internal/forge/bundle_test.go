package forge

import (
	"bytes"
	"errors"
	"testing"

	"github.com/golang/snappy"

	"github.com/hallmark-project/hallmark/verify"
)

// framedOf packs in the framing format.
func framedOf(b []byte) []byte {
	var packed bytes.Buffer
	w := snappy.NewBufferedWriter(&packed)
	_, _ = w.Write(b)
	_ = w.Close()
	return packed.Bytes()
}

func TestUnpack(t *testing.T) {
	bundle := []byte(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","padding":"` + string(bytes.Repeat([]byte("x"), 200)) + `"}`)
	largest := append([]byte("{"), bytes.Repeat([]byte(" "), maxBundle-1)...)
	tooLarge := append(largest, ' ')
	tests := map[string]struct {
		packed, want []byte
		limit        bool
	}{
		"block":                   {packed: snappy.Encode(nil, bundle), want: bundle},
		"frames":                  {packed: framedOf(bundle), want: bundle},
		"plain":                   {packed: append([]byte("\n"), bundle...), want: bundle},
		"the largest block":       {packed: snappy.Encode(nil, largest), want: largest},
		"block of a byte more":    {packed: snappy.Encode(nil, tooLarge), limit: true},
		"frames of a byte more":   {packed: framedOf(tooLarge), limit: true},
		"block that claims 4 GiB": {packed: []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, limit: true},
		"broken block":            {packed: snappy.Encode(nil, bundle)[:20]},
		"broken frames":           {packed: framedOf(bundle)[:20]},
		"a web page":              {packed: []byte("<html>")},
		"nothing":                 {},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := unpack(tc.packed)
			var rejection *verify.Rejection
			if limit := errors.As(err, &rejection) && rejection.Check == verify.CheckLimit; limit != tc.limit {
				t.Errorf("got %v, want a limit: %v", err, tc.limit)
			}
			if (err == nil) != (tc.want != nil) || !bytes.Equal(got, tc.want) {
				t.Errorf("got %d bytes, %v, want %d", len(got), err, len(tc.want))
			}
		})
	}
}

func FuzzUnpack(f *testing.F) {
	for _, b := range [][]byte{{}, []byte("{}"), snappy.Encode(nil, []byte("{}")), framedOf([]byte("{}"))} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		if bundle, err := unpack(packed); err == nil && len(bundle) > maxBundle {
			t.Errorf("%d bytes came out of %d", len(bundle), len(packed))
		}
	})
}
