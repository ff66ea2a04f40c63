package forge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// description is what GitHub publishes about its API; make test fetches it.
var description = filepath.Join("openapi", "node_modules", "@octokit", "openapi", "generated", "api.github.com.json")

// deviation is where GitHub does otherwise than its description says, and the
// fake does as GitHub: a status that the description does not name, or
// something in an answer, which is taken out.
type deviation struct {
	source string
	status func(fakegithub.Exchange) bool
	takes  func(path string, body []byte) []byte
}

var (
	nullBundle = regexp.MustCompile(`"bundle":null,`)
	starter    = regexp.MustCompile(`"state":"starter"`)
)

const restDocs = "https://docs.github.com/en/rest/"

// deviations are all there are.
var deviations = map[string]deviation{
	"bundle: null": {
		source: "seen since 2026-07-16: https://github.com/aaif-goose/goose/pull/10557, https://github.com/cli/cli/pull/10185",
		takes: func(path string, body []byte) []byte {
			if !strings.Contains(path, "/attestations/") {
				return body
			}
			return nullBundle.ReplaceAll(body, nil)
		},
	},
	"asset state starter": {
		source: restDocs + "releases/assets#upload-a-release-asset, on 502",
		takes: func(path string, body []byte) []byte {
			if !strings.Contains(path, "/releases") {
				return body
			}
			return starter.ReplaceAll(body, []byte(`"state":"uploaded"`))
		},
	},
	"304": {
		source: restDocs + "using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate",
		status: func(e fakegithub.Exchange) bool { return e.Status == 304 },
	},
	"401 and 404": {
		source: restDocs + "using-the-rest-api/troubleshooting-the-rest-api, on bad credentials and on what is not found",
		status: func(e fakegithub.Exchange) bool { return e.Status == 401 || e.Status == 404 },
	},
	"403 and 429": {
		source: restDocs + "using-the-rest-api/rate-limits-for-the-rest-api; on permissions, the page above",
		status: func(e fakegithub.Exchange) bool { return e.Status == 403 || e.Status == 429 },
	},
	"5xx": {
		source: restDocs + "using-the-rest-api/troubleshooting-the-rest-api, on timeouts",
		status: func(e fakegithub.Exchange) bool { return e.Status >= 500 },
	},
	"immutable releases": {
		source: "https://docs.github.com/en/code-security/concepts/supply-chain-security/immutable-releases says that it is refused; 422 is a guess",
		status: func(e fakegithub.Exchange) bool {
			return e.Status == 422 && bytes.Contains(e.ResponseBody, []byte("immutable release"))
		},
	},
}

// api is the description, ready to route by; loading takes seconds.
var api = sync.OnceValues(func() (routers.Router, error) {
	content, err := os.ReadFile(description)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: "https://api.github.com"}, {URL: "https://uploads.github.com"}}
	// A parameter that spans segments is marked, which the router does not know.
	for path, item := range doc.Paths.Map() {
		// Nor does it choose by method between two templates that match.
		if len(item.Operations()) == 1 && item.Delete != nil {
			doc.Paths.Delete(path)
		}
		for method, operation := range item.Operations() {
			operation.Servers = nil
			for _, p := range append(operation.Parameters, item.Parameters...) {
				if p.Value.Extensions["x-multi-segment"] == true && !goesOn(doc, path) {
					spanning := strings.Replace(path, "{"+p.Value.Name+"}", "{"+p.Value.Name+":.+}", 1)
					if doc.Paths.Value(spanning) == nil {
						doc.Paths.Set(spanning, &openapi3.PathItem{})
					}
					doc.Paths.Value(spanning).SetOperation(method, operation)
					item.SetOperation(method, nil)
				}
			}
		}
		if len(item.Operations()) == 0 {
			doc.Paths.Delete(path)
		}
	}
	return gorillamux.NewRouter(doc)
})

// goesOn tells a template below which there are others: a parameter at its end
// that spanned segments would hide them.
func goesOn(doc *openapi3.T, path string) bool {
	parent := path[:strings.LastIndex(path, "/")+1]
	for other := range doc.Paths.Map() {
		rest, below := strings.CutPrefix(other, parent)
		if below && strings.HasPrefix(rest, "{") && strings.Contains(rest, "/") {
			return true
		}
	}
	return false
}

// checkExchange holds what the client asks and what the fake answers against
// the description, where that is to be had.
func checkExchange(t testing.TB) func(fakegithub.Exchange) {
	t.Helper()
	router, err := api()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	return func(e fakegithub.Exchange) {
		if err := compare(t, router, e); err != nil {
			t.Errorf("%s %s: %d: %v", e.Request.Method, e.Request.URL, e.Status, err)
		}
	}
}

func compare(t testing.TB, router routers.Router, e fakegithub.Exchange) error {
	request := e.Request.Clone(t.Context())
	request.URL.Scheme, request.URL.Host = "https", e.Request.Host
	request.Body = io.NopCloser(bytes.NewReader(e.RequestBody))
	route, params, err := router.FindRoute(request)
	if err != nil {
		return err
	}
	options := &openapi3filter.Options{
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		IncludeResponseStatus: true,
		SkipSettingDefaults:   true,
		ExcludeRequestBody:    strings.HasPrefix(e.Request.Host, "uploads."),
	}
	asked := &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(t.Context(), asked); err != nil {
		return err
	}
	body := e.ResponseBody
	for _, d := range deviations {
		if d.status != nil && d.status(e) {
			options.IncludeResponseStatus = false
		}
		if d.takes != nil {
			body = d.takes(e.Request.URL.Path, body)
		}
	}
	return openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: e.Status, Header: e.Header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: options,
	})
}

// TestOpenAPI shows that the other tests' exchanges are held against something:
// a sound one passes, and one with a fault does not.
func TestOpenAPI(t *testing.T) {
	router, err := api()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("GitHub's OpenAPI description is not there: cd internal/forge/openapi && npm ci")
	}
	must(t, err)
	var mu sync.Mutex
	var seen []fakegithub.Exchange
	w := mustWorldOf(t, func(e fakegithub.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, e)
	})
	mustRelease(t, w.client(maintainer), file("widget", "the widget"))
	mu.Lock()
	defer mu.Unlock()
	for _, e := range seen {
		if err := compare(t, router, e); err != nil {
			t.Errorf("%s %s: %v", e.Request.Method, e.Request.URL, err)
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(e.ResponseBody, &object) != nil {
			continue
		}
		object["id"] = json.RawMessage(`"a word"`)
		e.ResponseBody, err = json.Marshal(object)
		must(t, err)
		if compare(t, router, e) == nil {
			t.Errorf("%s %s: a number that is a word passes", e.Request.Method, e.Request.URL)
		}
	}
	if len(seen) < 4 {
		t.Errorf("%d exchanges were seen", len(seen))
	}
}
