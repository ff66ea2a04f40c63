package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

func TestTrust(t *testing.T) {
	now := day(2026, 11, 22)
	ca := Service{Kind: "certificate authority", URL: "https://fulcio.example", Operator: "octo", Name: "CN=ca,O=octo", From: day(2025, 1, 1)}
	log := Service{Kind: "transparency log", URL: "https://rekor.example", ID: strings.Repeat("0f", 32), From: day(2025, 1, 1)}
	ended := log
	ended.To = day(2026, 11, 1)
	next := Service{Kind: "transparency log", URL: "https://log2026.example", ID: strings.Repeat("1f", 32), From: day(2026, 11, 1)}
	tests := map[string]*Trust{
		"show":     {Root: defaultRoot, Current: day(2026, 11, 19), Roots: [][]Service{{ca, log}}, Now: now},
		"several":  {Root: ownRoot, Roots: [][]Service{{ca, log}, {ca, ended}}, Now: now},
		"fetched":  {Root: defaultRoot, Current: now, Roots: [][]Service{{ca, log}}, Now: now, Change: &TrustChange{}},
		"same":     {Root: defaultRoot, Current: now, Roots: [][]Service{{ca, log}}, Now: now, Change: &TrustChange{Before: defaultRoot, Roots: [][]Service{{ca, log}}}},
		"replaced": {Root: ownRoot, Current: now, Roots: [][]Service{{ca, ended, next}}, Now: now, Change: &TrustChange{Before: defaultRoot, Roots: [][]Service{{ca, log}}, NewConfig: true}},
	}
	for name, trust := range tests {
		t.Run(name, func(t *testing.T) { wantGolden(t, "trust-"+name, "trust.v1", trust) })
	}
}

func TestHostileTrust(t *testing.T) {
	for i, evil := range hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s := Service{Kind: "transparency log", URL: evil, Operator: evil, ID: evil, Name: evil}
			trust := Trust{Root: RootInfo{Source: evil, SHA256: evil}, Roots: [][]Service{{s}}}
			change := trust
			change.Change = &TrustChange{Before: RootInfo{Source: evil, SHA256: evil + "x"}}
			for _, one := range []*Trust{&trust, &change} {
				var text, doc bytes.Buffer
				if err := errors.Join(one.Text(&text, TextOptions{}), one.JSON(&doc)); err != nil {
					t.Fatal(err)
				}
				wantHarmless(t, text.String())
				wantHarmless(t, doc.String())
			}
		})
	}
}
