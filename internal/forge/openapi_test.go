package forge_test

import (
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

func checkExchange(t testing.TB) func(fakegithub.Exchange) { return nil }
