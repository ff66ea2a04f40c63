package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// writeTUF writes a TUF repository with consistent snapshots that holds the
// targets. One key signs all roles: the sandbox is one party.
func writeTUF(dir string, targets map[string][]byte) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("tuf: %w", err)
	}
	signer, err := signature.LoadSigner(private, crypto.Hash(0))
	if err != nil {
		return fmt.Errorf("tuf: %w", err)
	}
	key, err := metadata.KeyFromPublicKey(public)
	if err != nil {
		return fmt.Errorf("tuf: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "targets"), 0o755); err != nil {
		return fmt.Errorf("tuf: %w", err)
	}

	expires := time.Now().Add(lifetime).UTC()
	root := metadata.Root(expires)
	root.Signed.ConsistentSnapshot = true
	for _, role := range metadata.TOP_LEVEL_ROLE_NAMES {
		if err := root.Signed.AddKey(key, role); err != nil {
			return fmt.Errorf("tuf: %w", err)
		}
	}
	listing := metadata.Targets(expires)
	for name, content := range targets {
		target, err := metadata.TargetFile().FromBytes(name, content, "sha256")
		if err != nil {
			return fmt.Errorf("tuf target %s: %w", name, err)
		}
		listing.Signed.Targets[name] = target
		sum := sha256.Sum256(content)
		stored := filepath.Join(dir, "targets", hex.EncodeToString(sum[:])+"."+name)
		if err := os.WriteFile(stored, content, 0o644); err != nil {
			return fmt.Errorf("tuf target %s: %w", name, err)
		}
	}
	if err := signRole(root, signer, filepath.Join(dir, "1.root.json")); err != nil {
		return err
	}
	if err := signRole(listing, signer, filepath.Join(dir, "1.targets.json")); err != nil {
		return err
	}
	if err := signRole(metadata.Snapshot(expires), signer, filepath.Join(dir, "1.snapshot.json")); err != nil {
		return err
	}
	return signRole(metadata.Timestamp(expires), signer, filepath.Join(dir, "timestamp.json"))
}

func signRole[T metadata.Roles](role *metadata.Metadata[T], signer signature.Signer, file string) error {
	if _, err := role.Sign(signer); err != nil {
		return fmt.Errorf("tuf %s: %w", filepath.Base(file), err)
	}
	if err := role.ToFile(file, true); err != nil {
		return fmt.Errorf("tuf %s: %w", filepath.Base(file), err)
	}
	return nil
}
