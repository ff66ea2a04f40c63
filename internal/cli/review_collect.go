package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/gitclone"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/review"
)

// reviewOptions say what is collected.
type reviewOptions struct {
	since       time.Time
	releases    int // at most; 0 is all
	digestsOnly bool
	quiet       bool
	retryFor    time.Duration
	files       []givenFile
	scorecard   bool // a result was given
	trusted     *trust.Root
	image       string        // REGISTRY/REPOSITORY; "" where none was named
	client      *forge.Client // one for the run: the token can be read once
}

// A givenFile is a document about the project that the operator has named.
type givenFile struct {
	kind review.Kind
	path string
	data []byte
}

// A collector asks for all that a review of one project rests on, and writes
// down each answer with its source, its time and its digest.
type collector struct {
	env     *Env
	client  *forge.Client
	options reviewOptions
	project *forge.Project
	dir     string               // of the clone
	clone   *gitclone.Repository // nil where there is none
	cache   string               // folder of what was had before; "" where there is none
	record  *review.Record
	images  *images                        // nil where none are asked for
	left    int                            // calls of GitHub's
	spent   string                         // why GitHub is not asked about more attestations
	at      map[*review.Asset]*forge.Asset // where the record's assets are to be had

	mu   sync.Mutex // of what follows, and of the record's blobs
	kept int64      // bytes of assets
}

// collectProject makes the record of a project on GitHub.
func (env *Env) collectProject(ctx context.Context, r forge.Repository, o reviewOptions) (*review.Record, error) {
	client := *o.client
	c := &collector{env: env, client: &client, options: o, at: make(map[*review.Asset]*forge.Asset)}
	if dir, err := env.cacheFolder(); err == nil {
		c.cache = filepath.Join(dir, "hallmark", "review")
		client.API = &forge.Cache{Base: client.API, Dir: filepath.Join(c.cache, "github")}
	}
	client.API = &hearing{client.API}
	folder, err := os.MkdirTemp("", "hallmark-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	c.dir = filepath.Join(folder, "clone")
	c.record = &review.Record{MediaType: review.RecordType, Tool: cmp.Or(env.Version, "devel"), Clock: c.now(),
		Since: o.since, Blobs: review.Blobs{}}
	if err := c.all(ctx, r); err != nil {
		return nil, err
	}
	document, err := c.record.Encode()
	if err != nil {
		return nil, err
	}
	return review.ParseRecord(document, c.record.Blobs) // what a pack would give
}

// all asks one thing after the other, what is cheap and tells much first.
func (c *collector) all(ctx context.Context, r forge.Repository) error {
	if err := c.identify(ctx, r); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		c.listReleases, c.announce, c.askRules, c.askIssues, c.readHistory, c.askChanges, c.askActivity, c.askDocuments,
		c.download, c.findImages, c.askAttestations, c.askRegistry, c.convertAll, c.describeCommits,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	slices.SortStableFunc(c.record.Documents, func(a, b review.Document) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Commit, b.Commit))
	})
	return nil
}

// identify asks who the project is. Without an answer there is nothing to
// review.
func (c *collector) identify(ctx context.Context, r forge.Repository) error {
	if b, err := c.client.Budget(ctx); err == nil {
		c.left = b.Left
		c.note("GitHub answers %d of %d calls until %s", b.Left, b.Limit, b.Reset.Format("15:04 UTC"))
	}
	var failed error
	asked, err := c.ask(ctx, func(ctx context.Context) (err error) {
		c.project, err = c.client.Project(ctx, r)
		failed = err
		return err
	})
	switch {
	case err != nil:
		return err
	case errors.Is(failed, forge.ErrNotFound):
		return withHint(&usageError{failed}, "is it spelt right? to strangers a private repository looks absent: GITHUB_TOKEN, if it is one")
	case failed != nil:
		return limitHint(failed, c.client.Token)
	}
	p := c.project
	c.record.Repository = review.Repository{Asked: asked, Name: p.String(), ID: strconv.FormatInt(p.ID, 10), OwnerID: strconv.FormatInt(p.OwnerID, 10),
		DefaultBranch: p.DefaultBranch, Private: p.Visibility != "public", Created: p.CreatedAt.UTC()}
	if !strings.EqualFold(p.String(), r.String()) {
		c.env.warnf("%s is called %s today", r, p)
	}
	return nil
}

// announce says what the rest will cost before it is asked for.
func (c *collector) announce(context.Context) error {
	assets, bytes := 0, int64(0)
	for _, rel := range c.record.Releases.Items {
		assets += len(rel.Assets)
		for _, a := range rel.Assets {
			bytes += a.Size
		}
	}
	calls := assets
	if c.client.Token != "" {
		calls = (assets + bulkDigests - 1) / bulkDigests
	}
	what := byteSize(bytes) + " to download"
	if c.options.digestsOnly {
		what = "downloading what may serve to verify"
	}
	c.note("%d releases with %d assets: about %d calls of GitHub, %s", len(c.record.Releases.Items), assets, calls+otherCalls, what)
	if c.left > 0 && calls+otherCalls > c.left {
		c.env.warnf("GitHub answers only %d more calls for now: what cannot be asked will be unknown; run again later, what was answered is kept%s", c.left, withoutToken(c.client.Token))
	}
	return nil
}

// otherCalls is about what everything but releases and attestations costs.
const otherCalls = 15

func withoutToken(token string) string {
	if token != "" {
		return ""
	}
	return ", and a token in GITHUB_TOKEN raises the limit"
}

// note tells whoever waits how it goes.
func (c *collector) note(format string, args ...any) {
	if !c.options.quiet {
		fmt.Fprintf(c.env.Stderr, "hallmark: "+format+"\n", args...)
	}
}

// get asks another server than GitHub for a document, once.
func (c *collector) get(ctx context.Context, kind review.Kind, address string) error {
	client := &http.Client{Transport: &hearing{c.env.transport(0)}}
	asked, err := c.ask(ctx, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		request.Header.Set("User-Agent", "hallmark/"+c.record.Tool)
		resp, err := client.Do(request)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	})
	if err != nil {
		return err
	}
	asked.Source = address
	c.record.Documents = append(c.record.Documents, review.Document{Kind: kind, Name: address, Asked: asked})
	return nil
}

// cacheFolder is the user's own, where what was asked once may lie.
func (env *Env) cacheFolder() (string, error) {
	if dir := env.getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	return os.UserCacheDir()
}
