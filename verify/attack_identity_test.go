package verify_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

const accounts = "https://accounts.example"

// by is a policy that names identities, in pairs of name and issuer.
func by(pairs ...string) func() *verify.Policy {
	return func() *verify.Policy {
		p := &verify.Policy{}
		for i := 0; i < len(pairs); i += 2 {
			p.Identities = append(p.Identities, verify.Identity{Subject: pairs[i], Issuer: pairs[i+1]})
		}
		return p
	}
}

// like is a policy that names a pattern, compiled as users' patterns are.
func like(t *testing.T, pattern, issuer string) func(*verify.Policy) {
	t.Helper()
	re, err := verify.CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return loose(re, issuer)
}

func loose(re *regexp.Regexp, issuer string) func(*verify.Policy) {
	return func(p *verify.Policy) { p.Identities = []verify.Identity{{Pattern: re, Issuer: issuer}} }
}

func TestIdentityAttacks(t *testing.T) {
	v := newVirtual(t)
	policies := func(pairs ...string) func(*verify.Policy) {
		return func(p *verify.Policy) { *p = *by(pairs...)() }
	}
	workflow := workflowOf("octo/widget", "release.yml", tagRef)
	job := func() *signing { return signature() }
	const github = verify.GitHubIssuer
	run(t, v, job, by(workflow, github), []attack{
		{name: "I-01 the start of a name", policy: policies("https://github.com/octo/widget", github), want: verify.CheckIdentity},
		{name: "I-01 a pattern of the start", policy: like(t, `https://github\.com/octo`, github), want: verify.CheckIdentity},
		{name: "I-01 a pattern of the middle", policy: like(t, `octo/widget`, github), want: verify.CheckIdentity},
		{name: "I-01 a pattern of the end", policy: like(t, `refs/tags/.*`, github), want: verify.CheckIdentity},
		{name: "I-01 a pattern of the whole", policy: like(t, `https://github\.com/octo/widget/\.github/workflows/release\.yml@refs/tags/v[0-9.]+`, github)},
		{name: "I-01 a pattern that somebody else compiled, of the start", policy: loose(regexp.MustCompile(`https://github\.com/octo`), github), want: verify.CheckIdentity},
		{name: "I-01 a pattern that somebody else compiled, of the whole", policy: loose(regexp.MustCompile(`https://github\.com/octo|https://github\.com/octo/.*`), github)},
		{name: "I-02 dots", policy: like(t, `https://github.com/octo/widgetX.*`, github), want: verify.CheckIdentity},
		{name: "I-03 lines", signing: named(uriSAN(workflow), uriSAN("x")), policy: like(t, `(?m)^https://.*$`, github), want: verify.CheckCertificate},
		{name: "I-04 alternatives", policy: like(t, `https://github.com/other/.*|https`, github), want: verify.CheckIdentity},
		{name: "I-04 alternatives of the whole", policy: like(t, `nobody|https://github.com/octo/.*`, github)},
		{name: "I-05 no issuer", policy: policies(workflow, ""), badPolicy: true},
		{name: "I-05 no name", policy: policies("", github), badPolicy: true},
		{name: "I-05 name and pattern", policy: func(p *verify.Policy) { p.Identities[0].Pattern = regexp.MustCompile(".*") }, badPolicy: true},
		{name: "I-05 nobody", policy: policies(), badPolicy: true},
		{name: "I-05 an owner is nobody", policy: func(p *verify.Policy) { *p = verify.Policy{Owner: "octo"} }, badPolicy: true},
		{name: "I-05 another issuer", policy: policies(workflow, accounts), want: verify.CheckIssuer},
		{name: "I-05 the issuer is no pattern", policy: policies(workflow, ".*"), want: verify.CheckIssuer},
		{name: "I-07 names and issuers exchanged", policy: policies(workflow, accounts, "dev@octo.example", github), want: verify.CheckIssuer},
		{name: "I-07 the second pair", policy: policies("dev@octo.example", accounts, workflow, github)},
		{name: "I-07 the same name twice", policy: policies(workflow, accounts, workflow, github)},
		{name: "INV-8 the repository too", policy: func(p *verify.Policy) { p.Repository = "octo/other" }, want: verify.CheckSource},
		{name: "INV-8 the ref too", policy: func(p *verify.Policy) { p.Ref = "refs/heads/main" }, want: verify.CheckRef},
		{name: "INV-8 an issuer that goes with nothing", policy: func(p *verify.Policy) { p.Issuer = accounts }, badPolicy: true},
	})
}

// I-06: a name of one kind never stands for the same letters in another.
func TestNameKinds(t *testing.T) {
	v := newVirtual(t)
	const address = "dev@octo.example"
	person := func() *signing {
		s := signature()
		s.cert = personCertificate(emailSAN(address))
		return s
	}
	name := func(s string) func(*verify.Policy) {
		return func(p *verify.Policy) { p.Identities[0].Subject = s }
	}
	run(t, v, person, by(address, accounts), []attack{
		{name: "I-06 the address as a URI", signing: named(uriSAN(address)), want: verify.CheckIdentity},
		{name: "I-06 the address as a user name", signing: named(userSAN(t, address)), want: verify.CheckIdentity},
		{name: "I-06 the address as a user name for a pattern", signing: named(userSAN(t, address)), policy: like(t, `.*@octo\.example`, accounts), want: verify.CheckIdentity},
		{name: "I-06 a pattern of addresses", policy: like(t, `.*@octo\.example`, accounts)},
		{name: "I-06 other case", policy: name("Dev@octo.example"), want: verify.CheckIdentity},
		{name: "I-06 other case of the host", policy: name("dev@Octo.example"), want: verify.CheckIdentity},
		{name: "I-06 a host that begins alike", policy: name("dev@octo.example.evil"), want: verify.CheckIdentity},
		{name: "I-06 plus", policy: name("dev+x@octo.example"), want: verify.CheckIdentity},
	})
	run(t, v, func() *signing { s := person(); s.cert = personCertificate(userSAN(t, "octo!ci")); return s }, by("octo!ci", accounts), []attack{
		{name: "I-06 the user name as a URI", signing: named(uriSAN("octo!ci")), want: verify.CheckIdentity},
	})
}

func TestPolicyMistakes(t *testing.T) {
	ok := func() *verify.Policy { return &verify.Policy{Repository: "octo/widget"} }
	if err := ok().Validate(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*verify.Policy)
	}{
		{"INV-8 the zero policy", func(p *verify.Policy) { *p = verify.Policy{} }},
		{"I-03 no owner", func(p *verify.Policy) { p.Repository = "widget" }},
		{"I-03 no name", func(p *verify.Policy) { p.Repository = "octo/" }},
		{"I-03 three parts", func(p *verify.Policy) { p.Repository = "octo/widget/x" }},
		{"I-03 up", func(p *verify.Policy) { p.Repository = "octo/.." }},
		{"I-03 here", func(p *verify.Policy) { p.Repository = "octo/." }},
		{"I-03 percent", func(p *verify.Policy) { p.Repository = "octo%2fwidget/x" }},
		{"I-03 pattern", func(p *verify.Policy) { p.Repository = "octo/.*" }},
		{"I-03 alternatives", func(p *verify.Policy) { p.Repository = "octo/a|b" }},
		{"I-03 line", func(p *verify.Policy) { p.Repository = "octo/widget\n" }},
		{"I-03 space", func(p *verify.Policy) { p.Repository = " octo/widget" }},
		{"I-03 owner with a path", func(p *verify.Policy) { p.Owner = "octo/../evil" }},
		{"I-03 owner with a pattern", func(p *verify.Policy) { p.Owner = ".*" }},
		{"I-03 owner too long", func(p *verify.Policy) { p.Owner = strings.Repeat("o", 40) }},
		{"P-05 a bare tag", func(p *verify.Policy) { p.Ref = "v1.4.0" }},
		{"P-05 a folder of refs", func(p *verify.Policy) { p.Ref = "refs/tags/" }},
		{"P-06 a pre-release", func(p *verify.Policy) { p.Version = "v1.2.3-rc.1" }},
		{"P-06 a build", func(p *verify.Policy) { p.Version = "v1.2.3+x" }},
		{"P-06 no version", func(p *verify.Policy) { p.Version = "1.2" }},
		{"P-09 a short commit", func(p *verify.Policy) { p.Commit = "9f2d1c7" }},
		{"P-09 a commit in capitals", func(p *verify.Policy) { p.Commit = strings.ToUpper(commit) }},
		{"P-10 a signer with a ref", func(p *verify.Policy) { p.SignerWorkflow = "octo/widget/.github/workflows/release.yml@" + tagRef }},
		{"P-10 a signer that is no workflow", func(p *verify.Policy) { p.SignerWorkflow = "octo/widget/release.sh" }},
		{"P-10 a signer's short commit", func(p *verify.Policy) { p.SignerDigest = "abc" }},
		{"P-07 a number that is none", func(p *verify.Policy) { p.RepositoryID = "0x2a" }},
		{"a level too high", func(p *verify.Policy) { p.Level = 4 }},
		{"a level below", func(p *verify.Policy) { p.Level = -1 }},
		{"a level of a signature", func(p *verify.Policy) { p.Level, p.Require = 1, verify.RequireSignature }},
		{"something unheard of", func(p *verify.Policy) { p.Require = "both" }},
		{"unlogged without a key", func(p *verify.Policy) { p.AllowUnlogged = true }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := ok()
			tt.change(p)
			a := attack{badPolicy: true}
			a.judge(t, "policy", nil, p.Validate())
		})
	}
	a := attack{badPolicy: true}
	a.judge(t, "no policy", nil, (*verify.Policy)(nil).Validate())
}

// I-08
func TestPatternMistakes(t *testing.T) {
	for name, pattern := range map[string]string{
		"empty": "", "too long": strings.Repeat("a", 4<<10+1), "unbalanced": "a)|(b",
		"nested repetition": "(a{1000}){1000}", "open quotation": `a|\Q`, "behind": "(?=x)",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verify.CompilePattern(pattern)
			a := attack{badPolicy: true}
			a.judge(t, "pattern", nil, err)
		})
	}
	re, err := verify.CompilePattern("(a+)+$")
	if err != nil {
		t.Fatal(err)
	}
	if re.MatchString(strings.Repeat("a", 1<<16) + "!") {
		t.Error("matched what does not match")
	}
}
