package cli

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/registry"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/verify"
)

const imagePrefix = "oci://"

// images are the targets or artifacts that stand in registries.
type images struct {
	client *registry.Client
	byName map[string]*registry.Image
}

// targetsAndImages finds what is to be verified.
func (env *Env) targetsAndImages(ctx context.Context, c *cli.Context) (*artifact.Set, *images, error) {
	return env.artifactsAndImages(ctx, c, askLogsFor, artifact.Options{Lists: countsLists(c), Globs: true})
}

// artifactsAndImages finds what a command works on: files and digests as o says,
// and images, each by its digest. A registry may fail for retryFor.
func (env *Env) artifactsAndImages(ctx context.Context, c *cli.Context, retryFor time.Duration, o artifact.Options) (*artifact.Set, *images, error) {
	var words, others []string
	for _, word := range c.Args().Slice() {
		if name, ok := strings.CutPrefix(word, imagePrefix); ok {
			words = append(words, name)
		} else {
			others = append(others, word)
		}
	}
	platform := c.String("platform")
	if len(words) == 0 {
		if platform != "" {
			return nil, nil, usagef("--platform %s: no image is named, as %sREGISTRY/REPOSITORY:TAG", shown(platform), imagePrefix)
		}
		set, err := env.collectWords(ctx, c, others, o)
		return set, nil, err
	}
	found, err := env.resolveImages(ctx, c, words, retryFor)
	if err != nil {
		return nil, nil, err
	}
	if platform != "" {
		if err := found.ofPlatform(ctx, platform); err != nil {
			return nil, nil, err
		}
	}
	set := new(artifact.Set)
	if len(others) > 0 || len(c.StringSlice("checksums")) > 0 {
		if set, err = env.collectWords(ctx, c, others, o); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found.byName)) {
		set.Artifacts = append(set.Artifacts, found.artifact(name))
	}
	return set, found, nil
}

// resolveImages asks the registries, each image once. From then on an image is
// its digest, whatever its tag points to.
func (env *Env) resolveImages(ctx context.Context, c *cli.Context, words []string, retryFor time.Duration) (*images, error) {
	if c.Bool("offline") {
		return nil, withHint(usagef("%s%s: --offline forbids asking the registry", imagePrefix, shown(words[0])),
			"with the image's digest and a bundle in a file: hallmark verify --offline --bundle FILE NAME@sha256:HEX")
	}
	refs := make([]registry.Reference, len(words))
	for i, word := range words {
		var err error
		if refs[i], err = registry.ParseReference(word); err != nil {
			return nil, err
		}
	}
	progress := env.stage(c.Bool("quiet"), "finding images", inItems)
	defer progress.Done()
	progress.Total(int64(len(refs)))
	found := &images{client: env.registryClient(retryFor), byName: make(map[string]*registry.Image)}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(maxRegistries)
	for _, ref := range refs {
		g.Go(func() error {
			image, err := found.client.Resolve(ctx, ref)
			if err != nil {
				return loginHint(err, ref)
			}
			progress.Add(1)
			mu.Lock()
			defer mu.Unlock()
			found.byName[image.String()] = image
			return nil
		})
	}
	return found, g.Wait()
}

// maxRegistries is how many registries are asked at a time.
const maxRegistries = 8

// loginHint says what helps where a registry knows an image only for some.
func loginHint(err error, ref registry.Reference) error {
	switch {
	case errors.Is(err, registry.ErrDenied):
		return withHint(err, "docker login %s, if the image is private", ref.Registry)
	case errors.Is(err, registry.ErrReference):
		return withHint(err, "is it spelt right? to strangers a private image looks absent: docker login %s", ref.Registry)
	}
	return err
}

// registryClient asks registries, with what docker login has left.
func (env *Env) registryClient(retryFor time.Duration) *registry.Client {
	transport := env.transport(retryFor)
	transport.MaxBody = registry.MaxAnswer + 1 // for the client to see that it is too much
	return &registry.Client{Transport: transport, Keychain: &registry.DockerConfig{
		Files:   env.dockerConfigs(),
		Environ: trust.Environment(env.Environ(), passwordVariable), // a job's GITHUB_TOKEN opens registries too
		Stderr:  env.Stderr,
	}}
}

// dockerConfigs are the files in which Docker, and else Podman, keeps
// credentials, the first that exists counts.
func (env *Env) dockerConfigs() []string {
	var files []string
	if dir := env.getenv("DOCKER_CONFIG"); dir != "" {
		files = append(files, filepath.Join(dir, "config.json"))
	} else if home, err := os.UserHomeDir(); err == nil {
		files = append(files, filepath.Join(home, ".docker", "config.json"))
	}
	if file := env.getenv("REGISTRY_AUTH_FILE"); file != "" {
		files = append(files, file)
	}
	if dir := env.getenv("XDG_RUNTIME_DIR"); dir != "" {
		files = append(files, filepath.Join(dir, "containers", "auth.json"))
	}
	return files
}

// artifact is an image as what is verified: by its one digest, so that nothing
// about an index passes for an image in it, nor the other way round.
func (i *images) artifact(name string) *artifact.Artifact {
	return &artifact.Artifact{Explicit: true, ResourceDescriptor: &intoto.ResourceDescriptor{
		Name:   name,
		Digest: map[string]string{"sha256": strings.TrimPrefix(i.byName[name].Digest, "sha256:")},
	}}
}

func (i *images) holds(a *artifact.Artifact) bool { return i != nil && i.byName[a.GetName()] != nil }

// find returns what a registry holds for an image; ok tells whether the artifact
// is one.
func (i *images) find(ctx context.Context, a *artifact.Artifact) (found []material.Found, ok bool) {
	if !i.holds(a) {
		return nil, false
	}
	for _, piece := range i.client.Material(ctx, i.byName[a.Name]) {
		switch {
		case piece.Err != nil:
			found = append(found, material.Found{Name: piece.Name, Err: piece.Err})
		case piece.Kind == registry.ImageSignature:
			found = append(found, material.ReadImageSignature(piece.Name, piece.Data, piece.Annotations))
		case piece.Kind == registry.ImageAttestation:
			found = append(found, material.ReadImageAttestation(piece.Name, piece.Data, piece.Annotations))
		default:
			b, err := verify.ParseBundle(piece.Data)
			found = append(found, material.Found{Name: piece.Name, Form: material.SigstoreBundle, Bundle: b, Err: err})
		}
	}
	return found, true
}

// notAttached is the refusal of an image for which a registry holds nothing.
func notAttached() error {
	return &verify.Rejection{Check: verify.CheckCoverage, Want: "a bundle or signature in the registry for this image", Got: "none",
		Hint: "an index and the images in it are signed each for itself: name the one that was signed; or give the bundle with --bundle FILE"}
}
