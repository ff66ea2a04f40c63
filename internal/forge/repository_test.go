package forge

import (
	"errors"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	repository := func(s string) error { _, err := ParseRepository(s); return err }
	tests := map[string]struct {
		check func(string) error
		name  string
		ok    bool
	}{
		"repository":               {repository, "octo/widget", true},
		"dots and underscores":     {repository, "octo_corp/.github", true},
		"no slash":                 {repository, "octo", false},
		"two slashes":              {repository, "octo/widget/releases", false},
		"no name":                  {repository, "octo/", false},
		"the folder itself":        {repository, "octo/.", false},
		"the folder above":         {repository, "octo/..", false},
		"a query":                  {repository, "octo/widget?x", false},
		"an escape":                {repository, "octo/%2e%2e", false},
		"a line break":             {repository, "octo/widget\n", false},
		"tag":                      {CheckTag, "v1.4.0", true},
		"tag in a folder":          {CheckTag, "widget/v1.4.0", true},
		"tag with a hash":          {CheckTag, "v1#2", true},
		"tag in another script":    {CheckTag, "вип-1", true},
		"no tag":                   {CheckTag, "", false},
		"tag above":                {CheckTag, "../v1", false},
		"tag like a flag":          {CheckTag, "-v1", false},
		"tag with a hidden part":   {CheckTag, "a/.b", false},
		"tag with an empty part":   {CheckTag, "a//b", false},
		"tag with a space":         {CheckTag, "v 1", false},
		"tag with a control":       {CheckTag, "v\x1b1", false},
		"tag that is a lock":       {CheckTag, "v1.lock", false},
		"tag with a reflog":        {CheckTag, "v1@{0}", false},
		"tag not in UTF-8":         {CheckTag, "v\xff", false},
		"tag of 251 bytes":         {CheckTag, strings.Repeat("v", 251), false},
		"tag of 250 bytes":         {CheckTag, strings.Repeat("v", 250), true},
		"digest":                   {checkSHA256, "sha256:" + strings.Repeat("0", 64), true},
		"digest in capitals":       {checkSHA256, "sha256:" + strings.Repeat("A", 64), false},
		"digest of another kind":   {checkSHA256, "sha512:" + strings.Repeat("0", 64), false},
		"digest that is a path":    {checkSHA256, "sha256:../../x", false},
		"digest with a line break": {checkSHA256, "sha256:" + strings.Repeat("0", 64) + "\n", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := tc.check(tc.name)
			if (err == nil) != tc.ok || err != nil && !errors.Is(err, ErrName) {
				t.Errorf("%q: %v, want accepted: %v", tc.name, err, tc.ok)
			}
		})
	}
}

func TestFileNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"widget_linux_amd64.tar.gz": true, "Ünïcode": true, "a b": true,
		"": false, ".": false, "..": false, "a/b": false, `a\b`: false, "a\x00": false, "a\x1b[2J": false,
		strings.Repeat("x", 256): false, "\xff": false,
	} {
		if got := isFileName(name); got != ok {
			t.Errorf("%q: %v, want %v", name, got, ok)
		}
	}
}
