// Package registry reads what signers attach to images and other artifacts in
// OCI registries, and attaches bundles to them.
//
//	client := &registry.Client{Transport: transport}
//	image, err := client.Resolve(ctx, ref)          // a tag becomes a digest, once
//	attached := client.Material(ctx, image)         // all that may be about it
//	placed, err := client.Attach(ctx, image, mine)  // one more
//
// Material stands in two places: in manifests that refer to the image and hold
// a Sigstore bundle (OCI 1.1 referrers, or the tag that stands in for them),
// and under the tags that cosign derives from the image's digest. It is handed
// on as the bytes that the registry gave. What they are worth is for others to
// say: a registry, and whoever may push to it, is not trusted with anything.
//
// # What a registry cannot do
//
// It cannot choose the bytes: everything that is read by digest must have that
// digest and the size that was stated, and a tag is asked for once. It cannot
// keep the reader busy: what is listed, what is fetched, and each answer's size
// are bounded, nothing is decompressed, no layer is fetched from the address
// that a manifest gives. It cannot collect credentials: they go to the registry
// that the Docker configuration holds them for, and to its token service if
// that is of the same registrable domain; no redirect carries them, and plain
// http is spoken to loopback alone.
//
// What is broken stays in the result with the reason. The order in which a
// registry lists things is of no consequence.
//
// # What is written
//
// A bundle becomes a manifest of its own that refers to the image, in the form
// that cosign finds. The image, its tags and what others have attached stay as
// they are. The tag that stands in for the list of referrers, where a registry
// has no such list, is the one thing that is ever changed, by one entry.
// Permission to write is asked for only when something is written, and
// credentials go nowhere that they would not go in reading.
package registry
