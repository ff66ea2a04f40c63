// Package material finds verification material and reads it: bytes found
// somewhere become Sigstore bundles, whatever the file is called. What a file
// is, is decided by its content.
//
// Signers have written signatures down in several ways before there were
// bundles. Each older [Form] is converted here, once, so that whatever is
// verified passes through the same checks; none is ever written. A signature
// that came without proof of its log entry is completed by a [Completer].
//
// Nothing here is believed. A bundle that is found for an artifact is a
// candidate; package verify decides. What cannot be read stays in the result
// with the reason, so that no bad line hides a good one and none is passed
// over in silence.
package material
