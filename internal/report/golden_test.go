package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/schematest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// document is what is rendered as text and as JSON.
type document interface {
	Text(io.Writer, TextOptions) error
	JSON(io.Writer) error
}

// wantGolden compares both renderings with testdata/NAME.txt and NAME.json, and
// holds the latter to the schema.
func wantGolden(t *testing.T, name, schema string, d document) {
	t.Helper()
	var text, doc bytes.Buffer
	if err := d.Text(&text, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := d.JSON(&doc); err != nil {
		t.Fatal(err)
	}
	wantHarmless(t, text.String())
	wantHarmless(t, doc.String())
	schematest.Want(t, schema, doc.Bytes())
	wantFile(t, name+".txt", text.Bytes())
	wantFile(t, name+".json", doc.Bytes())
}

func wantFile(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got\n%s", path, diff)
	}
}
