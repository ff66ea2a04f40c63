package trust

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// change reads metadata back, changes it and signs it anew.
func change[T metadata.Roles](m *mirror, name string, empty *metadata.Metadata[T], change func(*T)) {
	m.t.Helper()
	m.mu.Lock()
	data := m.files[name]
	m.mu.Unlock()
	role, err := empty.FromBytes(data)
	if err != nil {
		m.t.Fatal(err)
	}
	change(&role.Signed)
	m.put(name, role)
}

// TestRefusedMetadata: whatever fails a check of TUF is refused by the name of
// the role that it is about, is neither weather nor the operator's error, and
// nothing takes its place. Once the repository is well again, so is the client.
func TestRefusedMetadata(t *testing.T) {
	good := map[string][]byte{rootTarget: embeddedRoot}
	tests := map[string]struct {
		attack func(*mirror)
		want   []string
	}{
		"timestamp expired": {func(m *mirror) { m.publish(4, -time.Hour, good) }, []string{"timestamp metadata refused", "expired"}},
		"root expired": {func(m *mirror) {
			m.root.Signed.Version, m.root.Signed.Expires = 2, time.Now().Add(-time.Hour).UTC()
			m.put("2.root.json", m.root)
		}, []string{"root metadata refused", "expired"}},
		"snapshot expired": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			change(m, "4.snapshot.json", metadata.Snapshot(), func(s *metadata.SnapshotType) { s.Expires = time.Now().Add(-time.Hour).UTC() })
		}, []string{"snapshot metadata refused", "expired"}},
		"targets expired": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			change(m, "4.targets.json", metadata.Targets(), func(s *metadata.TargetsType) { s.Expires = time.Now().Add(-time.Hour).UTC() })
		}, []string{"targets metadata refused", "expired"}},
		"timestamp rolled back": {func(m *mirror) { m.publish(2, time.Hour, good) }, []string{"timestamp metadata refused", "version 2 must be >= 3"}},
		"snapshot rolled back": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			change(m, "timestamp.json", metadata.Timestamp(), func(s *metadata.TimestampType) { s.Meta["snapshot.json"].Version = 2 })
		}, []string{"timestamp metadata refused", "snapshot version 2 must be >= 3"}},
		"targets rolled back": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			change(m, "4.snapshot.json", metadata.Snapshot(), func(s *metadata.SnapshotType) { s.Meta["targets.json"].Version = 2 })
		}, []string{"snapshot metadata refused", "version"}},
		"snapshot signed by a stranger": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			m.signer = newSigner(m.t)
			change(m, "4.snapshot.json", metadata.Snapshot(), func(*metadata.SnapshotType) {})
		}, []string{"snapshot metadata refused", "not enough signatures"}},
		"targets signed by a stranger": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			m.signer = newSigner(m.t)
			change(m, "4.targets.json", metadata.Targets(), func(*metadata.TargetsType) {})
		}, []string{"targets metadata refused", "not enough signatures"}},
		"older snapshot under a new name": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			m.set("4.snapshot.json", m.files["3.snapshot.json"])
		}, []string{"snapshot metadata refused", "version"}},
		"older targets under a new name": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			m.set("4.targets.json", m.files["3.targets.json"])
		}, []string{"targets metadata refused", "version"}},
		"snapshot of another hash": {func(m *mirror) {
			m.publish(4, time.Hour, good)
			change(m, "timestamp.json", metadata.Timestamp(), func(s *metadata.TimestampType) {
				s.Meta["snapshot.json"].Hashes = metadata.Hashes{"sha256": bytes.Repeat([]byte{1}, 32)}
			})
		}, []string{"snapshot metadata refused", "hash"}},
		"target of another length": {func(m *mirror) {
			m.publish(4, time.Hour, map[string][]byte{rootTarget: []byte("{}")})
			for name := range m.files {
				if strings.HasPrefix(name, "targets/44136fa3") { // sha256 of {}
					m.set(name, []byte("{}\n"))
				}
			}
		}, []string{"target file refused", "larger than 2 bytes"}},
		"target that is not listed": {func(m *mirror) { m.publish(4, time.Hour, map[string][]byte{configTarget: []byte(config)}) },
			[]string{"targets metadata refused", "not found"}},
		"endless chain of roots": {func(m *mirror) {
			for version := int64(2); version < 2+maxRoots+8; version++ {
				m.root.Signed.Version = version
				m.put(fmt.Sprintf("%d.root.json", version), m.root)
			}
		}, []string{"root metadata refused", "more than 64 versions"}},
		"a role that nobody need sign": {func(m *mirror) {
			m.root.Signed.Version = 2
			m.root.Signed.Roles[metadata.TIMESTAMP].Threshold = 0
			m.put("2.root.json", m.root)
			m.signer = newSigner(m.t)
			m.publish(4, time.Hour, good)
		}, []string{"root metadata refused", "hreshold"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMirror(t)
			m.publish(3, time.Hour, good)
			dir := t.TempDir()
			want, _, err := m.options(dir).Root(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			before, signer := m.snapshot(), m.signer
			tc.attack(m)
			o := m.options(dir)
			o.Now = time.Now().Add(25 * time.Hour)
			r, _, err := o.Root(t.Context())
			if err == nil {
				t.Fatalf("got %s", r.Source)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
			if isUnreachable(err) || errors.Is(err, ErrRoot) {
				t.Errorf("%v is called weather or the operator's error", err)
			}
			m.restore(before)
			m.signer = signer
			m.publish(5, time.Hour, good)
			if r, _, err = o.Root(t.Context()); err != nil || r.SHA256 != want.SHA256 {
				t.Errorf("after the attack: %v", err)
			}
		})
	}
}

func (m *mirror) snapshot() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	files := map[string][]byte{}
	for name, data := range m.files {
		files[name] = data
	}
	return files
}

func (m *mirror) restore(files map[string][]byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files = files
}

// TestMisshapenMetadata: JSON that is no metadata, of every role.
func TestMisshapenMetadata(t *testing.T) {
	for _, file := range []string{"2.root.json", "timestamp.json", "4.snapshot.json", "4.targets.json"} {
		for _, text := range []string{``, `{}`, `[]`, `null`, `{"signed":null}`, `{"signed":{},"signatures":[]}`, `{"signed":{"_type":"mirror"},"signatures":null}`,
			strings.Repeat(`{"signed":`, 5000) + strings.Repeat("}", 5000)} {
			t.Run(fmt.Sprintf("%s is %.40s", file, text), func(t *testing.T) {
				m := newMirror(t)
				m.publish(4, time.Hour, map[string][]byte{rootTarget: embeddedRoot})
				m.set(file, []byte(text))
				_, _, err := m.options(t.TempDir()).Root(t.Context())
				if err == nil || isUnreachable(err) || errors.Is(err, ErrRoot) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// endless answers one file with bytes that never end, and counts those read.
type endless struct {
	suffix string
	read   int64
}

func (e *endless) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, e.suffix) {
		resp.Body.Close()
		resp.StatusCode, resp.Body = http.StatusOK, e
	}
	return resp, err
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += int64(len(p))
	return len(p), nil
}

func (e *endless) Close() error { return nil }

// TestEndlessFiles: a repository that never stops sending costs memory up to a
// limit, even where its own signed metadata announce the size.
func TestEndlessFiles(t *testing.T) {
	for suffix, want := range map[string]string{
		"/2.root.json": "root metadata", "/timestamp.json": "timestamp metadata", "/4.snapshot.json": "snapshot metadata",
		"/4.targets.json": "targets metadata", "." + rootTarget: "target file",
	} {
		t.Run(want, func(t *testing.T) {
			m := newMirror(t)
			m.publish(4, time.Hour, map[string][]byte{rootTarget: embeddedRoot})
			change(m, "4.targets.json", metadata.Targets(), func(s *metadata.TargetsType) { s.Targets[rootTarget].Length = 1 << 30 })
			change(m, "4.snapshot.json", metadata.Snapshot(), func(s *metadata.SnapshotType) { s.Meta["targets.json"].Length = 1 << 30 })
			change(m, "timestamp.json", metadata.Timestamp(), func(s *metadata.TimestampType) { s.Meta["snapshot.json"].Length = 1 << 30 })
			if want != "snapshot metadata" {
				change(m, "timestamp.json", metadata.Timestamp(), func(s *metadata.TimestampType) { s.Meta["snapshot.json"].Length = 0 })
			}
			if want == "target file" {
				change(m, "4.snapshot.json", metadata.Snapshot(), func(s *metadata.SnapshotType) { s.Meta["targets.json"].Length = 0 })
			}
			o := m.options(t.TempDir())
			e := &endless{suffix: suffix}
			o.Transport = e
			_, _, err := o.Root(t.Context())
			if err == nil || !strings.Contains(err.Error(), want+" refused") || !strings.Contains(err.Error(), "larger than") {
				t.Errorf("got %v, want %s to be refused as too large", err, want)
			}
			if most := int64(maxFile + 1<<20); e.read > most || e.read == 0 {
				t.Errorf("%d bytes read, want at most %d", e.read, most)
			}
		})
	}
}

// TestNamesAreNoPaths: neither targets nor roles that are named like paths get
// a file outside the cache.
func TestNamesAreNoPaths(t *testing.T) {
	evil := []string{"../../x", "/etc/x", "a/../../x", `C:\x`, `..\x`, "nul\x00"}
	for _, name := range evil {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			m := newMirror(t)
			m.publish(3, time.Hour, map[string][]byte{name: []byte("x"), rootTarget: embeddedRoot})
			wantInside(t, m)
			m.publish(4, time.Hour, map[string][]byte{configTarget: []byte(config)})
			change(m, "4.targets.json", metadata.Targets(), func(s *metadata.TargetsType) {
				s.Delegations = &metadata.Delegations{Keys: m.root.Signed.Keys, Roles: []metadata.DelegatedRole{{
					Name: name, KeyIDs: m.root.Signed.Roles[metadata.TARGETS].KeyIDs, Threshold: 1, Paths: []string{rootTarget}}}}
			})
			change(m, "4.snapshot.json", metadata.Snapshot(), func(s *metadata.SnapshotType) { s.Meta[name+".json"] = metadata.MetaFile(4) })
			wantInside(t, m)
		})
	}
}

// wantInside fetches with a cache of its own and wants nothing beside it.
func wantInside(t *testing.T, m *mirror) {
	t.Helper()
	around := t.TempDir()
	dir := filepath.Join(around, "a", "b", "cache")
	o := m.options(dir)
	o.Transport = everywhere{m}
	_, _, _ = o.Root(t.Context())
	var outside []string
	err := filepath.WalkDir(around, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !strings.HasPrefix(path, dir+string(os.PathSeparator)) {
			outside = append(outside, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string(nil), outside); diff != "" {
		t.Errorf("files outside the cache: -want +got\n%s", diff)
	}
}

// everywhere answers a request for any file that the mirror lacks with its
// targets metadata, whatever the path comes to.
type everywhere struct{ m *mirror }

func (e everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusNotFound && !strings.HasSuffix(r.URL.Path, ".root.json") {
		resp.Body.Close()
		files := e.m.snapshot()
		names := make([]string, 0, len(files))
		for name := range files {
			if strings.HasSuffix(name, "targets.json") {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		resp.StatusCode, resp.Body = http.StatusOK, io.NopCloser(bytes.NewReader(files[names[len(names)-1]]))
	}
	return resp, err
}
