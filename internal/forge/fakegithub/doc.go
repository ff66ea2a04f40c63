// Package fakegithub is a fake of the parts of GitHub that this project talks
// to, for tests. It is not GitHub, does not know what GitHub knows, and every
// answer of its says so in the header X-Fake.
//
//	fake, err := fakegithub.New(dir, fakegithub.Options{Now: time.Now, Tokens: tokens})
//	err = fake.Add(fakegithub.Repository{Owner: "octo", Name: "widget"})
//	server := httptest.NewServer(fake)
//	client := &http.Client{Transport: fakegithub.Transport(server.URL)}
//
// One handler answers for all hosts, by the Host of the request: the API,
// uploads, the web server with its release files and git repositories, the host
// where the files of releases really are, and the one for bundles of
// attestations. Its state lives in a folder, so that what one run has published
// the next one finds:
//
//	state.json          repositories, releases, attestations
//	blobs/              contents, each named by its SHA-256
//	git/OWNER/NAME.git  bare repositories, which tests may push to
//	requests.log        one line a request: TIME STATUS METHOD HOST PATH?QUERY TOKEN
//	faults.json         what shall go wrong, read anew for each request
//
// The last column of the log is the login behind the token that came with the
// request, "?" for an unknown one and "-" for none.
//
// The tests of internal/forge hold requests and answers of the API against
// GitHub's published OpenAPI description, but for a table of deviations, each
// with its source.
package fakegithub
