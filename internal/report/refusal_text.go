package report

import (
	"errors"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// refusals writes each bundle with the check that it failed, what was wanted
// and what was got on lines of their own, and why.
func (p *page) refusals(indent int, all []Refusal) {
	const checks = len("certificate")
	for _, refusal := range all {
		at := indent
		if refusal.Bundle != "" {
			p.line("%*s%s", indent, "", aboutWhich(refusal))
			at += 2
		}
		p.rows(at, []row{{pad(string(checkOf(refusal.Err)), checks), refusalParts(refusal.Err)}})
	}
}

// aboutWhich is a refused bundle, and the checksum file that it is of if it is not
// of the target.
func aboutWhich(r Refusal) string {
	if r.Via == "" {
		return fileName(r.Bundle)
	}
	return fileName(r.Bundle) + ", of " + fileName(r.Via)
}

// checkOf is the check that failed, or says that none could be made.
func checkOf(err error) verify.Check {
	var r *verify.Rejection
	if errors.As(err, &r) {
		return r.Check
	}
	return "not decided"
}

func refusalParts(err error) []part {
	var r *verify.Rejection
	if !errors.As(err, &r) {
		return []part{{text: errorText(err)}}
	}
	var parts []part
	add := func(prefix, text string) {
		if text != "" {
			parts = append(parts, part{text: prefix + text})
		}
	}
	switch {
	case r.Want != "" && r.Got != "":
		add("want ", clip(r.Want, longText))
		add("got  ", clip(r.Got, longText))
	default:
		add("want ", clip(r.Want, longText))
		add("got ", clip(r.Got, longText))
	}
	add("", clip(r.Why, longText))
	if r.Err != nil {
		add("", errorText(r.Err))
	}
	return parts
}

// errorText is an error on one line; errors that were joined are told one after
// the other.
func errorText(err error) string {
	return clip(strings.ReplaceAll(err.Error(), "\n", "; "), longText)
}

// summary is a refusal on one line.
func summary(err error) string {
	var r *verify.Rejection
	if !errors.As(err, &r) {
		return errorText(err)
	}
	return string(r.Check) + ": " + join(", ", prefixed("want ", name(r.Want)), prefixed("got ", name(r.Got)), orWhy(r))
}

func orWhy(r *verify.Rejection) string {
	if r.Want != "" && r.Got != "" {
		return ""
	}
	return name(r.Why)
}

// aboutBundles tells whether there is more to say of a refusal than a line.
func aboutBundles(refusals []Refusal) bool {
	for _, r := range refusals {
		if r.Bundle != "" {
			return true
		}
	}
	return false
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
