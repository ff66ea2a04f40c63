#!/usr/bin/env bash
# preflight.sh: says within a second, before anything is set up or built, whether
# this job may release: the event, the ref, the runner and the two permissions.
# Sets the output release to true where it may; a pull request gets a notice and
# nothing else, for it never may.
set -euo pipefail

# refuse LINE...: an annotation of these lines, in the form that the runner reads.
refuse() {
  local text=$1
  shift
  for line; do text+=%0A$line; done
  printf '::error title=hallmark::%s\n' "$text"
  exit 2
}

case $GITHUB_EVENT_NAME in
  pull_request)
    echo '::notice title=hallmark::a pull request releases nothing: skipped'
    exit 0
    ;;
  push | release | workflow_dispatch) ;;
  *) refuse "an event that others can raise may not release: run it on the push of a tag" ;;
esac

tag=${GITHUB_REF#refs/tags/}
if [ "$tag" = "$GITHUB_REF" ]; then
  workflow=${GITHUB_WORKFLOW_REF%%@*}
  refuse "this run is not on a tag, and the certificate would name what it is on: run it on the tag" \
    "gh workflow run $(basename -- "${workflow//%/%25}") --ref TAG"
fi
[ -z "$TAG" ] || [ "$TAG" = "$tag" ] ||
  refuse "the input tag is not the tag that this run is on, and the certificate would name the other: run it on that tag"

case $PUBLISH in
  publish | draft | none) ;;
  *) refuse "the input publish is one of publish, draft, none" ;;
esac

[ "${RUNNER_ENVIRONMENT:-}" = github-hosted ] || [ "$SELF_HOSTED" = true ] ||
  refuse "this runner is the project's own, and who verifies will refuse what it signs: use one of GitHub's" \
    "or set allow-self-hosted: true, which everybody who verifies then has to repeat"

[ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ] ||
  refuse "the job may not ask for an identity: add to it" "permissions:" "  id-token: write"

# Drafting release notes changes nothing, and GitHub lets do it only who may write
# a release. An answer other than that refusal is for later steps to deal with.
if [ "$PUBLISH" != none ]; then
  answer=$(printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" |
    curl --config - --silent --max-time 10 --proto '=https' --header 'Content-Type: application/json' --data '{"tag_name":"v0"}' \
      "https://api.github.com/repos/$GITHUB_REPOSITORY/releases/generate-notes") || true
  case $answer in
    *'not accessible by integration'*)
      refuse "the job may not write releases: add to it" "permissions:" "  contents: write" "  id-token: write"
      ;;
  esac
fi

echo 'release=true' >>"$GITHUB_OUTPUT"
