package trust

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/tuf"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// mirror is a TUF repository that a test can wreck: it serves what the map
// holds.
type mirror struct {
	t      *testing.T
	url    string
	signer signature.Signer
	root   *metadata.Metadata[metadata.RootType]

	mu       sync.Mutex
	files    map[string][]byte
	down     int // status to answer with, if not zero
	requests []string
}

func newMirror(t *testing.T) *mirror {
	t.Helper()
	m := &mirror{t: t, files: map[string][]byte{}}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	m.signer = newSigner(t)
	m.root = metadata.Root(time.Now().Add(time.Hour).UTC())
	m.root.Signed.ConsistentSnapshot = true
	m.trustKey(m.signer)
	m.put("1.root.json", m.root)
	m.publish(1, time.Hour, map[string][]byte{rootTarget: embeddedRoot, configTarget: []byte(config)})
	return m
}

func newSigner(t *testing.T) signature.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := signature.LoadSigner(private, crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m *mirror) trustKey(s signature.Signer) {
	m.t.Helper()
	public, err := s.PublicKey()
	if err != nil {
		m.t.Fatal(err)
	}
	key, err := metadata.KeyFromPublicKey(public)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, role := range metadata.TOP_LEVEL_ROLE_NAMES {
		if err := m.root.Signed.AddKey(key, role); err != nil {
			m.t.Fatal(err)
		}
	}
}

// signable is any role's metadata.
type signable interface {
	Sign(signature.Signer) (*metadata.Signature, error)
	ToBytes(bool) ([]byte, error)
	ClearSignatures()
}

func (m *mirror) put(name string, role signable) {
	m.t.Helper()
	role.ClearSignatures()
	if _, err := role.Sign(m.signer); err != nil {
		m.t.Fatal(err)
	}
	data, err := role.ToBytes(false)
	if err != nil {
		m.t.Fatal(err)
	}
	m.set(name, data)
}

func (m *mirror) set(name string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = data
}

// publish makes a new version of everything but the root.
func (m *mirror) publish(version int64, lifetime time.Duration, targets map[string][]byte) {
	m.t.Helper()
	expires := time.Now().Add(lifetime).UTC()
	list := metadata.Targets(expires)
	list.Signed.Version = version
	for name, data := range targets {
		info, err := metadata.TargetFile().FromBytes(name, data, "sha256")
		if err != nil {
			m.t.Fatal(err)
		}
		list.Signed.Targets[name] = info
		sum := sha256.Sum256(data)
		m.set("targets/"+hex.EncodeToString(sum[:])+"."+name, data)
	}
	snapshot := metadata.Snapshot(expires)
	snapshot.Signed.Version = version
	snapshot.Signed.Meta["targets.json"] = metadata.MetaFile(version)
	timestamp := metadata.Timestamp(expires)
	timestamp.Signed.Version = version
	timestamp.Signed.Meta["snapshot.json"] = metadata.MetaFile(version)
	m.put(fmt.Sprintf("%d.targets.json", version), list)
	m.put(fmt.Sprintf("%d.snapshot.json", version), snapshot)
	m.put("timestamp.json", timestamp)
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests = append(m.requests, r.URL.Path)
	data, ok := m.files[strings.TrimPrefix(r.URL.Path, "/")]
	switch {
	case m.down != 0:
		w.WriteHeader(m.down)
	case !ok:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(data)
	}
}

// asked forgets and returns the requests so far.
func (m *mirror) asked() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.requests
	m.requests = nil
	return all
}

func (m *mirror) options(dir string) Options {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Options{Mirror: m.url, TUFRoot: m.files["1.root.json"], Dir: dir, Transport: http.DefaultTransport, Now: time.Now()}
}

func TestRefreshOnceADay(t *testing.T) {
	m := newMirror(t)
	o := m.options(t.TempDir())
	r, warnings, err := o.Root(t.Context())
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	if want, _ := Embedded(); r.SHA256 != want.SHA256 || r.Source != "TUF "+m.url {
		t.Errorf("got %s from %s", r.SHA256, r.Source)
	}
	m.asked()

	o.Now = time.Now().Add(23 * time.Hour)
	if _, _, err := o.Root(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked := m.asked(); len(asked) != 0 {
		t.Errorf("within a day it asked for %q", asked)
	}
	if _, _, err := o.SigningConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked := m.asked(); len(asked) != 1 || !strings.Contains(asked[0], configTarget) {
		t.Errorf("for the signing config it asked for %q, want that target alone", asked)
	}
	for name, now := range map[string]time.Time{"a day later": time.Now().Add(25 * time.Hour), "with the clock set back": time.Now().Add(-time.Hour)} {
		o.Now = now
		if _, _, err := o.Root(t.Context()); err != nil {
			t.Fatal(err)
		}
		if asked := m.asked(); len(asked) == 0 {
			t.Errorf("%s nothing was asked", name)
		}
	}
}

// TestWeather: a mirror that does not answer leads to the cached copy, with a
// warning that names its age.
func TestWeather(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	if _, _, err := m.options(dir).Root(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := m.options(dir)
	later.Now = time.Now().Add(49 * time.Hour)
	for _, status := range []int{500, 503, 429} {
		m.down = status
		r, warnings, err := later.Root(t.Context())
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "2 days ago") || !strings.Contains(warnings[0], fmt.Sprint(status)) {
			t.Errorf("%d: got %v, %q", status, err, warnings)
		}
		if err == nil && r.Date.IsZero() {
			t.Error("the copy has no date")
		}
	}
	later.Transport = broken{errors.New("connection refused")}
	if _, warnings, err := later.Root(t.Context()); err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "connection refused") {
		t.Errorf("got %v, %q", err, warnings)
	}
	later.Transport = nil
	if _, warnings, err := later.Root(t.Context()); err != nil || len(warnings) != 0 {
		t.Errorf("offline on purpose: got %v, %q", err, warnings)
	}

	later.Transport, later.Dir = http.DefaultTransport, t.TempDir()
	if _, _, err := later.Root(t.Context()); err == nil || errors.Is(err, ErrRoot) {
		t.Errorf("a private mirror without a cache: got %v, want an error that is weather", err)
	}
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

// TestEmbeddedIsTheLastSource: only for the public instance, only after weather.
func TestEmbeddedIsTheLastSource(t *testing.T) {
	o := Options{Dir: t.TempDir(), Now: time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), Transport: broken{errors.New("no route to host")}}
	r, warnings, err := o.Root(t.Context())
	if err != nil || !strings.HasPrefix(r.Source, "embedded") || len(warnings) != 1 ||
		!strings.Contains(warnings[0], "10 days ago") || !strings.Contains(warnings[0], "no route to host") {
		t.Errorf("got %v, %v, %q", r, err, warnings)
	}
	o.Transport = nil
	if r, warnings, err := o.Root(t.Context()); err != nil || !strings.HasPrefix(r.Source, "embedded") || len(warnings) != 0 {
		t.Errorf("offline: got %v, %v, %q", r, err, warnings)
	}
	if _, _, err := o.SigningConfig(t.Context()); err == nil {
		t.Error("a signing config came from nowhere")
	}
	if r, _, err := (Options{}).Root(t.Context()); err != nil || !strings.HasPrefix(r.Source, "embedded") {
		t.Errorf("zero Options: got %v, %v", r, err)
	}
}

// TestAttacks: metadata that fails a check of TUF is an error, and neither cache
// nor embedded root takes its place.
func TestAttacks(t *testing.T) {
	good := map[string][]byte{rootTarget: embeddedRoot}
	tests := map[string]struct {
		attack func(*testing.T, *mirror)
		want   string
	}{
		"frozen":      {func(_ *testing.T, m *mirror) { m.publish(4, -time.Hour, good) }, "expired"},
		"rolled back": {func(_ *testing.T, m *mirror) { m.publish(1, time.Hour, good) }, "version"},
		"signed by a stranger": {func(t *testing.T, m *mirror) {
			m.signer = newSigner(t)
			m.publish(4, time.Hour, good)
		}, "not enough signatures"},
		"root signed by a stranger": {func(t *testing.T, m *mirror) {
			m.signer = newSigner(t)
			m.root.Signed.Version = 2
			m.trustKey(m.signer)
			m.put("2.root.json", m.root)
		}, "not enough signatures"},
		"root jumps ahead": {func(_ *testing.T, m *mirror) {
			m.root.Signed.Version = 5
			m.put("2.root.json", m.root)
		}, "version"},
		"not metadata":     {func(_ *testing.T, m *mirror) { m.set("timestamp.json", []byte(`{"signed":null}`)) }, ""},
		"endless data":     {func(_ *testing.T, m *mirror) { m.set("timestamp.json", make([]byte, 1<<20)) }, "larger"},
		"missing metadata": {func(_ *testing.T, m *mirror) { m.publish(4, time.Hour, good); delete(m.files, "4.snapshot.json") }, "404"},
		"other target": {func(_ *testing.T, m *mirror) {
			changed := []byte("{}")
			m.publish(4, time.Hour, map[string][]byte{rootTarget: changed})
			sum := sha256.Sum256(changed)
			m.set("targets/"+hex.EncodeToString(sum[:])+"."+rootTarget, []byte("[]"))
		}, "hash"},
		"target is no root": {func(_ *testing.T, m *mirror) { m.publish(4, time.Hour, map[string][]byte{rootTarget: []byte("{}")}) }, "media type"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMirror(t)
			m.publish(3, time.Hour, good)
			dir := t.TempDir()
			if _, _, err := m.options(dir).Root(t.Context()); err != nil {
				t.Fatal(err)
			}
			tc.attack(t, m)
			o := m.options(dir)
			o.Now = time.Now().Add(25 * time.Hour)
			r, warnings, err := o.Root(t.Context())
			if err == nil || isUnreachable(err) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, %q, %v; want an error with %q", r, warnings, err, tc.want)
			}
			if errors.Is(err, ErrRoot) {
				t.Errorf("%v is called the operator's error", err)
			}
		})
	}
}

// TestPoisonedCache edits each cached file in turn: whatever is read from disk
// is verified again, so the true target comes back or nothing.
func TestPoisonedCache(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	o := m.options(dir)
	want, _, err := o.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	poison := spoilt(t, func(o object) { delete(o, "ctlogs") })
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, transport := range []http.RoundTripper{nil, http.DefaultTransport} {
				if err := os.WriteFile(file, poison, 0o600); err != nil {
					t.Fatal(err)
				}
				o := o
				o.Transport = transport
				r, _, err := o.Root(t.Context())
				if err == nil && r.SHA256 != want.SHA256 || err != nil && transport != nil {
					t.Errorf("online %t: got %v, %v", transport != nil, r, err)
				}
			}
			if err := os.WriteFile(file, before, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestRootRotation: the base root has expired, as the embedded one will, and the
// cache still works offline because the chain that leads on from it is kept.
func TestRootRotation(t *testing.T) {
	m := newMirror(t)
	m.root.Signed.Expires = time.Now().Add(-time.Hour).UTC()
	m.put("1.root.json", m.root)
	for version := int64(2); version <= 4; version++ {
		m.root.Signed.Version = version
		m.root.Signed.Expires = time.Now().Add(time.Duration(version-3) * time.Hour).UTC()
		m.put(fmt.Sprintf("%d.root.json", version), m.root)
	}
	dir := t.TempDir()
	if _, _, err := m.options(dir).Root(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := m.options(dir)
	o.Transport = nil
	if _, _, err := o.Root(t.Context()); err != nil {
		t.Errorf("offline after a rotation: %v", err)
	}
	m.asked()
	o.Transport, o.Now = http.DefaultTransport, time.Now().Add(25*time.Hour)
	if _, _, err := o.Root(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked := m.asked(); len(asked) == 0 || asked[0] != "/5.root.json" {
		t.Errorf("the refresh asked for %q, want to begin with /5.root.json", asked)
	}
	broken := filepath.Join(dir, tuf.URLToPath(m.url), "roots", "3.root.json")
	if err := os.WriteFile(broken, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Root(t.Context()); err != nil {
		t.Errorf("with a hole in the chain: %v", err)
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	m := newMirror(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.options(filepath.Join(file, "cache")).Root(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := m.options("").Root(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCancelledRefreshIsNotWeather(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := newMirror(t).options(t.TempDir()).Root(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	o := Options{Dir: t.TempDir(), Transport: http.DefaultTransport, Now: time.Now()}
	if _, _, err := o.Root(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("public instance: got %v", err)
	}
}

func TestMirrorOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"mirror sans root": {Mirror: "https://tuf.example"},
		"root sans mirror": {TUFRoot: embeddedTUFRoot},
		"http":             {Mirror: "http://tuf.example", TUFRoot: embeddedTUFRoot},
		"root is none":     {Mirror: "https://tuf.example", TUFRoot: []byte("{}")},
	} {
		if _, _, err := o.Root(t.Context()); !errors.Is(err, ErrRoot) {
			t.Errorf("%s: got %v, want an ErrRoot", name, err)
		}
	}
}
