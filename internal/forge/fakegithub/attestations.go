package fakegithub

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/golang/snappy"
)

func (s *Server) listAttestations(w http.ResponseWriter, r *http.Request, in *Repository, _ *Token) {
	all, ok := s.attestationsOf(w, in, r.PathValue("digest"))
	if !ok {
		return
	}
	// The list is turned by cursors: the number after which to go on.
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	all = slices.DeleteFunc(all, func(d document) bool { return d["id"].(int64) <= after })
	if size := min(atLeast1(r, "per_page", 30), 100); size < len(all) {
		next := *r.URL
		next.Scheme, next.Host = "https", apiHost
		query := next.Query()
		query.Set("after", fmt.Sprint(all[size-1]["id"]))
		next.RawQuery = query.Encode()
		w.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
		all = all[:size]
	}
	for _, d := range all {
		delete(d, "id")
	}
	give(w, http.StatusOK, document{"attestations": list(all)})
}

func (s *Server) attestationsOf(w http.ResponseWriter, in *Repository, digest string) (all []document, ok bool) {
	faults, err := s.faults()
	if err != nil {
		refuse(w, http.StatusTeapot, err.Error())
		return nil, false
	}
	for _, a := range in.Attestations {
		if !slices.Contains(a.Digests, digest) {
			continue
		}
		d := document{"id": a.ID, "bundle": nil, "repository_id": in.ID, "initiator": or(a.Initiator, "user")}
		switch {
		case faults.NoBundle:
		case faults.Inline:
			bundle, err := os.ReadFile(s.blob(a.SHA256))
			if err != nil {
				refuse(w, http.StatusInternalServerError, err.Error())
				return nil, false
			}
			d["bundle"] = json.RawMessage(bundle)
			fallthrough
		default:
			d["bundle_url"] = fmt.Sprintf("https://%s/attestations/%d/%d.json.sn?sig=fake", bundleHost, in.ID, a.ID)
		}
		all = append(all, d)
	}
	return all, true
}

// serveBundle gives a bundle, packed as GitHub packs it.
func (s *Server) serveBundle(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(strings.TrimSuffix(path.Base(r.URL.Path), ".json.sn"), 10, 64)
	if err != nil || r.URL.Query().Get("sig") == "" {
		http.Error(w, "no such blob", http.StatusForbidden)
		return
	}
	s.mu.Lock()
	digest := ""
	for _, in := range s.state.Repositories {
		for _, a := range in.Attestations {
			if a.ID == id {
				digest = a.SHA256
			}
		}
	}
	s.mu.Unlock()
	bundle, err := os.ReadFile(s.blob(digest))
	if err != nil || digest == "" {
		http.Error(w, "BlobNotFound", http.StatusNotFound)
		return
	}
	packed, _, err := s.Put(bytes.NewReader(snappy.Encode(nil, bundle)))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.serveBlob(w, r, packed, "application/x-snappy")
}

func (s *Server) storeAttestation(w http.ResponseWriter, r *http.Request, in *Repository, by *Token) {
	if !by.may("attestations", "write") {
		forbidden(w)
		return
	}
	var brought struct {
		Bundle json.RawMessage `json:"bundle"`
	}
	if !decode(w, r, &brought) {
		return
	}
	made, err := newAttestation(brought.Bundle)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	if made.SHA256, _, err = s.Put(bytes.NewReader(brought.Bundle)); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	made.ID, made.Initiator, made.CreatedAt = s.id(), "user", s.now()
	in.Attestations = append(in.Attestations, made)
	if err := s.save(); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	give(w, http.StatusCreated, document{"id": made.ID})
}

// newAttestation reads whom a bundle is about. It must hold a statement.
func newAttestation(bundle []byte) (*Attestation, error) {
	var b struct {
		Envelope struct {
			Payload     string `json:"payload"`
			PayloadType string `json:"payloadType"`
		} `json:"dsseEnvelope"`
	}
	var statement struct {
		Subject []struct {
			Digest map[string]string `json:"digest"`
		} `json:"subject"`
		PredicateType string `json:"predicateType"`
	}
	if err := json.Unmarshal(bundle, &b); err != nil {
		return nil, err
	}
	payload, err := base64.StdEncoding.DecodeString(b.Envelope.Payload)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(payload, &statement); err != nil {
		return nil, fmt.Errorf("no statement in the bundle: %w", err)
	}
	made := &Attestation{Predicate: statement.PredicateType}
	for _, subject := range statement.Subject {
		if hex := subject.Digest["sha256"]; hex != "" {
			made.Digests = append(made.Digests, "sha256:"+hex)
		}
	}
	if made.Digests == nil {
		return nil, errors.New("no subject with a SHA-256 digest")
	}
	return made, nil
}

// Attest keeps a bundle for the repository without being asked through the API.
func (s *Server) Attest(owner, name string, bundle []byte) error {
	made, err := newAttestation(bundle)
	if err != nil {
		return err
	}
	if made.SHA256, _, err = s.Put(bytes.NewReader(bundle)); err != nil {
		return err
	}
	made.CreatedAt = s.now()
	return s.Change(owner, name, func(r *Repository) { r.Attestations = append(r.Attestations, made) })
}

// bulkAttestations lists what an owner's repositories have for many digests.
func (s *Server) bulkAttestations(w http.ResponseWriter, r *http.Request) {
	if s.token(r) == nil {
		refuse(w, http.StatusUnauthorized, "Requires authentication")
		return
	}
	var asked struct {
		Digests []string `json:"subject_digests"`
	}
	if !decode(w, r, &asked) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string][]document{}
	for _, in := range s.state.Repositories {
		if !strings.EqualFold(in.Owner, r.PathValue("owner")) {
			continue
		}
		for _, digest := range asked.Digests {
			all, ok := s.attestationsOf(w, in, digest)
			if !ok {
				return
			}
			for _, d := range all {
				delete(d, "id")
				delete(d, "initiator") // which this call does not give
			}
			if all != nil {
				found[digest] = append(found[digest], all...)
			}
		}
	}
	give(w, http.StatusOK, document{
		"attestations_subject_digests": found,
		"page_info":                    document{"has_next": false, "has_previous": false, "next": "", "previous": ""},
	})
}
