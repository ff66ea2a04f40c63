package review

import "time"

// Rules are what the forge enforces on branches, tags and releases.
type Rules struct {
	Rulesets   List[Ruleset] `json:"rulesets,omitzero"`
	Protection Protection    `json:"protection,omitzero"`
}

// A Ruleset is one set of rules of the repository or its owner.
type Ruleset struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Target      string    `json:"target"`      // branch or tag
	Enforcement string    `json:"enforcement"` // active, evaluate or disabled
	Include     []string  `json:"include,omitzero"`
	Exclude     []string  `json:"exclude,omitzero"`
	Types       []string  `json:"types,omitzero"` // deletion, non_fast_forward, update, pull_request, …
	Approvals   int       `json:"approvals,omitzero"`
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
	Bypass      []string  `json:"bypass,omitzero"`
	BypassKnown bool      `json:"bypassKnown,omitzero"` // who may bypass is shown to administrators alone
}

// Protection is the older protection of the default branch. Only whether there
// is any is public.
type Protection struct {
	Asked     Answer `json:"asked,omitzero"`
	Protected bool   `json:"protected,omitzero"`
	Approvals int    `json:"approvals,omitzero"`
}

// A Change is a pull request that was merged.
type Change struct {
	Asked    Answer       `json:"asked,omitzero"`
	Number   int64        `json:"number"`
	Title    string       `json:"title,omitzero"`
	Author   string       `json:"author,omitzero"`
	Merged   time.Time    `json:"merged,omitzero"`
	MergedBy string       `json:"mergedBy,omitzero"`
	Head     string       `json:"head,omitzero"`   // the last commit of the branch that was merged
	Commit   string       `json:"commit,omitzero"` // what the merge made
	Parent   string       `json:"parent,omitzero"` // what that was made on
	Reviews  []PullReview `json:"reviews,omitzero"`
}

// A PullReview is what somebody said of a change before it was merged.
type PullReview struct {
	Author      string    `json:"author"`
	Association string    `json:"association,omitzero"` // OWNER, MEMBER, CONTRIBUTOR, …
	State       string    `json:"state"`                // APPROVED, CHANGES_REQUESTED, …
	Commit      string    `json:"commit,omitzero"`
	Time        time.Time `json:"time,omitzero"`
}

// An Issue that bears Allstar's label, whoever opened it.
type Issue struct {
	Number   int64     `json:"number"`
	Title    string    `json:"title"`
	Author   string    `json:"author"`
	Bot      bool      `json:"bot,omitzero"` // the author is an app
	State    string    `json:"state"`        // open or closed
	Created  time.Time `json:"created,omitzero"`
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closedBy,omitzero"`
}
