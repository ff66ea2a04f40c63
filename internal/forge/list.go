package forge

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/go-github/v82/github"
)

// inPages asks for pages until there is no next one.
func inPages(what string, ask func(number int) (next int, err error)) error {
	for number, asked := 1, 0; number != 0; asked++ {
		if asked == maxPages {
			return fmt.Errorf("%s: %w", what, overLimit("pages", maxPages+1, maxPages))
		}
		next, err := ask(number)
		if err != nil {
			return failed(what, err)
		}
		if next != 0 && next <= number {
			return strange(what, "the next page is an earlier one")
		}
		number = next
	}
	return nil
}

// listed collects all pages of a list that one question of a review asks for,
// as own values.
func listed[From, To any](what string, ask func(page int) ([]From, *github.Response, error), convert func(From) (To, error)) ([]To, error) {
	var all []To
	err := inPages(what, func(number int) (int, error) {
		found, resp, err := ask(number)
		if err != nil {
			return 0, err
		}
		for _, f := range found {
			one, err := convert(f)
			if err != nil {
				return 0, err
			}
			if all = append(all, one); len(all) > maxItems {
				return 0, overLimit("items", int64(len(all)), maxItems)
			}
		}
		return resp.NextPage, nil
	})
	return all, err
}

func pageOf(number int) github.ListOptions { return github.ListOptions{Page: number, PerPage: 100} }

// atMost cuts people's words short, never within a character.
func atMost(n int, s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// checkLogin takes the name of an account, or none for one that is gone.
func checkLogin(what, login string) error {
	if login != "" && !loginPattern.MatchString(login) {
		return strange(what, fmt.Sprintf("an account called %.100q", login))
	}
	return nil
}
