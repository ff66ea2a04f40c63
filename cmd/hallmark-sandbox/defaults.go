package main

import "time"

// The job that a sandbox imitates unless flags say otherwise. The demo, the
// tests and the documentation all name these values, so they stand once, here.
const (
	defaultIssuer            = "https://token.actions.githubusercontent.com"
	defaultRepository        = "hallmark-project/hallmark"
	defaultRepositoryID      = "1080400201"
	defaultOwnerID           = "240800117"
	defaultVisibility        = "public"
	defaultWorkflow          = ".github/workflows/release.yml"
	defaultRef               = "refs/tags/v0.0.0-demo"
	defaultSHA               = "5a9c7ede4b1f0d3c2e8f6a7b9c0d1e2f3a4b5c6d"
	defaultEvent             = "push"
	defaultRunnerEnvironment = "github-hosted"
	defaultRunID             = "19500000001"
	defaultRunNumber         = "1"
	defaultRunAttempt        = "1"
	defaultActor             = "hallmark-maintainer"
	defaultActorID           = "9800417"
	defaultJob               = "release"
	defaultPerson            = "maintainer@example.com"
	defaultPermissions       = "contents:write,attestations:write"
	defaultTokenTTL          = 5 * time.Minute
)
