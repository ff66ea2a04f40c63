package review_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/review"
)

// sample is a record with something of everything.
func sample() *review.Record {
	at := time.Date(2026, time.November, 20, 14, 2, 11, 0, time.UTC)
	blobs := review.Blobs{}
	asked := review.Answer{Source: "https://api.github.com/repos/octo/widget", Time: at, SHA256: strings.Repeat("ab", 32)}
	return &review.Record{
		MediaType: review.RecordType, Tool: "v1.0.0", Clock: at, Since: time.Date(2021, time.October, 1, 0, 0, 0, 0, time.UTC),
		Repository: review.Repository{Asked: asked, Name: "octo/widget", ID: "4711", OwnerID: "42", DefaultBranch: "main"},
		Releases: review.List[review.Release]{Asked: asked, Items: []review.Release{{ID: 1, Tag: "v1.4.0", Published: at, Notes: blobs.Add([]byte("notes")),
			Assets: []review.Asset{{ID: 2, Name: "wid\u202eget <&>.zip", Size: 3, Digests: map[string]string{"sha512": strings.Repeat("ef", 64), "sha256": strings.Repeat("cd", 32)},
				Attestations: review.List[review.Attestation]{Asked: review.Answer{Unknown: "403 rate limit exceeded"}}}}}}},
		Git: review.Git{Asked: asked, Tags: []review.Tag{{Name: "v1.4.0", Object: strings.Repeat("1", 40), Commit: strings.Repeat("2", 40)}}},
		Documents: []review.Document{{Kind: review.GuideDocument, Name: "README.md",
			Asked: review.Answer{Source: "git", Time: at, SHA256: blobs.Add([]byte("# widget\n"))}}},
		Blobs: blobs,
	}
}

func mustEncode(t testing.TB, r *review.Record) []byte {
	t.Helper()
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRecordRoundTrip(t *testing.T) {
	want := sample()
	data := mustEncode(t, want)
	got, err := review.ParseRecord(data, want.Blobs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if again := mustEncode(t, got); !bytes.Equal(again, data) {
		t.Errorf("written again it differs: %s", cmp.Diff(string(data), string(again)))
	}
}

func TestParseRecordRefuses(t *testing.T) {
	replace := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("the record has no %q", old)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	tests := []struct {
		name  string
		text  func(string) string
		blobs func(review.Blobs)
		want  string
	}{
		{"unknown member", replace(`"tool":`, `"tools":`), nil, "tools"},
		{"a member twice", replace(`"tool": "v1.0.0",`, `"tool": "v1.0.0", "tool": "v2.0.0",`), nil, "duplicate"},
		{"other spelling", replace(`"tool": "v1.0.0"`, `"tool":"v1.0.0"`), nil, "spelling"},
		{"time in another zone", replace(`2026-11-20T14:02:11Z`, `2026-11-20T15:02:11+01:00`), nil, ""},
		{"something behind", func(s string) string { return s + "{}" }, nil, ""},
		{"another media type", replace("record.v1+json", "record.v2+json"), nil, "media type"},
		{"no repository", replace("octo/widget\",\n    \"id\"", "../widget\",\n    \"id\""), nil, "OWNER/NAME"},
		{"a digest that is none", replace(strings.Repeat("cd", 32), "CD"), nil, "digest"},
		{"a digest of another length", replace(strings.Repeat("ef", 64), strings.Repeat("ef", 32)), nil, "sha512 digest"},
		{"a tag without commit", replace(strings.Repeat("2", 40), "main"), nil, "no commit"},
		{"a changed blob", nil, func(b review.Blobs) {
			for digest := range b {
				b[digest] = append([]byte("!"), b[digest]...)
			}
		}, "blob"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sample()
			text := string(mustEncode(t, r))
			if tt.text != nil {
				text = tt.text(text)
			}
			if tt.blobs != nil {
				tt.blobs(r.Blobs)
			}
			_, err := review.ParseRecord([]byte(text), r.Blobs)
			if !errors.Is(err, review.ErrRecord) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error of the record with %q", err, tt.want)
			}
		})
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add(mustEncode(f, sample()))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := review.ParseRecord(data, nil)
		if err != nil {
			return
		}
		if again := mustEncode(t, r); !bytes.Equal(again, data) {
			t.Errorf("written again it differs: %s", again)
		}
	})
}
