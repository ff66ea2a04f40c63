#!/usr/bin/env bash
# action-test.sh [CASE...]: releases testdata/project with the Action and with the
# reusable workflow, by act (github.com/nektos/act) in place of GitHub's runner, in
# a local Sigstore and against a fake GitHub. What needs GitHub's own services is a
# stand-in (testdata/standin). Prints each job's steps; ends non-zero unless every
# case went as it should.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
act=github.com/nektos/act@v0.2.89
pin=4ca1ab1e4ca1ab1e4ca1ab1e4ca1ab1e4ca1ab1e # the commit by which testdata/project names hallmark
export PATH=$root/bin:$PATH GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -x bin/act ] || GOBIN=$root/bin CGO_ENABLED=0 go install "$act"

# act leaves the contexts job.workflow_* empty, and says GITHUB_WORKFLOW of the called
# workflow and not of the calling one: the copy of it that runs has the values that
# GitHub would give written in.
mkdir "$work/hallmark"
git ls-files -z --cached --others --exclude-standard -- . ':!testdata' |
  tar -c --null --files-from=- --ignore-failed-read 2>/dev/null | tar -x -C "$work/hallmark"
sed -i "s|\${{ job.workflow_repository }}|hallmark-project/hallmark|; s|\${{ job.workflow_sha }}|$pin|; s|^name: hallmark$|name: release-level3|" \
  "$work/hallmark/.github/workflows/hallmark.yml"

cp -r testdata/standin "$work/standin"

# A repository with one commit and one tag, the same each time.
cp -r testdata/project "$work/widget"
git -C "$work/widget" init -q -b main
git -C "$work/widget" add .
GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z \
  git -C "$work/widget" -c user.name=mona -c user.email=mona@example.com commit -q -m widget
git -C "$work/widget" tag v1.4.0
git -C "$work/widget" remote add origin https://github.com/octo/widget
commit=$(git -C "$work/widget" rev-parse HEAD)

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'action-test: %s\n' "$*" >&2
  exit 1
}

# release NAME WORKFLOW [--VAR=VALUE | SANDBOX-FLAG]...: runs a workflow of the
# project as GitHub would for the push of its tag. Its log is then $work/NAME.log,
# its sandbox's files are in $work/NAME.
release() {
  local name=$1 workflow=$2 code=0
  shift 2
  local flags=() vars=(PUBLISH=publish STORE=false)
  for arg; do
    case $arg in
      [A-Z]*=*) vars+=("$arg") ;;
      *) flags+=("$arg") ;;
    esac
  done
  rm -rf "${work:?}/$name"
  mkdir -p "$work/$name.artifacts"
  "$root/bin/hallmark-sandbox" --dir "$work/$name" --github "$github" --repository octo/widget --ref refs/tags/v1.4.0 \
    --sha "$commit" --workflow ".github/workflows/$workflow" "${flags[@]}" -- \
    bash "$root/scripts/action-run.sh" "$work" "$name" "$workflow" "$pin" "${vars[@]}" >"$work/$name.log" 2>&1 || code=$?
  # No token, of either kind, may have come to be in the log.
  ! grep -q -e 'eyJ[A-Za-z0-9_-]\{8\}' -e 'ghs_' "$work/$name.log" || fail "$name: a token stands in its log"
  sed -n 's/^\[\([^]]*\)\] *\(⭐ Run\|✅  Success -\|❌  Failure -\|❗\|❓\) */\1: \2 /p; s/^\[[^]]*\] *| \(\(attested\|released\|drafted\): .*\)/\1/p' "$work/$name.log" |
    grep -v 'Run \(Pre\|Post\|Complete\|Set up job\)\|Success - \(Pre\|Post\|Complete\|Set up job\)\|⭐ Run' || true
  return "$code"
}

# descendants PID: all processes that it has started, and those that these have.
descendants() {
  local child
  local children=()
  read -ra children <"/proc/$1/task/$1/children" 2>/dev/null || true
  for child in "${children[@]}"; do
    descendants "$child"
    echo "$child"
  done
}

# fresh NAME [FAULTS]: a GitHub of its own for what follows, which knows the
# repository and its tag.
fresh() {
  github=$work/github.$1
  git clone -q --bare "$work/widget" "$github/git/octo/widget.git"
  [ $# -lt 2 ] || printf '%s\n' "$2" >"$github/faults.json"
}

# published NAME [FLAG...]: what a stranger finds of the release that NAME has made: one
# release, public, each file once; all of it verifies with the repository's name
# and the tag, without a login; and sha256sum agrees.
published() {
  local name=$1
  shift
  node scripts/action-test.js "$github" "$work/$name.download" || fail "$name: the release is not what it should be"
  (cd "$work/$name.download" && sha256sum --check --quiet SHA256SUMS)
  "$root/bin/hallmark-sandbox" --github "$github" --repository octo/widget -- env -u GITHUB_TOKEN -u GITHUB_ACTIONS \
    hallmark verify --trusted-root "$work/$name/trusted_root.json" "$@" octo/widget@v1.4.0 >"$work/$name.stranger" 2>&1 ||
    { cat "$work/$name.stranger"; fail "$name: a stranger cannot verify it"; }
  tail -n 1 "$work/$name.stranger"
}

# other NAME IDENTITY: sigstore-js finds the same, of each bundle.
other() {
  local js=$root/internal/interop/sigstore-js
  [ -d "$js/node_modules" ] || (cd "$js" && npm ci --loglevel=error)
  node scripts/action-test.js --ask "$work/$1.download" "$work/$1/trusted_root.json" "$2" | node "$js/peer.mjs" >"$work/$1.other"
  ! grep -v '^{}$' "$work/$1.other" || fail "$1: sigstore-js does not verify a bundle"
  echo "sigstore-js: $(wc -l <"$work/$1.other") bundles verified"
}

# wanted NAME WORDS: the log of a run says so.
wanted() { grep -q -e "$2" "$work/$1.log" || { tail -n 40 "$work/$1.log"; fail "$1: no \"$2\" in its log"; }; }

# asked NAME: whether its job asked for an identity.
asked() { grep -q ' token ' "$work/$1/requests.log"; }

# How the reusable workflow is called: what GitHub then puts into the certificate.
by_commit=(--job-workflow-ref "hallmark-project/hallmark/.github/workflows/hallmark.yml@$pin" --job-workflow-sha "$pin")
by_tag=(--job-workflow-ref hallmark-project/hallmark/.github/workflows/hallmark.yml@refs/tags/v1.0.0 --job-workflow-sha "$pin")

case_release() {
  say "a tag is pushed: built, attested, signed, verified, uploaded, published"
  fresh release
  release release release.yml STORE=true || { tail -n 40 "$work/release.log"; fail "release: it failed"; }
  wanted release '| released: 4 assets, 4 verified'
  wanted release 'attestation-url=https://github.com/octo/widget/attestations/'
  published release
  other release https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0
}

case_gate() {
  say "another job goes on only with that release, and not where another Sigstore is trusted"
  [ -d "$work/release" ] || case_release
  github=$work/github.release
  release gate gate.yml GATE_ROOT="$work/release/trusted_root.json" --permissions contents:read || { tail -n 40 "$work/gate.log"; fail "gate: it failed"; }
  wanted gate '4 verified'
  wanted gate '| gone on'
  ! release shut gate.yml GATE_ROOT="$work/shut/trusted_root.json" --permissions contents:read || fail "shut: it went on"
  wanted shut '4 rejected'
  ! grep -q '| gone on' "$work/shut.log" || fail "shut: it went on"
}

case_review() {
  say "that release is reviewed, and the evidence kept"
  [ -d "$work/release" ] || case_release
  github=$work/github.release
  release review review.yml GATE_ROOT="$work/release/trusted_root.json" --permissions contents:read || { tail -n 60 "$work/review.log"; fail "review: it failed"; }
  wanted review 'nothing found'
  (cd "$work/review.artifacts/hallmark-review" && sha256sum review.html review.json review.md review.pack review.sarif workflows.sarif)
  bin/hallmark review "$work/review.artifacts/hallmark-review/review.pack"
}

case_level3() {
  say "the same by the reusable workflow, called by commit: Build level 3"
  fresh level3
  release level3 release-level3.yml "${by_commit[@]}" || { tail -n 40 "$work/level3.log"; fail "level3: it failed"; }
  wanted level3 '| released: 3 assets, 3 verified'
  published level3 --signer-digest "$pin" --slsa-level 3
  other level3 "https://github.com/hallmark-project/hallmark/.github/workflows/hallmark.yml@$pin"
}

case_tagged() {
  say "and called by a released tag: who verifies need not name a commit"
  fresh tagged
  release tagged release-level3.yml "${by_tag[@]}" || { tail -n 40 "$work/tagged.log"; fail "tagged: it failed"; }
  published tagged --slsa-level 3
}

case_swapped() {
  say "another job puts its own files in the artifact's place: refused, no identity asked for"
  fresh swapped
  ! release swapped release-level3.yml MEDDLE=true "${by_commit[@]}" || fail "swapped: it was released"
  wanted swapped 'what is here is not what the build job made'
  ! asked swapped || fail "swapped: the token endpoint was asked"
}

case_weather() {
  say "three uploads in ten fail"
  fresh weather '{"seed": 7, "uploads": 0.3}'
  release weather release.yml || { tail -n 40 "$work/weather.log"; fail "weather: it failed"; }
  wanted weather '| released: 4 assets, 4 verified'
  echo "of $(grep -c ' POST uploads.github.com ' "$github/requests.log") uploads, $(grep -cE ' (000|5..) POST uploads.github.com ' "$github/requests.log") failed"
  grep -qE ' (000|5..) POST uploads.github.com ' "$github/requests.log" || fail "weather: no upload failed"
  published weather
}

case_killed() {
  say "killed between upload and publishing, and run again"
  fresh killed '{"seed": 7, "downloads": 1}'
  release killed release.yml >"$work/killed.out" &
  local run=$!
  # No download comes whole, so it gets no further than to the first of them.
  for ((i = 0; i < 600; i++)); do
    ! grep -q ' GET release-assets.githubusercontent.com ' "$github/requests.log" 2>/dev/null || break
    sleep 0.1
  done
  # shellcheck disable=SC2046 # one word a process
  kill -KILL $(descendants "$run") "$run" 2>/dev/null || true
  wait "$run" 2>/dev/null || true
  grep -q ' GET release-assets.githubusercontent.com ' "$github/requests.log" || fail "killed: it came to no download"
  ! grep -q ' PATCH ' "$github/requests.log" || fail "killed: it was published"
  ! node scripts/action-test.js "$github" "$work/killed.download" 2>/dev/null || fail "killed: something was published"
  rm "$github/faults.json"
  release again release.yml || { tail -n 40 "$work/again.log"; fail "again: it failed"; }
  wanted again '| released: 4 assets, 4 verified'
  published again
}

case_permission() {
  say "id-token: write is missing, then contents: write"
  fresh permission
  ! release permission release.yml WITHHELD=ACTIONS_ID_TOKEN_REQUEST_URL || fail "permission: it was released"
  wanted permission 'the job may not ask for an identity: add to it%0Apermissions:%0A  id-token: write'
  ! release readonly release.yml --permissions contents:read || fail "readonly: it was released"
  wanted readonly 'the job may not write releases: add to it%0Apermissions:%0A  contents: write'
}

for name in "${@:-release gate review level3 tagged swapped weather killed permission}"; do
  for one in $name; do "case_$one"; done
done
say "action-test: all as it should be"
