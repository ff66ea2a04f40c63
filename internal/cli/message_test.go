package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/sign"
	"github.com/hallmark-project/hallmark/verify"
)

func TestExitCode(t *testing.T) {
	rejection := &verify.Rejection{Check: verify.CheckRef, Want: "refs/tags/v1", Got: "refs/heads/main"}
	tests := map[string]struct {
		err  error
		want int
	}{
		"done":                     {nil, 0},
		"rejection":                {rejection, 1},
		"rejection wrapped":        {fmt.Errorf("a.txt: %w", rejection), 1},
		"rejection with hint":      {withHint(rejection, "ask the project"), 1},
		"rejection told already":   {alreadyReported(rejection), 1},
		"rejection beside weather": {errors.Join(errors.New("502 Bad Gateway"), rejection), 1},
		"usage":                    {usagef("no identity given"), 2},
		"usage wrapped":            {fmt.Errorf("x: %w", withHint(usagef("y"), "z")), 2},
		"policy":                   {fmt.Errorf("p.yaml: %w", verify.ErrPolicy), 2},
		"no artifact":              {&artifact.UsageError{Err: errors.New("no artifact is named")}, 2},
		"artifact wrapped":         {fmt.Errorf("x: %w", &artifact.UsageError{Err: errors.New("y")}), 2},
		"trusted root":             {fmt.Errorf("root.json: %w", trust.ErrRoot), 2},
		"identity":                 {fmt.Errorf("%w: token: %w", trust.ErrIdentity, errors.New("expired")), 2},
		"key":                      {fmt.Errorf("key.pem: %w", trust.ErrKey), 2},
		"signing config":           {fmt.Errorf("%w: signing config: %w", sign.ErrSetup, errors.New("no log")), 2},
		"refused by some":          {errors.Join(usagef("y"), rejection), 1},
		"unknown":                  {errors.New("disk on fire"), 3},
		"timeout":                  {context.DeadlineExceeded, 3},
		"cancelled":                {fmt.Errorf("get: %w", context.Canceled), 3},
		"cancelled rejection":      {errors.Join(rejection, context.Canceled), 3},
		"cancelled in a rejection": {&verify.Rejection{Check: verify.CheckBundle, Err: context.Canceled}, 3},
		"told to stop":             {&cancelledError{usagef("signal: killed")}, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := exitCode(test.err); got != test.want {
				t.Errorf("exit %d, want %d", got, test.want)
			}
		})
	}
}

func TestPrintError(t *testing.T) {
	long := "--repo OWNER/NAME for what GitHub Actions built, --identity and --issuer for a person or another CI"
	tests := map[string]struct {
		err  error
		want string
	}{
		"none":  {nil, ""},
		"plain": {errors.New("disk on fire"), "hallmark: error: disk on fire\n"},
		"hint, wrapped and aligned": {withHint(usagef("no identity given"), "%s", long), `hallmark: error: no identity given
hallmark: hint: --repo OWNER/NAME for what GitHub Actions built, --identity and
                --issuer for a person or another CI
`},
		"lines to copy": {withLines(usagef("no"), "add", "permissions:", "  id-token: write", "a\nb"), `hallmark: error: no
hallmark: hint: add
                permissions:
                  id-token: write
                a\nb
`},
		"rejection's hint": {&verify.Rejection{Check: verify.CheckRef, Want: "a", Got: "b", Hint: "ask the project"},
			"hallmark: error: ref: want a, got b\nhallmark: hint: ask the project\n"},
		"hints of several, each once": {alreadyReported(errors.Join(&verify.Rejection{Hint: "a"}, &verify.Rejection{},
			withHint(errors.New("x"), "b"), &verify.Rejection{Hint: "a"})), "hallmark: hint: a\nhallmark: hint: b\n"},
		"told already": {alreadyReported(withHint(errors.New("x"), "do y")), "hallmark: hint: do y\n"},
		"cancelled":    {&cancelledError{errors.New("signal: killed")}, "hallmark: error: cancelled\n"},
		"cancelled, advised": {&cancelledError{withHint(alreadyReported(errors.New("x")), "run it again")},
			"hallmark: error: cancelled\nhallmark: hint: run it again\n"},
		"not cancelled here": {fmt.Errorf("get: %w", context.Canceled), "hallmark: error: get: context canceled\n"},
		"one of two sentinels": {fmt.Errorf("root %q: %w: %w", "a", verify.ErrPolicy, errors.New("x\ny")),
			"hallmark: error: root \"a\": " + verify.ErrPolicy.Error() + ": x\\ny\n"},
		"several":           {errors.Join(errors.New("a"), withHint(errors.New("b"), "c")), "hallmark: error: a\nhallmark: error: b\nhallmark: hint: c\n"},
		"an identity token": {errors.New("x: 400: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"), "hallmark: error: x: 400: ***\n"},
		"terminal escapes":  {errors.New("\x1b[2Jx\a\u202ey\xff"), `hallmark: error: \x1b[2Jx\a\u202ey\xff` + "\n"},
		"workflow commands": {errors.New("a\n::add-mask::x\r##[warning]y"), `hallmark: error: a\n::add-mask::x\r\x23#[warning]y` + "\n"},
		"command where a hint wraps": {withHint(errors.New("x"), "%s ::error::y", strings.Repeat("z", 63)),
			"hallmark: error: x\nhallmark: hint: " + strings.Repeat("z", 63) + "\n" + strings.Repeat(" ", 16) + `\x3a:error::y` + "\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			env := Env{Stderr: &stderr}.withDefaults()
			env.printError(test.err)
			if diff := cmp.Diff(test.want, stderr.String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWarning(t *testing.T) {
	var stderr bytes.Buffer
	env := Env{Stderr: &stderr}.withDefaults()
	env.warnf("trusted root is %d days old\n", 3)
	if want := "hallmark: warning: trusted root is 3 days old\\n\n"; stderr.String() != want {
		t.Errorf("got %q, want %q", stderr.String(), want)
	}
}
