// Package schematest holds JSON documents to the schemas under docs/schema, for
// tests. A schema is named by its file without the ending: version.v1.
package schematest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Validate checks document against the schema of that name. Formats are
// asserted, not merely noted.
func Validate(name string, document []byte) error {
	folder, err := schemas()
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.UseLoader(jsonschema.SchemeURLLoader{"file": jsonschema.FileLoader{}, "https": published(folder)})
	schema, err := compiler.Compile(filepath.Join(folder, name+".json"))
	if err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return schema.Validate(value)
}

// published reads schemas that others refer to by their address from the folder
// that they are published from.
type published string

func (folder published) Load(url string) (any, error) {
	name, ok := strings.CutPrefix(url, "https://github.com/hallmark-project/hallmark/blob/main/docs/schema/")
	if !ok {
		return nil, fmt.Errorf("%s: not a schema of this project", url)
	}
	file, err := os.Open(filepath.Join(string(folder), name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return jsonschema.UnmarshalJSON(file)
}

// schemas is docs/schema of the project that the test runs in: tests start in
// their package's folder, somewhere below it.
func schemas() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		folder := filepath.Join(dir, "docs", "schema")
		if _, err := os.Stat(folder); err == nil {
			return folder, nil
		}
	}
	return "", errors.New("no folder docs/schema above the working folder")
}

// Want fails t where document is not valid under the schema of that name.
func Want(t testing.TB, name string, document []byte) {
	t.Helper()
	if err := Validate(name, document); err != nil {
		t.Error(err)
	}
}
