package main

import (
	"io"
	"log"
	"log/slog"
	"os"

	fulciolog "github.com/sigstore/fulcio/pkg/log"
	rekorlog "github.com/sigstore/rekor/pkg/log"
	tsalog "github.com/sigstore/timestamp-authority/v2/pkg/log"
	"go.uber.org/zap"
	"k8s.io/klog/v2"
)

// quietLogs silences the servers, each of which has a logger of its own, or
// sends them all to stderr.
func quietLogs(verbose bool) {
	out := io.Writer(io.Discard)
	logger := zap.NewNop()
	if verbose {
		out = os.Stderr
		logger = zap.Must(zap.NewDevelopment())
	}
	log.SetOutput(out)
	slog.SetDefault(slog.New(slog.NewTextHandler(out, nil)))
	// Left to itself klog writes errors to stderr, wherever its output goes.
	klog.SetSlogLogger(slog.Default())
	fulciolog.Logger = logger.Sugar()
	rekorlog.Logger = logger.Sugar()
	tsalog.Logger = logger.Sugar()
}
