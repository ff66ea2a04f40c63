// Package artifact turns what a person names on the command line into the
// things that a statement can be about: a name and its digests.
//
// [Collect] is the one call most commands need. It takes arguments in any of
// these forms and answers with a [Set]:
//
//	path               a regular file, named by its base name
//	dir or dir/        every regular file below it, named relative to dir
//	'dist/*.tar.gz'    a glob, expanded here; '**' stands for any folders;
//	                   names are relative to the part before the first * ? or [
//	name@sha256:<hex>  a digest known beforehand (also sha384 and sha512)
//
// and, apart from the arguments, checksum files as sha256sum and its kin write
// them ([Options.Checksums]).
//
// Names are always slash-separated, relative, valid UTF-8 and without "." or
// ".." elements; anything else is refused. They may still hold control
// characters: whoever shows them escapes them. A name is never used as a path.
//
// # What is trusted
//
// Nothing that the file system says twice is believed once. A file is opened a
// single time, must be the regular file that was listed, is hashed from that
// one descriptor, and must afterwards have the size, the modification time and
// the place in the folder that it had before; a file that does not is refused
// with [ErrChanged]. Within a folder symbolic links are not followed. Files are
// streamed through small buffers and hashed on all processors.
//
// # Errors
//
// What the operator can mend by writing another command line, or another
// checksum file, is a [UsageError]. Every other error means that no answer
// could be reached: a file changed, a disk failed, the context ended.
package artifact

import (
	"io/fs"

	intoto "github.com/in-toto/attestation/go/v1"
)

// Artifact is one thing to sign or to verify. Its descriptor has a Name, unique
// within its [Set], and a Digest of lower-case hex by algorithm; nothing else
// in it is filled in.
type Artifact struct {
	*intoto.ResourceDescriptor

	// Path is the file on disk, as reached from the argument; "" when only the
	// digest is known.
	Path string

	// Size is the file's length in bytes. An empty file is allowed; 0 says
	// nothing where Path is "".
	Size int64

	// Explicit tells that the artifact was named itself, by path, digest or
	// checksum line, and not found by walking a folder or expanding a glob.
	Explicit bool

	info fs.FileInfo
}

// LeftOut is a file that lies in a folder or matches a glob and yet is not an
// artifact. Name is written as an artifact's would be.
type LeftOut struct{ Name, Reason string }

// Set is everything that the arguments name, ordered by name, whatever the order
// of the arguments was. Lists are the checksum files among it, left out or not,
// where [Options.Lists] asks for them.
type Set struct {
	Artifacts []*Artifact
	LeftOut   []LeftOut
	Lists     []*List
}
