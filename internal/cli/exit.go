package cli

import (
	"context"
	"errors"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/pack"
	"github.com/hallmark-project/hallmark/internal/registry"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/sign"
	"github.com/hallmark-project/hallmark/verify"
)

// The exit codes: who has to act. Nothing else in the program names them.
const (
	exitDone      = 0
	exitRefused   = 1 // the evidence says no
	exitUsage     = 2 // the operator said something wrong
	exitUndecided = 3 // it could not be decided: weather, or an error unknown here
)

// operatorErrors are the sentinels of other packages that blame the operator.
var operatorErrors = []error{
	forge.ErrName,
	registry.ErrReference,
	sign.ErrSetup,
	trust.ErrIdentity,
	trust.ErrKey,
	trust.ErrRoot,
	verify.ErrPolicy,
}

// exitCode maps err to its class. A run that was cancelled decided nothing,
// whatever else it had found by then; and where some of several targets are
// refused, that outweighs the others' bad weather.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		return exitUndecided
	case refused(err):
		return exitRefused
	case blamesOperator(err):
		return exitUsage
	}
	return exitUndecided
}

func blamesOperator(err error) bool {
	var usage *usageError
	var artifacts *artifact.UsageError
	if errors.As(err, &usage) || errors.As(err, &artifacts) {
		return true
	}
	for _, sentinel := range operatorErrors {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

func refused(err error) bool {
	var rejection *verify.Rejection
	var findings *findingsError
	var changed *pack.Error
	return errors.As(err, &rejection) || errors.As(err, &findings) || errors.As(err, &changed)
}
