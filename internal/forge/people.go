package forge

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-github/v82/github"
)

// Pull is a pull request, as GitHub states it.
type Pull struct {
	Number      int
	Title       string
	Author      string
	State       string
	Base        string    // the branch that it goes to
	MergedAt    time.Time // zero if it was not
	MergeCommit string
	Head        string // the last commit of the branch that was merged
	URL         string
}

// Review is what somebody said of a pull request.
type Review struct {
	Author      string
	State       string // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED, PENDING
	Commit      string
	Association string // of the author with the repository: OWNER, MEMBER, ...
	SubmittedAt time.Time
}

// Issue is an issue, as GitHub states it.
type Issue struct {
	Number    int
	Title     string
	Author    string
	State     string
	CreatedAt time.Time
	ClosedAt  time.Time // zero if it is open
	URL       string
}

// maxTitle is as much as is kept of a title.
const maxTitle = 300

// PullsOfCommit lists the pull requests that brought a commit.
func (c *Client) PullsOfCommit(ctx context.Context, r Repository, commit string) ([]Pull, error) {
	if err := errorsOf(r.check(), checkCommit(commit)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("pull requests of commit %s of %s", commit, r)
	return listed(what, func(page int) ([]*github.PullRequest, *github.Response, error) {
		options := pageOf(page)
		return c.calls().PullRequests.ListPullRequestsWithCommit(ctx, r.Owner, r.Name, commit, &options)
	}, func(p *github.PullRequest) (Pull, error) {
		pull := Pull{
			Number:      p.GetNumber(),
			Title:       atMost(maxTitle, p.GetTitle()),
			Author:      p.GetUser().GetLogin(),
			State:       p.GetState(),
			Base:        p.GetBase().GetRef(),
			MergedAt:    p.GetMergedAt().Time,
			MergeCommit: p.GetMergeCommitSHA(),
			Head:        p.GetHead().GetSHA(),
			URL:         p.GetHTMLURL(),
		}
		if pull.Number <= 0 || !wordPattern.MatchString(pull.State) || CheckTag(pull.Base) != nil || !isPage(pull.URL) ||
			pull.MergeCommit != "" && checkCommit(pull.MergeCommit) != nil || pull.Head != "" && checkCommit(pull.Head) != nil {
			return pull, strange(what, fmt.Sprintf("pull request %d cannot be one", pull.Number))
		}
		return pull, checkLogin(what, pull.Author)
	})
}

// MergedBy asks who merged a pull request, which no list says: "" if nobody
// did, or the account is gone.
func (c *Client) MergedBy(ctx context.Context, r Repository, number int) (login string, err error) {
	if err := r.check(); err != nil {
		return "", err
	}
	what := fmt.Sprintf("pull request %d of %s", number, r)
	p, _, err := c.calls().PullRequests.Get(ctx, r.Owner, r.Name, number)
	if err != nil {
		return "", failed(what, err)
	}
	if p.GetNumber() != number {
		return "", strange(what, fmt.Sprintf("it is number %d", p.GetNumber()))
	}
	login = p.GetMergedBy().GetLogin()
	return login, checkLogin(what, login)
}

// Reviews lists what was said of a pull request, oldest first.
func (c *Client) Reviews(ctx context.Context, r Repository, number int) ([]Review, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("reviews of pull request %d of %s", number, r)
	return listed(what, func(page int) ([]*github.PullRequestReview, *github.Response, error) {
		options := pageOf(page)
		return c.calls().PullRequests.ListReviews(ctx, r.Owner, r.Name, number, &options)
	}, func(v *github.PullRequestReview) (Review, error) {
		review := Review{
			Author:      v.GetUser().GetLogin(),
			State:       v.GetState(),
			Commit:      v.GetCommitID(),
			Association: v.GetAuthorAssociation(),
			SubmittedAt: v.GetSubmittedAt().Time,
		}
		if !wordPattern.MatchString(review.State) || review.Association != "" && !wordPattern.MatchString(review.Association) ||
			review.Commit != "" && checkCommit(review.Commit) != nil {
			return review, strange(what, "a review that cannot be one")
		}
		return review, checkLogin(what, review.Author)
	})
}

// Issues lists the issues with a label, open and closed; pull requests, which
// GitHub lists among them, are left out.
func (c *Client) Issues(ctx context.Context, r Repository, label string) ([]Issue, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("issues of %s labelled %q", r, label)
	all, err := listed(what, func(page int) ([]*github.Issue, *github.Response, error) {
		return c.calls().Issues.ListByRepo(ctx, r.Owner, r.Name, &github.IssueListByRepoOptions{
			State: "all", Labels: []string{label}, ListOptions: pageOf(page),
		})
	}, func(i *github.Issue) (*Issue, error) {
		if i.IsPullRequest() {
			return nil, nil
		}
		issue := &Issue{
			Number:    i.GetNumber(),
			Title:     atMost(maxTitle, i.GetTitle()),
			Author:    i.GetUser().GetLogin(),
			State:     i.GetState(),
			CreatedAt: i.GetCreatedAt().Time,
			ClosedAt:  i.GetClosedAt().Time,
			URL:       i.GetHTMLURL(),
		}
		if issue.Number <= 0 || !wordPattern.MatchString(issue.State) || !isPage(issue.URL) {
			return nil, strange(what, fmt.Sprintf("issue %d cannot be one", issue.Number))
		}
		return issue, checkLogin(what, issue.Author)
	})
	var issues []Issue
	for _, issue := range all {
		if issue != nil {
			issues = append(issues, *issue)
		}
	}
	return issues, err
}

func checkCommit(sha string) error {
	if !shaPattern.MatchString(sha) {
		return fmt.Errorf("%w of a commit: %.100q", ErrName, sha)
	}
	return nil
}
