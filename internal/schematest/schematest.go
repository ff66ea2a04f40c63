// Package schematest holds JSON documents to the schemas under docs/schema, for
// tests. A schema is named by its file without the ending: version.v1.
package schematest

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Validate checks document against the schema of that name. Formats are
// asserted, not merely noted.
func Validate(name string, document []byte) error {
	_, here, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(here) {
		return fmt.Errorf("schema %s: built with -trimpath, its folder is not known", name)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join(filepath.Dir(here), "../../docs/schema", name+".json"))
	if err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return schema.Validate(value)
}

// Want fails t where document is not valid under the schema of that name.
func Want(t testing.TB, name string, document []byte) {
	t.Helper()
	if err := Validate(name, document); err != nil {
		t.Error(err)
	}
}
