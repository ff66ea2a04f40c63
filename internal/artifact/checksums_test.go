package artifact

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var (
	hex64  = strings.Repeat("0123456789abcdef", 4)
	hex96  = strings.Repeat("0123456789abcdef", 6)
	hex128 = strings.Repeat("0123456789abcdef", 8)
)

func TestParseLine(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		want checksum
	}{
		"text mark":             {hex64 + "  a.zip", checksum{name: "a.zip", algorithm: "sha256", digest: hex64}},
		"binary mark":           {hex64 + " *a.zip", checksum{name: "a.zip", algorithm: "sha256", digest: hex64}},
		"no mark":               {hex64 + " a.zip", checksum{name: "a.zip", algorithm: "sha256", digest: hex64}},
		"a name with a star":    {hex64 + "  *a", checksum{name: "*a", algorithm: "sha256", digest: hex64}},
		"a name with spaces":    {hex64 + "   a b ", checksum{name: " a b ", algorithm: "sha256", digest: hex64}},
		"sha384":                {hex96 + "  a", checksum{name: "a", algorithm: "sha384", digest: hex96}},
		"sha512":                {hex128 + "  a", checksum{name: "a", algorithm: "sha512", digest: hex128}},
		"below a folder":        {hex64 + "  ./x//y", checksum{name: "x/y", algorithm: "sha256", digest: hex64}},
		"escaped":               {`\` + hex64 + `  a\\b\nc\r`, checksum{name: "a\\b\nc\r", algorithm: "sha256", digest: hex64}},
		"a backslash unescaped": {hex64 + `  a\nb`, checksum{name: `a\nb`, algorithm: "sha256", digest: hex64}},
		"tagged":                {"SHA256 (a) = " + hex64, checksum{name: "a", algorithm: "sha256", digest: hex64}},
		"tagged sha384":         {"SHA384 (a) = " + hex96, checksum{name: "a", algorithm: "sha384", digest: hex96}},
		"tagged sha512":         {"SHA512 (a) = " + hex128, checksum{name: "a", algorithm: "sha512", digest: hex128}},
		"tagged, name like it":  {"SHA256 (a) = (b) = " + hex64, checksum{name: "a) = (b", algorithm: "sha256", digest: hex64}},
		"tagged and escaped":    {`\SHA256 (a\nb) = ` + hex64, checksum{name: "a\nb", algorithm: "sha256", digest: hex64}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseLine(test.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(checksum{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseLineRefuses(t *testing.T) {
	const noLine = "is no line of a SHA-256, SHA-384 or SHA-512 checksum file"
	for name, test := range map[string]struct{ line, want string }{
		"empty":                {"", noLine},
		"a comment":            {"# " + hex64 + "  a", noLine},
		"no name":              {hex64, noLine},
		"no name after a mark": {hex64 + "  ", noLine},
		"no name, binary":      {hex64 + " *", noLine},
		"a tab":                {hex64 + "\ta", noLine},
		"upper case":           {strings.ToUpper(hex64) + "  a", noLine},
		"no hex":               {strings.Repeat("g", 64) + "  a", noLine},
		"too short":            {hex64[1:] + "  a", noLine},
		"too long":             {hex64 + "0  a", noLine},
		"sha1":                 {hex64[:40] + "  a", noLine},
		"leading space":        {" " + hex64 + "  a", noLine},
		"name first":           {"a  " + hex64, noLine},
		"a weak tag":           {"MD5 (a) = " + hex64[:32], noLine},
		"an unknown tag":       {"SHA512/256 (a) = " + hex64, noLine},
		"a tag of no name":     {"SHA256 () = " + hex64, noLine},
		"tagged, upper case":   {"SHA256 (a) = " + strings.ToUpper(hex64), noLine},
		"tagged, trailing":     {"SHA256 (a) = " + hex64 + " ", noLine},
		"tagged, wrong length": {"SHA512 (a) = " + hex64, "want 128 hexadecimal digits for sha512"},
		"unknown escape":       {`\` + hex64 + `  a\tb`, "are the only escapes"},
		"escape cut short":     {`\` + hex64 + `  a\`, "are the only escapes"},
		"carriage return":      {hex64 + "  a\r", "end the lines with a line feed alone"},
		"byte order mark":      {"\ufeff" + hex64 + "  a", "begins with a byte order mark"},
		"NUL":                  {hex64 + "  a\x00b", "holds a NUL"},
		"bad UTF-8":            {hex64 + "  \xff", "not valid UTF-8"},
		"rooted":               {hex64 + "  /etc/passwd", "leaves the folder"},
		"parent":               {hex64 + "  a/../../b", "leaves the folder"},
		"a folder":             {hex64 + "  a/", "no file is named"},
		"the folder itself":    {hex64 + "  .", "no file is named"},
		"a long name":          {hex64 + "  " + strings.Repeat("x", maxName+1), "longer than 4096 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseLine(test.line)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want an error with %q, got %v", test.want, err)
			}
		})
	}
}

func TestParseChecksums(t *testing.T) {
	good := hex64 + "  a\n"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":         {"", "line 1: the file is empty"},
		"a bad last line": {good + good + "x", `line 3: "x" is no line`},
		"an empty line":   {good + "\n" + good, `line 2: "" is no line`},
		"an endless line": {good + strings.Repeat("x", 2*maxLine), "line 2: longer than 8448 bytes"},
		"too many lines":  {strings.Repeat(good, 4), "line 4: more than 3 files"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseChecksums(strings.NewReader(test.text), 3)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want an error with %q, got %v", test.want, err)
			}
		})
	}

	broken := errors.New("the disk is gone")
	_, err := readChecksums("-", iotest.ErrReader(broken), 3)
	if _, isUsage := errors.AsType[*UsageError](err); !errors.Is(err, broken) || isUsage {
		t.Errorf("want a failure to read, got %v", err)
	}
}

// escape writes a name as sha256sum does.
func escape(sum checksum) string {
	name := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(sum.name)
	line := sum.digest + "  " + name
	if name != sum.name {
		line = `\` + line
	}
	return line
}

// Whatever is accepted can be written again, and then says the same.
func FuzzParseChecksums(f *testing.F) {
	for _, seed := range []string{
		hex64 + "  a\n" + hex128 + " *b c",
		`\` + hex64 + `  a\\b\nc\r` + "\n",
		"SHA384 (a) = " + hex96 + "\n\\SHA256 (x\\ny) = " + hex64,
		"SHA256 (a) = " + hex64 + ") = " + hex64,
		"\ufeff" + hex64 + "  a\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sums, err := parseChecksums(strings.NewReader(text), 100)
		if err != nil {
			return
		}
		var out []string
		for _, sum := range sums {
			if name, err := cleanName(sum.name); err != nil || name != sum.name {
				t.Errorf("name %q is not clean: %q, %v", sum.name, name, err)
			}
			out = append(out, escape(sum))
		}
		again, err := parseChecksums(strings.NewReader(strings.Join(out, "\n")), 100)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sums, again, cmp.AllowUnexported(checksum{})); diff != "" {
			t.Error(diff)
		}
	})
}
