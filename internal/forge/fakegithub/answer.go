package fakegithub

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// document is a JSON object.
type document map[string]any

func give(w http.ResponseWriter, status int, content any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-GitHub-Api-Version-Selected", "2022-11-28")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(content)
}

func refuse(w http.ResponseWriter, status int, message string) {
	refuseWith(w, status, document{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}

func refuseWith(w http.ResponseWriter, status int, content document) { give(w, status, content) }

// invalid is GitHub's answer to what it cannot do as asked.
func invalid(w http.ResponseWriter, resource, field, code string) {
	give(w, http.StatusUnprocessableEntity, document{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
		"errors": []document{{"resource": resource, "field": field, "code": code}},
	})
}

func invalidBecause(w http.ResponseWriter, resource, field, message string) {
	give(w, http.StatusUnprocessableEntity, document{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
		"errors": []document{{"resource": resource, "field": field, "code": "custom", "message": message}},
	})
}

// forbidden is its answer to a token that may not.
func forbidden(w http.ResponseWriter) {
	refuse(w, http.StatusForbidden, "Resource not accessible by integration")
}

// decode reads what a call brings.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return false
	}
	return true
}

// page cuts out the page that is asked for, and says in the header where the
// next one is.
func page[T any](w http.ResponseWriter, r *http.Request, all []T) []T {
	size, number := atLeast1(r, "per_page", 30), atLeast1(r, "page", 1)
	size = min(size, 100)
	from := min(len(all), (number-1)*size)
	to := min(len(all), from+size)
	if to < len(all) {
		next := *r.URL
		next.Scheme, next.Host = "https", apiHost
		query := next.Query()
		query.Set("page", strconv.Itoa(number+1))
		next.RawQuery = query.Encode()
		w.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
	}
	return all[from:to]
}

func atLeast1(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}
