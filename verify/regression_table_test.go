package verify_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A row is one of slsa-verifier's tables' cases: its fields by their names,
// each a string, a list or map of strings, true, or the name of an error.
type row map[string]any

func (r row) text(field string) string { s, _ := r[field].(string); return s }

// pointer is for the fields where absent is not the same as empty.
func (r row) pointer(field string) *string {
	if s, ok := r[field].(string); ok {
		return &s
	}
	return nil
}

// mustTables reads the tables from the source of slsa-verifier's test, by the
// names of the functions that go through them. The test itself is not built:
// it needs a network.
func mustTables(t *testing.T, dir string) map[string][]row {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "main_regression_test.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	tables := make(map[string][]row)
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(fn.Name.Name, "Test_") {
			continue
		}
		constants := make(map[string]string)
		ast.Inspect(fn, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
				return true
			}
			name, _ := assign.Lhs[0].(*ast.Ident)
			switch value := assign.Rhs[0].(type) {
			case *ast.BasicLit:
				constants[name.Name] = evaluate(t, value, constants).(string)
			case *ast.CompositeLit:
				if name != nil && name.Name == "tests" {
					for _, element := range value.Elts {
						tables[fn.Name.Name] = append(tables[fn.Name.Name], evaluate(t, element, constants).(row))
					}
					return false
				}
			}
			return true
		})
	}
	return tables
}

// evaluate reads the few kinds of expression that the tables are written in.
func evaluate(t *testing.T, expr ast.Expr, constants map[string]string) any {
	t.Helper()
	switch e := expr.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return e.Value
		}
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		return s
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			return e.Name == "true"
		}
		if s, ok := constants[e.Name]; ok {
			return s
		}
	case *ast.SelectorExpr:
		return e.Sel.Name // of package serrors
	case *ast.CallExpr:
		return evaluate(t, e.Args[0], constants) // a pointer to its argument
	case *ast.BinaryExpr:
		return evaluate(t, e.X, constants).(string) + evaluate(t, e.Y, constants).(string)
	case *ast.CompositeLit:
		return evaluateLiteral(t, e, constants)
	}
	t.Fatalf("slsa-verifier's table holds an expression of kind %T", expr)
	return nil
}

func evaluateLiteral(t *testing.T, lit *ast.CompositeLit, constants map[string]string) any {
	t.Helper()
	switch lit.Type.(type) {
	case *ast.ArrayType:
		var list []string
		for _, element := range lit.Elts {
			list = append(list, evaluate(t, element, constants).(string))
		}
		return list
	case *ast.MapType:
		m := make(map[string]string)
		for _, element := range lit.Elts {
			pair := element.(*ast.KeyValueExpr)
			m[evaluate(t, pair.Key, constants).(string)] = evaluate(t, pair.Value, constants).(string)
		}
		return m
	}
	r := make(row)
	for _, element := range lit.Elts {
		pair := element.(*ast.KeyValueExpr)
		r[pair.Key.(*ast.Ident).Name] = evaluate(t, pair.Value, constants)
	}
	return r
}
