package review

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Criticality is how the project stands in others' rankings. A score from some
// of its inputs alone is a range.
type Criticality struct {
	Official  bool         `json:"official"` // the score was given, not computed
	Least     float64      `json:"least"`    // if all that is missing were nothing
	Most      float64      `json:"most"`     // if it were as much as counts
	Known     []ScoreInput `json:"known,omitzero"`
	Missing   []string     `json:"missing,omitzero"`
	Reaches06 Outcome      `json:"reaches06"` // the programme's first threshold
	Reaches07 Outcome      `json:"reaches07"` // and its later one
	Census    Outcome      `json:"census"`    // named by the list of critical projects that was given
	Asked     time.Time    `json:"asked,omitzero"`
	Why       string       `json:"why,omitzero"`
}

// A ScoreInput is one that is known.
type ScoreInput struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Weight float64 `json:"weight"`
}

// scoreInputs are those of OpenSSF's criticality score by the columns of its
// tables: config/scorer/original_pike.yml, all of them Zipfian.
var scoreInputs = []struct {
	name          string
	weight, upper float64
	smaller       bool // is better
}{
	{"legacy.created_since", 1, 120, false},
	{"legacy.updated_since", 1, 120, true},
	{"legacy.contributor_count", 2, 5000, false},
	{"legacy.org_count", 1, 10, false},
	{"legacy.commit_frequency", 1, 1000, false},
	{"legacy.recent_release_count", 0.5, 26, false},
	{"legacy.updated_issues_count", 0.5, 5000, false},
	{"legacy.closed_issues_count", 0.5, 5000, false},
	{"legacy.issue_comment_frequency", 1, 15, false},
	{"legacy.github_mention_count", 2, 500000, false},
}

const officialScore = "default_score"

// assessCriticality reads a table of the criticality score and a census.
func assessCriticality(r *Record) Criticality {
	c := Criticality{Reaches06: Unknown, Reaches07: Unknown, Census: Unknown, Most: 1, Why: "no table of the criticality score was given"}
	for _, d := range r.Documents {
		data, ok := r.content(d)
		switch {
		case !ok:
		case d.Kind == CensusDocument:
			c.Census = False
			if inCensus(string(data), r.Repository.Name) {
				c.Census = True
			}
		case d.Kind == CriticalityDocument:
			row, err := scoreRow(data, r.Repository.Name)
			if err != nil {
				c.Why = d.Name + ": " + err.Error()
				continue
			}
			c.Why, c.Asked = "", d.Asked.Time.UTC()
			c.score(row)
		}
	}
	return c
}

// scoreRow finds the project's row in a table with a column repo.url.
func scoreRow(data []byte, project string) (map[string]float64, error) {
	table := csv.NewReader(bytes.NewReader(data))
	table.ReuseRecord = true
	header, err := table.Read()
	if err != nil {
		return nil, err
	}
	columns := append([]string{}, header...)
	for {
		line, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the table has no row of this project")
		}
		if err != nil {
			return nil, err
		}
		row, url := make(map[string]float64), ""
		for i, column := range columns {
			if column == "repo.url" {
				url = line[i]
			}
			if v, err := strconv.ParseFloat(line[i], 64); err == nil && v >= 0 && !math.IsInf(v, 0) {
				row[column] = v
			}
		}
		if sameRepository(url, project) {
			return row, nil
		}
	}
}

// score is the weighted mean of ln(1+v)/ln(1+upper) over the inputs, with
// bounds for those that are missing.
func (c *Criticality) score(row map[string]float64) {
	sum, known, all := 0.0, 0.0, 0.0
	for _, in := range scoreInputs {
		all += in.weight
		v, ok := row[in.name]
		if !ok {
			c.Missing = append(c.Missing, in.name)
			continue
		}
		c.Known = append(c.Known, ScoreInput{in.name, v, in.weight})
		v = min(v, in.upper)
		if in.smaller {
			v = in.upper - v
		}
		sum += in.weight * math.Log1p(v) / math.Log1p(in.upper)
		known += in.weight
	}
	c.Least, c.Most = round(sum/all), round((sum+all-known)/all)
	if official, ok := row[officialScore]; ok && official <= 1 {
		c.Official, c.Least, c.Most = true, round(official), round(official)
	}
	c.Reaches06, c.Reaches07 = c.reaches(0.6), c.reaches(0.7)
}

// round keeps what is shown, so that every machine writes the same.
func round(v float64) float64 { return math.Round(v*1e5) / 1e5 }

func (c *Criticality) reaches(threshold float64) Outcome {
	switch {
	case c.Least >= threshold:
		return True
	case c.Most < threshold:
		return False
	}
	return Unknown
}

// inCensus tells whether a list names the project, one repository a line.
func inCensus(list, project string) bool {
	for line := range strings.Lines(list) {
		if sameRepository(strings.TrimSpace(line), project) {
			return true
		}
	}
	return false
}

func sameRepository(address, project string) bool {
	address = strings.TrimPrefix(strings.TrimPrefix(lower(address), "https://"), "http://")
	address = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(address, "github.com/"), "/"), ".git")
	return address == lower(project)
}
