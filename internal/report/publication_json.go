package report

import "io"

type publicationDocument struct {
	MediaType    string                `json:"mediaType"`
	Plan         bool                  `json:"plan"`
	Release      releaseDoc            `json:"release"`
	Assets       int                   `json:"assets"`
	Verified     int                   `json:"verified"`
	Files        []publishedDoc        `json:"files"`
	Verification *verificationDocument `json:"verification,omitempty"`
}

type releaseDoc struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	Commit     string `json:"commit"`
	ID         int64  `json:"id,omitzero"`
	URL        string `json:"url,omitempty"`
	Draft      bool   `json:"draft"`
	Immutable  bool   `json:"immutable"`
	Found      bool   `json:"found"`
}

type publishedDoc struct {
	Name   string     `json:"name"`
	SHA256 string     `json:"sha256,omitempty"`
	Size   int64      `json:"size"`
	Action FileAction `json:"action"`
}

// JSON writes the publication as one document.
func (p *Publication) JSON(w io.Writer) error {
	doc := publicationDocument{
		MediaType: "application/vnd.hallmark.publication.v1+json",
		Plan:      p.Plan,
		Release: releaseDoc{
			Repository: p.Repository, Tag: p.Tag, Commit: p.Commit,
			ID: p.ID, URL: p.URL, Draft: p.Draft || p.ID == 0, Immutable: p.Immutable, Found: p.Found,
		},
		Files: []publishedDoc{},
	}
	for _, f := range p.Files {
		doc.Files = append(doc.Files, publishedDoc{f.Name, f.SHA256, f.Size, f.Did})
	}
	if v := p.Verification; v != nil {
		verification := v.document()
		doc.Verification = &verification
		doc.Assets, doc.Verified = len(v.Results), v.count(Verified)
	}
	return WriteJSON(w, doc)
}
