package report

import (
	"io"
	"slices"
	"time"
)

// Trust is a trusted root told in full, or what refreshing it changed.
type Trust struct {
	Root    RootInfo
	Current time.Time   // when it was last known to be current; zero for a file
	Roots   [][]Service // whom each of its documents believes
	Change  *TrustChange
	Now     time.Time // by which ages are given
}

// TrustChange is what a refresh changed. The zero value is nothing.
type TrustChange struct {
	Before    RootInfo // what was trusted until then; zero where that was nothing
	Roots     [][]Service
	NewConfig bool // signers are sent to other services
}

// Added are the services that are trusted since the refresh, Removed those that
// are no longer; one of which anything changed is both.
func (t *Trust) Added() []Service { return missing(t.Change.Roots, t.Roots) }

// Removed is the counterpart of Added.
func (t *Trust) Removed() []Service { return missing(t.Roots, t.Change.Roots) }

// missing lists what stands in b and not in a.
func missing(a, b [][]Service) []Service {
	var all []Service
	known := slices.Concat(a...)
	for _, s := range slices.Concat(b...) {
		if !slices.ContainsFunc(known, s.equal) {
			all = append(all, s)
		}
	}
	return all
}

func (s Service) equal(other Service) bool {
	sameTimes := s.From.Equal(other.From) && s.To.Equal(other.To)
	s.From, s.To, other.From, other.To = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return sameTimes && s == other
}

// Text writes for a person whom the root believes, or only what a refresh
// changed.
func (t *Trust) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	rows := []row{said("trusted root", name(t.Root.Source)), said("sha256", name(t.Root.SHA256))}
	if !t.Current.IsZero() {
		rows = append(rows, said("current", t.age()))
	}
	if t.Change != nil {
		rows = append(rows, t.changeRows()...)
	}
	p.rows(0, rows)
	switch {
	case t.Change == nil:
		for i, services := range t.Roots {
			if len(t.Roots) > 1 {
				p.line("\nroot %d of %d", i+1, len(t.Roots))
			}
			p.services(services)
		}
	case t.Change.Before.SHA256 != "":
		p.changed("no longer trusted", t.Removed())
		p.changed("newly trusted", t.Added())
	}
	_, err := io.WriteString(w, p.String())
	return err
}

func (t *Trust) age() string {
	text := when(t.Current)
	if days := int(t.Now.Sub(t.Current).Hours() / 24); days > 0 {
		text += ", " + count(days, "day") + " ago"
	}
	return text
}

func (t *Trust) changeRows() []row {
	before := t.Change.Before
	var rows []row
	switch {
	case before.SHA256 == "":
		rows = append(rows, said("before", "nothing was trusted yet"))
	case before.SHA256 == t.Root.SHA256:
		rows = append(rows, said("before", "the same"))
	default:
		rows = append(rows, said("before", join("  ", name(before.Source), shortDigest(map[string]string{"sha256": before.SHA256}))))
	}
	if t.Change.NewConfig {
		rows = append(rows, said("signing", "signers are sent to other services than before"))
	}
	return rows
}

func (p *page) changed(heading string, services []Service) {
	var rows []row
	for _, s := range services {
		rows = append(rows, said(s.Kind, join("  ", name(s.URL), name(s.Name), period(s.From, s.To), name(s.ID))))
	}
	p.section(heading, rows)
}
