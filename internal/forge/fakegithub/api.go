package fakegithub

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
)

// Exchange is a request of the API and its answer, for Options.Check. Bodies
// of uploads are left out.
type Exchange struct {
	Request      *http.Request
	RequestBody  []byte
	Status       int
	Header       http.Header
	ResponseBody []byte
}

// maxBody is more than any call of the API may bring.
const maxBody = 32 << 20

// serveAPI answers calls, and uploads too: they are on another host and in all
// else alike.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.began++
	number := s.began
	s.mu.Unlock()
	faults, err := s.faults()
	if err != nil {
		http.Error(w, "faults.json: "+err.Error(), http.StatusTeapot)
		return
	}
	upload := strings.HasPrefix(r.Host, uploadHost)
	var body []byte
	if !upload {
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			panic(http.ErrAbortHandler) // the client has gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer := httptest.NewRecorder()
	switch {
	case r.URL.Path == "/rate_limit":
		s.getRateLimit(answer, r, faults)
	case s.limited(answer, r, faults, number):
	case r.Header.Get("Authorization") != "" && s.token(r) == nil:
		refuse(answer, http.StatusUnauthorized, "Bad credentials")
	case !upload && s.dice.roll(faults.Seed) < faults.Calls:
		if s.dice.roll(faults.Seed) < 0.5 {
			s.api.ServeHTTP(httptest.NewRecorder(), r)
		}
		s.fail(answer, faults)
	default:
		s.api.ServeHTTP(answer, r)
	}
	s.unchanged(answer, r)
	if s.options.Check != nil {
		s.options.Check(Exchange{r, body, answer.Code, answer.Header(), answer.Body.Bytes()})
	}
	s.hand(w, answer)
}

// unchanged answers that nothing has changed where the asker knows it all. With
// a token that is no call.
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
func (s *Server) unchanged(answer *httptest.ResponseRecorder, r *http.Request) {
	if r.Method != http.MethodGet || answer.Code != http.StatusOK {
		return
	}
	sum := sha256.Sum256(answer.Body.Bytes())
	etag := `W/"` + hex.EncodeToString(sum[:]) + `"`
	answer.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") != etag {
		return
	}
	answer.Code = http.StatusNotModified
	answer.Body.Reset()
	if t := s.token(r); t != nil {
		s.limits.spend(t.Login, s.now(), -1)
	}
}

// fail answers as a broken server does.
func (s *Server) fail(w http.ResponseWriter, f Faults) {
	switch roll := s.dice.roll(f.Seed); {
	case roll < 0.4:
		refuse(w, http.StatusBadGateway, "Server Error")
	case roll < 0.8:
		refuse(w, http.StatusServiceUnavailable, "Service unavailable")
	default:
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) hand(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	if answer.Code != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// handler answers for a repository that the asker may see.
type handler func(w http.ResponseWriter, r *http.Request, in *Repository, by *Token)

// routes are the calls that the fake knows.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	on := func(pattern string, h handler) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /repos/{owner}/{repo}"+path, s.in(h))
	}
	on("GET ", s.getRepository)
	on("GET /releases", s.listReleases)
	on("POST /releases", s.createRelease)
	on("POST /releases/generate-notes", s.generateNotes)
	on("GET /releases/tags/{tag...}", s.getReleaseByTag)
	on("GET /releases/latest", s.getLatestRelease)
	on("GET /releases/{id}", s.getRelease)
	on("PATCH /releases/{id}", s.editRelease)
	on("DELETE /releases/{id}", s.deleteRelease)
	on("GET /releases/{id}/{what...}", s.listAssets) // assets; ServeMux wants tags/ to win
	on("POST /releases/{id}/{what...}", s.uploadAsset)
	on("GET /releases/assets/{id}", s.getAsset)
	on("DELETE /releases/assets/{id}", s.deleteAsset)
	on("GET /immutable-releases", s.getImmutable)
	on("GET /attestations/{digest}", s.listAttestations)
	on("POST /attestations", s.storeAttestation)
	on("GET /git/ref/{ref...}", s.getRef)
	on("GET /git/tags/{sha}", s.getTag)
	on("GET /contents/{path...}", s.getContents)
	on("GET /branches", s.listBranches)
	on("GET /rules/branches/{branch...}", s.listRules)
	on("GET /rulesets", s.listRulesets)
	on("GET /rulesets/{id}", s.getRuleset)
	on("GET /commits/{sha}/pulls", s.listPulls)
	on("GET /pulls/{number}", s.getPull)
	on("GET /pulls/{number}/reviews", s.listReviews)
	on("GET /issues", s.listIssues)
	mux.HandleFunc("POST /orgs/{owner}/attestations/bulk-list", s.bulkAttestations)
	mux.HandleFunc("POST /users/{owner}/attestations/bulk-list", s.bulkAttestations)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
	return mux
}

// in finds the repository, and shows a private one only to a token. What a
// handler does with it, it does alone.
func (s *Server) in(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		by := s.token(r)
		owner, name := r.PathValue("owner"), r.PathValue("repo")
		if strings.HasPrefix(r.Host, uploadHost) != (r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/assets")) {
			refuse(w, http.StatusNotFound, "Not Found")
			return
		}
		s.mu.Lock()
		in, moved := s.state.Repositories[key(owner, name)], s.state.Moved[key(owner, name)]
		s.mu.Unlock()
		switch {
		case in == nil && moved != "":
			w.Header().Set("Location", "https://"+apiHost+"/repos/"+moved+strings.TrimPrefix(r.URL.RequestURI(), "/repos/"+owner+"/"+name))
			refuse(w, http.StatusMovedPermanently, "Moved Permanently")
		case in == nil, in.Visibility != "public" && !by.may("contents", "read"):
			refuse(w, http.StatusNotFound, "Not Found")
		case r.Method != http.MethodGet && by == nil:
			refuse(w, http.StatusUnauthorized, "Requires authentication")
		default:
			if !strings.HasPrefix(r.Host, uploadHost) { // whose body takes its time
				s.mu.Lock()
				defer s.mu.Unlock()
			}
			h(w, r, in, by)
		}
	}
}
