package trust

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"
)

const gitHubActions = "github-actions"

// GitHubJob is how a job of GitHub Actions asks its runner for an identity. The
// zero value is no job, or one that may not ask.
//
// cosign has a provider for it too. It is not used because it retries by its own
// rules, writes to the process's standard error as it does so, and takes any
// answer for a success, a refusal too.
type GitHubJob struct {
	// URL is ACTIONS_ID_TOKEN_REQUEST_URL.
	URL string
	// Bearer is ACTIONS_ID_TOKEN_REQUEST_TOKEN.
	Bearer string
	// Transport makes the request and retries it; nil is http.DefaultTransport.
	Transport http.RoundTripper
}

func (j GitHubJob) mayAsk() bool { return j.URL != "" && j.Bearer != "" }

// maxTokenAnswer is far above what a token and the words around it take.
const maxTokenAnswer = 4 * maxToken

// token asks for a token for [Audience]. Errors hold the endpoint's host alone:
// its path and its answer are as good as the token.
func (j GitHubJob) token(ctx context.Context, now func() time.Time) (Token, error) {
	endpoint, err := url.Parse(j.URL)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && !isLoopback(endpoint.Hostname()) {
		return Token{}, errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is no https URL")
	}
	query := endpoint.Query()
	query.Set("audience", Audience)
	endpoint.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint.String(), nil)
	if err != nil {
		return Token{}, errors.New("ACTIONS_ID_TOKEN_REQUEST_URL cannot be asked")
	}
	request.Header.Set("Authorization", "Bearer "+j.Bearer)
	request.Header.Set("Accept", "application/json")
	response, err := (&http.Client{Transport: j.Transport}).Do(request)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if err != nil {
		return Token{}, err
	}
	defer response.Body.Close()
	origin := endpoint.Scheme + "://" + endpoint.Host
	if response.StatusCode != http.StatusOK {
		return Token{}, fmt.Errorf("%s: %s", origin, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxTokenAnswer+1))
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", origin, err)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if len(data) > maxTokenAnswer || json.Unmarshal(data, &answer) != nil {
		return Token{}, fmt.Errorf("%s: answer is no JSON, or only a part of it", origin)
	}
	return ParseToken(answer.Value, now())
}
