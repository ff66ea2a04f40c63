package pack

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
)

// A scanner goes through an archive, item by item, and believes no header: each
// must be the one that the item would be written with.
type scanner struct{ rest []byte }

// first returns the index. Its size is all that its header is asked for.
func (s *scanner) first() ([]byte, error) {
	header, err := tar.NewReader(bytes.NewReader(s.rest[:min(len(s.rest), headerSize)])).Next()
	if err != nil {
		return nil, &Error{indexName, "no pack begins with it: " + err.Error()}
	}
	if header.Size < 0 || header.Size > maxIndex {
		return nil, &Error{indexName, fmt.Sprintf("of %d bytes, want at most %d", header.Size, maxIndex)}
	}
	return s.item(item{Name: indexName, Size: header.Size})
}

// next returns an item that the index lists.
func (s *scanner) next(want item) ([]byte, error) {
	content, err := s.item(want)
	if err != nil {
		return nil, err
	}
	if got := newItem(want.Name, content); got.SHA256 != want.SHA256 {
		return nil, &Error{want.Name, fmt.Sprintf("its bytes have SHA-256 %s, the index says %s", got.SHA256, want.SHA256)}
	}
	return content, nil
}

// item takes an item of this name and size off the archive.
func (s *scanner) item(i item) ([]byte, error) {
	var header bytes.Buffer
	if i.Size < 0 || i.Size > MaxSize {
		return nil, &Error{i.Name, fmt.Sprintf("of %d bytes", i.Size)}
	}
	if err := tar.NewWriter(&header).WriteHeader(i.header()); err != nil {
		return nil, &Error{i.Name, err.Error()}
	}
	if !bytes.HasPrefix(s.rest, header.Bytes()) {
		return nil, &Error{i.Name, "its header is not the one that it was written with"}
	}
	s.rest = s.rest[header.Len():]
	if int64(len(s.rest)) < padded(i.Size) {
		return nil, &Error{i.Name, io.ErrUnexpectedEOF.Error()}
	}
	content, padding := s.rest[:i.Size:i.Size], s.rest[i.Size:padded(i.Size)]
	s.rest = s.rest[padded(i.Size):]
	if len(bytes.Trim(padding, "\x00")) > 0 {
		return nil, &Error{i.Name, "something stands behind its end"}
	}
	return content, nil
}

// end wants what every archive ends with, and nothing more.
func (s *scanner) end() error {
	if len(s.rest) != endSize || len(bytes.Trim(s.rest, "\x00")) > 0 {
		return &Error{"the archive", "it does not end where it should"}
	}
	return nil
}
