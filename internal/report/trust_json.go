package report

import "io"

// docs/schema/trust.v1.json describes these documents.
type trustDocument struct {
	MediaType string         `json:"mediaType"`
	Root      rootDocument   `json:"trustedRoot"`
	Current   string         `json:"current,omitempty"`
	Roots     []trustRootDoc `json:"roots"`
	Change    *changeDoc     `json:"change,omitempty"`
}

type trustRootDoc struct {
	Services []serviceDoc `json:"services"`
}

type changeDoc struct {
	Before           *rootDocument `json:"before,omitempty"`
	Changed          bool          `json:"changed"`
	Added            []serviceDoc  `json:"added"`
	Removed          []serviceDoc  `json:"removed"`
	NewSigningConfig bool          `json:"newSigningConfig"`
}

// JSON writes the root, and what changed, as one document.
func (t *Trust) JSON(w io.Writer) error {
	doc := trustDocument{MediaType: "application/vnd.hallmark.trust.v1+json", Root: rootDocument(t.Root),
		Current: stampOrNone(t.Current), Roots: []trustRootDoc{}}
	for _, services := range t.Roots {
		doc.Roots = append(doc.Roots, trustRootDoc{serviceDocs(services)})
	}
	if t.Change != nil {
		doc.Change = &changeDoc{Changed: t.Change.Before.SHA256 != t.Root.SHA256, Added: serviceDocs(t.Added()),
			Removed: serviceDocs(t.Removed()), NewSigningConfig: t.Change.NewConfig}
		if t.Change.Before.SHA256 != "" {
			before := rootDocument(t.Change.Before)
			doc.Change.Before = &before
		}
	}
	return WriteJSON(w, doc)
}

func serviceDocs(services []Service) []serviceDoc {
	docs := []serviceDoc{}
	for _, s := range services {
		docs = append(docs, serviceDoc{Kind: s.Kind, URL: s.URL, Operator: s.Operator, ID: s.ID, Name: s.Name,
			Version: s.Version, Use: s.Use, From: stampOrNone(s.From), To: stampOrNone(s.To)})
	}
	return docs
}
