// Package forge asks GitHub, and tells it: releases and their files, tags,
// attestations, and what a review wants to know of a project.
//
//	client := &forge.Client{API: transport, Transfer: http.DefaultTransport, Repeat: transport.Repeat, Token: token}
//	release, err := client.ReleaseByTag(ctx, repository, "v1.4.0")
//	digest, err := client.Download(ctx, repository, &release.Assets[0], file)
//
// # What GitHub is believed
//
// Nothing that matters. Digests are computed from the bytes that came, bundles
// are handed on for the caller to verify, names and numbers are checked for
// being such before they are shown or become part of an address, and what an
// answer can cost is bounded. Who uploaded what, when, and whether a release can
// still be changed is GitHub's word, and the result is to say so.
//
// # Where the token goes
//
// To api.github.com and uploads.github.com, over https. Published files are
// asked for as a stranger would ask, and so are the places to which GitHub
// redirects: release files come from *.githubusercontent.com, bundles of
// attestations from *.blob.core.windows.net, and other hosts are refused. The
// hosts are constants; nothing in the environment or in an answer changes them.
//
// # What happens twice
//
// Calls that may be repeated are, by the transport below. A draft is looked for
// before it is made again. An upload that broke off leaves a file without bytes
// that keeps its name taken: it is deleted before the bytes are sent again, and
// a file that arrived although its answer got lost is found. A download goes on
// where it stopped. So each of them can be called again by a second run.
//
// # What it costs
//
// GitHub answers a stranger's address 60 calls an hour, and a token some
// thousands. Files of releases cost none. Releases come thirty in a call,
// attestations of a hundred digests in one with [Client.BulkAttestations];
// [Cache] makes a second run nearly free, [Client.Budget] says what is left, and
// [RateLimit] tells the transport below when to wait.
//
// # What it cannot decide
//
// To strangers GitHub shows a private thing as absent, so ErrNotFound is no
// evidence against a project, and neither is ErrDenied, an answer that makes no
// sense, or an attestation whose bundle could not be had.
package forge
