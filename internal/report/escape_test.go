package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestEscape(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"ordinary name":        {"widget_1.2~rc1+x (linux).tar.gz", "widget_1.2~rc1+x (linux).tar.gz"},
		"letters of languages": {"größe-文件-файл-ملف-🙂", "größe-文件-файл-ملف-🙂"},
		"combining mark":       {"e\u0301", "e\u0301"},
		"windows path":         {`a\..\b`, `a\..\b`},
		"escape sequence":      {"\x1b[2J\x1b]0;x\a", `\x1b[2J\x1b]0;x\a`},
		"C1 control":           {"\u009b31m", `\u009b31m`},
		"line ends":            {"a\r\nb\u2028c", `a\r\nb\u2028c`},
		"NUL and DEL":          {"a\x00\x7f", `a\x00\x7f`},
		"bidi":                 {"\u202egpj.exe\u2066", `\u202egpj.exe\u2066`},
		"zero width":           {"a\u200bb\u200d\ufeff", `a\u200bb\u200d\ufeff`},
		"invisible letters":    {"a\u3164\uffa0\u115f", `a\u3164\uffa0\u115f`},
		"variation selectors":  {"a\ufe0f\U000e0100", `a\ufe0f\U000e0100`},
		"tag characters":       {"a\U000e0041", `a\U000e0041`},
		"other spaces":         {"a\u00a0b\u3000c", `a\u00a0b\u3000c`},
		"no UTF-8":             {"a\xff\xc0\x80", `a\xff\xc0\x80`},
		"replacement rune":     {"a\ufffd", "a\ufffd"},
		"workflow command":     {"::error::x", `\x3a:error::x`},
		"command at a word":    {"a ::stop-commands::x", `a \x3a:stop-commands::x`},
		"C++ name":             {"std::vector", "std::vector"},
		"old command":          {"x##[error]y###[z", `x\x23#[error]y#\x23#[z`},
		"empty":                {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Escape(test.text)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestClip(t *testing.T) {
	long := strings.Repeat("a", 1<<20) + "\x1b"
	if got, want := clip(long, 8), `aaaa… [1048577 characters] …aaa\x1b`; got != want {
		t.Errorf("got %.100q, want %q", got, want)
	}
}

// hostile are texts that no output may hand on as they are.
var hostile = []string{
	"\x1b[31mred\x1b[0m", "a\ab", "a\rverified", "a\nb", "\u202etxt.exe", "a\u200bb", "\xff\xfe",
	"::error::x", "::stop-commands::t", "a\n::add-mask::x", "##[error]x", "../../etc/passwd", "", " lead", "a  verified  b",
	"%0A::error::x", "<img src=x>", "C:\\x", strings.Repeat("long", 1<<16),
}

func FuzzEscape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		wantHarmless(t, got)
		if plain(s) && got != s {
			t.Errorf("%q became %q", s, got)
		}
		for _, line := range wrap(got, 10) {
			wantHarmless(t, line)
		}
		var b bytes.Buffer
		if err := WriteJSON(&b, map[string]string{"s": s}); err != nil {
			t.Fatal(err)
		}
		wantHarmless(t, b.String())
		var back map[string]string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(s) && back["s"] != s {
			t.Errorf("%q came back as %q", s, back["s"])
		}
	})
}

// wantHarmless fails t where text holds what a terminal or a CI runner acts on.
func wantHarmless(t *testing.T, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("a workflow command: %.200q", line)
		}
		for _, r := range line {
			if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q is not printable in %.200q", r, line)
				break
			}
		}
	}
}

func BenchmarkEscape(b *testing.B) {
	for b.Loop() {
		Escape("widget_linux_amd64.tar.gz")
		Escape("größe\x1b[2J")
	}
}
