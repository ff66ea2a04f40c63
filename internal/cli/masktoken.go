package cli

import (
	"regexp"
	"strings"
	"sync"
)

// tokenForm is a JSON Web Token, or as much of one as there is: its first part
// is an object in base64, which begins like this.
var tokenForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}`)
})

// maskTokens puts *** in place of identity tokens. The program never shows one,
// but a service may repeat what it was sent when it refuses. GitHub's add-mask
// would do for GitHub's log alone, and writes the token to wherever stderr goes.
func maskTokens(text string) string {
	if !strings.Contains(text, "eyJ") {
		return text
	}
	return tokenForm().ReplaceAllLiteralString(text, "***")
}
