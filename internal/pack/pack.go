// Package pack keeps what a review rests on in one file, for others to judge
// again: the record, every blob it names, and the programme it was judged for.
//
//	err := p.Write(file)
//	p, err := pack.Read(file)
//	record, err := review.ParseRecord(p.Record, p.Blobs)
//
// A pack is a tar archive in which nothing is left to chance: first the index,
// with the size and SHA-256 of each item, then the items in its order, one
// spelling for every header. So a byte that is changed anywhere is seen, and the
// item that it is in is named. It proves nothing about who made the pack: that
// is the record's affair, whose bundles are verified again.
package pack

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MediaType is the media type of a pack's index.
const MediaType = "application/vnd.hallmark.review-pack.v1+json"

// MaxSize is the size of the largest pack, in bytes: all of it is held.
const MaxSize = 512 << 20

const (
	indexName  = "index.json"
	recordName = "record.json"
	blobFolder = "blobs/"
	maxIndex   = 32 << 20
)

// A Pack is what a file holds.
type Pack struct {
	Profile string            // the programme that was judged for; perhaps none
	Record  []byte            // the record's document
	Blobs   map[string][]byte // by their SHA-256 in hexadecimal
}

// An Error says which item of a pack is not what it was.
type Error struct{ Item, Why string }

func (e *Error) Error() string { return fmt.Sprintf("pack: %s: %s", e.Item, e.Why) }

// An index lists what a pack holds.
type index struct {
	MediaType string `json:"mediaType"`
	Profile   string `json:"profile"`
	Items     []item `json:"items"`
}

type item struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Write writes the pack: the same bytes for the same pack.
func (p *Pack) Write(w io.Writer) error {
	contents := [][]byte{p.Record}
	x := index{MediaType: MediaType, Profile: p.Profile, Items: []item{newItem(recordName, p.Record)}}
	for _, digest := range slices.Sorted(maps.Keys(p.Blobs)) {
		x.Items = append(x.Items, newItem(blobFolder+digest, p.Blobs[digest]))
		contents = append(contents, p.Blobs[digest])
	}
	text, err := x.encode()
	if err != nil {
		return err
	}
	if total := x.size(len(text)); total > MaxSize || len(text) > maxIndex {
		return fmt.Errorf("the evidence is of %d bytes, a pack of at most %d", total, MaxSize)
	}
	archive := tar.NewWriter(w)
	if err := add(archive, newItem(indexName, text), text); err != nil {
		return err
	}
	for i, content := range contents {
		if err := add(archive, x.Items[i], content); err != nil {
			return err
		}
	}
	return archive.Close()
}

func newItem(name string, content []byte) item {
	sum := sha256.Sum256(content)
	return item{name, int64(len(content)), hex.EncodeToString(sum[:])}
}

func (x *index) encode() ([]byte, error) {
	text, err := json.Marshal(x, jsontext.WithIndent("  "))
	return append(text, '\n'), err
}

// size is that of the archive.
func (x *index) size(text int) int64 {
	total := headerSize + padded(int64(text)) + endSize
	for _, i := range x.Items {
		total += headerSize + padded(i.Size)
	}
	return total
}

func add(archive *tar.Writer, i item, content []byte) error {
	if err := archive.WriteHeader(i.header()); err != nil {
		return err
	}
	_, err := archive.Write(content)
	return err
}

// header says nothing of a machine, a user or a time.
func (i item) header() *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: i.Name, Size: i.Size, Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
}

// The form of tar archives: POSIX 1003.1-1990.
const (
	headerSize = 512
	endSize    = 1024
)

func padded(n int64) int64 { return (n + headerSize - 1) / headerSize * headerSize }

// Read reads a pack, and refuses one in which anything was changed. The error is
// then an *Error.
func Read(r io.Reader) (*Pack, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, &Error{"the archive", fmt.Sprintf("more than %d bytes", MaxSize)}
	}
	s := &scanner{rest: data}
	text, err := s.first()
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(text)
	if err != nil {
		return nil, err
	}
	p := &Pack{Profile: x.Profile, Blobs: make(map[string][]byte)}
	for _, i := range x.Items {
		content, err := s.next(i)
		if err != nil {
			return nil, err
		}
		if i.Name == recordName {
			p.Record = content
		} else {
			p.Blobs[i.SHA256] = content
		}
	}
	return p, s.end()
}

var blobName = regexp.MustCompile(`^blobs/([0-9a-f]{64})$`)

// parseIndex reads the one spelling in which an index is written.
func parseIndex(text []byte) (*index, error) {
	x := new(index)
	if err := json.Unmarshal(text, x, json.RejectUnknownMembers(true)); err != nil {
		return nil, &Error{indexName, err.Error()}
	}
	again, err := x.encode()
	switch {
	case err != nil || !bytes.Equal(again, text):
		return nil, &Error{indexName, "not in the spelling in which it is written"}
	case x.MediaType != MediaType:
		return nil, &Error{indexName, fmt.Sprintf("media type %.100q: want %s", x.MediaType, MediaType)}
	case len(x.Items) == 0 || x.Items[0].Name != recordName:
		return nil, &Error{indexName, "the record is not its first item"}
	}
	for n, i := range x.Items[1:] {
		m := blobName.FindStringSubmatch(i.Name)
		if m == nil || m[1] != i.SHA256 || n > 0 && x.Items[n].Name >= i.Name {
			return nil, &Error{indexName, fmt.Sprintf("item %.100q is not called after its digest, or out of order", i.Name)}
		}
	}
	return x, nil
}
