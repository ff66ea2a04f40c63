package forge

import (
	"context"
	"time"
)

// Budget is how many calls GitHub still answers before the hour is over.
type Budget struct {
	Limit, Left int
	Reset       time.Time // when Left is Limit again
}

// Budget asks for it, which costs none.
func (c *Client) Budget(ctx context.Context) (*Budget, error) {
	const what = "rate limit of GitHub"
	limits, _, err := c.calls().RateLimit.Get(ctx)
	if err != nil {
		return nil, failed(what, err)
	}
	if limits == nil || limits.Core == nil || limits.Core.Remaining < 0 {
		return nil, strange(what, "there is none in it")
	}
	return &Budget{limits.Core.Limit, limits.Core.Remaining, limits.Core.Reset.UTC()}, nil
}
