package fakegithub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Repository is a repository and all that is known of it. Zero numbers are
// chosen by Add.
type Repository struct {
	ID, OwnerID   int64
	Owner, Name   string
	OwnerType     string // Organization if empty
	Visibility    string // public if empty
	DefaultBranch string // main if empty
	Fork          bool
	Archived      bool
	CreatedAt     time.Time
	// Immutable fixes releases from their publishing on.
	Immutable bool
	// Burned are tags of immutable releases that were deleted: no other release
	// can have them.
	Burned       []string
	Releases     []*Release
	Attestations []*Attestation
	// Rules, Rulesets, Pulls, Reviews and Issues are documents as GitHub's API
	// gives them, in part: what is missing of what GitHub always has is filled
	// in.
	Rules    map[string][]json.RawMessage // by branch
	Rulesets []json.RawMessage
	Pulls    map[string][]json.RawMessage // by commit
	Reviews  map[string][]json.RawMessage // by number of the pull request
	Issues   []json.RawMessage
	// Protected lists branches with protection of the older kind.
	Protected []string
}

// Release is a release.
type Release struct {
	ID                       int64
	Tag, Name, Notes, Target string
	Author                   string
	Draft, Prerelease        bool
	Immutable                bool
	CreatedAt, PublishedAt   time.Time
	Assets                   []*Asset
}

// Asset is a file of a release; its bytes are a blob.
type Asset struct {
	ID                   int64
	Name, MediaType      string
	State                string // uploaded, or starter for one that broke off
	Size                 int64
	SHA256               string
	NoDigest             bool // as for files from before June 2025
	Uploader             string
	CreatedAt, UpdatedAt time.Time
	Downloads            int
}

// Attestation is a stored bundle; its bytes are a blob.
type Attestation struct {
	ID        int64
	Digests   []string // of the subjects, sha256:HEX
	Predicate string   // type
	SHA256    string
	Initiator string
	CreatedAt time.Time
}

type state struct {
	NextID       int64
	Repositories map[string]*Repository // by lower-case OWNER/NAME
	Moved        map[string]string      // old names, to new ones
}

func key(owner, name string) string { return strings.ToLower(owner + "/" + name) }

func (s *Server) stateFile() string { return filepath.Join(s.dir, "state.json") }

func (s *Server) load() error {
	s.state = state{NextID: 1001, Repositories: map[string]*Repository{}, Moved: map[string]string{}}
	content, err := os.ReadFile(s.stateFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, &s.state); err != nil {
		return fmt.Errorf("%s: %w", s.stateFile(), err)
	}
	return nil
}

// save writes the state; the caller holds the lock.
func (s *Server) save() error {
	content, err := json.MarshalIndent(&s.state, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.stateFile()+".new", content, 0o644); err != nil {
		return err
	}
	return os.Rename(s.stateFile()+".new", s.stateFile())
}

// id gives the next number; the caller holds the lock.
func (s *Server) id() int64 {
	s.state.NextID++
	return s.state.NextID
}

// Add makes a repository known, with an empty git repository if there is none
// yet. One that is known already stays as it is.
func (s *Server) Add(r Repository) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Repositories[key(r.Owner, r.Name)] != nil {
		return nil
	}
	if r.ID == 0 {
		r.ID = s.id()
	}
	if r.OwnerID == 0 {
		r.OwnerID = s.id()
	}
	r.OwnerType = or(r.OwnerType, "Organization")
	r.Visibility = or(r.Visibility, "public")
	r.DefaultBranch = or(r.DefaultBranch, "main")
	if r.CreatedAt.IsZero() {
		r.CreatedAt = s.now()
	}
	s.state.Repositories[key(r.Owner, r.Name)] = &r
	if err := s.initGit(&r); err != nil {
		return err
	}
	return s.save()
}

// Change lets a test have its way with a repository: f is called with it, and
// may change anything.
func (s *Server) Change(owner, name string, f func(*Repository)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.Repositories[key(owner, name)]
	if r == nil {
		return fmt.Errorf("no repository %s/%s", owner, name)
	}
	f(r)
	for _, release := range r.Releases {
		if release.ID == 0 {
			release.ID = s.id()
		}
		for _, a := range release.Assets {
			if a.ID == 0 {
				a.ID = s.id()
			}
		}
	}
	for _, a := range r.Attestations {
		if a.ID == 0 {
			a.ID = s.id()
		}
	}
	return s.save()
}

// Move gives a repository another name, to which the old one leads.
func (s *Server) Move(owner, name, newOwner, newName string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.Repositories[key(owner, name)]
	if r == nil {
		return fmt.Errorf("no repository %s/%s", owner, name)
	}
	old := s.gitDir(r)
	r.Owner, r.Name = newOwner, newName
	delete(s.state.Repositories, key(owner, name))
	s.state.Repositories[key(newOwner, newName)] = r
	s.state.Moved[key(owner, name)] = newOwner + "/" + newName
	if err := os.MkdirAll(filepath.Dir(s.gitDir(r)), 0o755); err != nil {
		return err
	}
	if err := os.Rename(old, s.gitDir(r)); err != nil {
		return err
	}
	return s.save()
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
