// Package review judges whether a project really signs its releases, from a
// record of what its forge, its repository and its bundles said.
//
// A [Record] is collected once, by others, over the network. [Judge] reads it
// and nothing else: it opens no connection, file or environment, and its only
// clock is the record's. So whoever holds the record comes to the same report,
// to the byte, and can look up what each sentence of it rests on.
//
//	record, err := review.ParseRecord(document, blobs)
//	if err != nil {
//		return err
//	}
//	report, err := review.Judge(record, review.Options{Root: trustedRoot})
//
// # What is believed
//
// A [Finding] is a claim that would speak for the project, with an outcome and
// a grade. Grade A rests on signatures that package verify holds to one strict
// identity, and on the clocks of logs and timestamp authorities. Grade B is
// what the forge's server recorded, which an administrator may delete but not
// freely edit. Grade C is what the project says of itself. What could not be
// asked is unknown and never counts against the project.
//
// Whether a file of a release is verification material is decided by its
// content. Everything else is an artifact that somebody may download and run,
// and is expected to be covered.
//
// # What is not shown
//
// That nothing ever existed which is not there today: releases, tags and
// attestations can be deleted. That a build is sound, or its source good. And
// nothing about who owns the identities behind the names.
package review
