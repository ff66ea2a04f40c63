package sandboxtest

import (
	"encoding/json"
	"net/http"
	"testing"
)

// Token is an identity of the job for an audience, asked for as a job does.
func (s *Sandbox) Token(t testing.TB, audience string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL")+"&audience="+audience, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer "+s.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Value string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Value == "" {
		t.Fatalf("identity token: %s: %v", resp.Status, err)
	}
	return answer.Value
}
