#!/usr/bin/env bash
# A project's history, reviewed: octo/widget makes twelve releases, the first six
# without signatures, the others attested and published by hallmark as the release
# job of each tag, inside a local Sigstore and with a fake in GitHub's place. Then
# a reviewer asks what is to be seen of it, keeps the evidence, and judges it again
# without a network. Ends non-zero unless all went exactly so.
#   scripts/review-demo.sh [FOLDER]   what is to be looked at is left there
set -euo pipefail
cd "$(dirname "$0")/.."

repo=octo/widget
out=$(mkdir -p "${1:-bin/review-demo}" && cd "${1:-bin/review-demo}" && pwd)
sample=$PWD/testdata/review-demo
PATH=$PWD/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hub=$work/hub
export XDG_CACHE_HOME=$work/cache GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=dev GIT_AUTHOR_EMAIL=dev@example.com GIT_COMMITTER_NAME=dev GIT_COMMITTER_EMAIL=dev@example.com
unset GITHUB_TOKEN GH_TOKEN CI

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'review-demo: %s\n' "$*" >&2; exit 1; }
src() { git -C "$work/src" "$@"; }

# commit DATE MESSAGE: a commit of that day, whose id is then in $commit.
commit() {
  src add .
  GIT_AUTHOR_DATE=$1 GIT_COMMITTER_DATE=$1 src commit -q -m "$2"
  commit=$(src rev-parse HEAD)
}

# dist TAG: what a release is made of.
dist() {
  rm -rf "$work/dist"
  mkdir "$work/dist"
  for system in linux darwin windows; do
    printf 'widget %s for %s\n' "$1" "$system" >"$work/dist/widget-$system.tar.gz"
  done
}

# asset NUMBER FILE DATE: a file of a release, as the fake keeps it.
asset() {
  local sum
  sum=$(sha256sum "$2" | cut -d' ' -f1)
  cp "$2" "$hub/blobs/$sum"
  printf '{"ID":%s,"Name":"%s","State":"uploaded","Size":%s,"SHA256":"%s","Uploader":"dev","CreatedAt":"%s","UpdatedAt":"%s","Downloads":%s}' \
    "$1" "$(basename "$2")" "$(wc -c <"$2" | tr -d ' ')" "$sum" "$3" "$3" "$((2000 + $1))"
}

say "history: six releases that nobody signed"
mkdir -p "$hub/blobs" "$work/src/.github/workflows"
git init -q --bare --initial-branch=main "$hub/git/$repo.git"
git init -q --initial-branch=main "$work/src"
cp "$sample/README.md" "$work/src/"
cp "$sample/before.yml" "$work/src/.github/workflows/release.yml"
releases=
for n in 0 1 2 3 4 5; do
  tag=v1.$n.0 day=2025-$(printf %02d $((2 * n + 1)))-15
  echo "$tag" >"$work/src/VERSION"
  commit "${day}T10:00:00Z" "$tag"
  src tag "$tag"
  dist "$tag"
  assets=
  for file in "$work"/dist/*; do
    assets+=${assets:+,}$(asset $((100 * n + 101 + $(grep -o ID <<<"$assets" | wc -l))) "$file" "${day}T12:00:00Z")
  done
  releases+=${releases:+,}$(printf '{"ID":%s,"Tag":"%s","Author":"dev","CreatedAt":"%sT10:00:00Z","PublishedAt":"%sT12:00:00Z","Assets":[%s]}' \
    "$((n + 1))" "$tag" "$day" "$day" "$assets")
done

say "adoption: a pull request, merged before the seventh"
cp "$sample/after.yml" "$work/src/.github/workflows/release.yml"
merged=$(date -u -d '-2 hours' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v-2H +%Y-%m-%dT%H:%M:%SZ)
commit "$merged" "attest what is released"
cat >"$hub/state.json" <<END
{"NextID": 5000, "Repositories": {"$repo": {
  "ID": 4711, "OwnerID": 42, "Owner": "${repo%/*}", "Name": "${repo#*/}", "OwnerType": "Organization", "Visibility": "public",
  "DefaultBranch": "main", "CreatedAt": "2025-01-01T00:00:00Z", "Immutable": true, "Releases": [$releases],
  "Rulesets": [
    {"name": "releases", "target": "tag", "conditions": {"ref_name": {"include": ["refs/tags/v*"], "exclude": []}}, "rules": [{"type": "deletion"}, {"type": "update"}]},
    {"name": "main", "target": "branch", "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
     "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}, {"type": "pull_request", "parameters": {"required_approving_review_count": 1}}]}],
  "Pulls": {"$commit": [{"number": 7, "title": "attest what is released", "author": "dev", "merger": "lead", "merged_at": "$merged"}]},
  "Reviews": {"7": [{"author": "lead", "state": "APPROVED", "commit_id": "$commit", "submitted_at": "$merged"}]}}}}
END

say "releases: six more, each by the job of its tag"
for n in 6 7 8 9 10 11; do
  tag=v1.$n.0
  echo "$tag" >"$work/src/VERSION"
  commit "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$tag"
  src tag "$tag"
  src push -q "$hub/git/$repo.git" main --tags
  dist "$tag"
  # A Sigstore of its own for each: all of them are trusted below.
  # shellcheck disable=SC2016 # the job expands them
  hallmark-sandbox --dir "$work/sigstore-$n" --github "$hub" --repository "$repo" --repository-id 4711 --owner-id 42 \
    --ref "refs/tags/$tag" --sha "$commit" --run-id "$((8000 + n))" -- bash -euc '
    services=(--signing-config "$HALLMARK_SANDBOX_DIR/signing_config.json" --trusted-root "$HALLMARK_SANDBOX_DIR/trusted_root.json")
    cd "$1"
    hallmark attest --quiet "${services[@]}" -o multiple.intoto.jsonl widget-* >&2
    hallmark publish --quiet --trusted-root "$HALLMARK_SANDBOX_DIR/trusted_root.json" "$2" widget-* multiple.intoto.jsonl' - "$work/dist" "$tag" >"$work/log" 2>&1 ||
    { cat "$work/log"; fail "$tag could not be released"; }
  tail -n 1 "$work/log"
  cat "$work/sigstore-$n/trusted_root.json" >>"$out/trusted_root.jsonl.new"
done
mv "$out/trusted_root.jsonl.new" "$out/trusted_root.jsonl"

# review ARGUMENT...: what a reviewer runs, with the fake in GitHub's place.
review() {
  hallmark-sandbox --github "$hub" --repository "$repo" -- hallmark review --trusted-root "$out/trusted_root.jsonl" "$@"
}

say "review: a stranger looks"
rm -f "$out"/widget.*
review --profile sos --pack "$out/widget.pack" "$repo"
hallmark review --trusted-root "$out/trusted_root.jsonl" --format html -o "$out/widget.html" "$out/widget.pack"
hallmark review --trusted-root "$out/trusted_root.jsonl" --format json -o "$out/widget.json" "$out/widget.pack"

say "what it must have found"
flat=$(tr -d '\n' <"$out/widget.json" | tr -s ' ')
expect() {
  grep -q -e "$2" <<<"$flat" || fail "$1: no $2 in $out/widget.json"
  printf '%-18s %s\n' "$1" ok
}
today=$(date -u +%Y-%m-%d)
expect verdict '"verdict": "enforced"'
expect adoption "\"adoption\": { \"tag\": \"v1.6.0\", \"time\": \"$today"
expect identity "\"signer\": \"$repo/.github/workflows/release.yml\""
expect 'adopting change' '"number": 7, "title": "attest what is released", "author": "dev"'
for control in 'flipped byte' 'other repository' "previous release's bundle"; do
  expect "$control" "\"name\": \"$control\", \"release\": \"v1.11.0\", \"asset\": \"[^\"]*\", \"outcome\": \"true\""
done

say "again, without a network; and with one byte changed"
alone=(unshare --map-root-user --net)
"${alone[@]}" true 2>/dev/null || alone=(env)
"${alone[@]}" hallmark review --trusted-root "$out/trusted_root.jsonl" --format json "$out/widget.pack" | cmp - "$out/widget.json" || fail "the replay says something else"
cp "$out/widget.pack" "$work/changed.pack"
printf '\x01' | dd of="$work/changed.pack" bs=1 seek=70000 conv=notrunc status=none
code=0
hallmark review "$work/changed.pack" || code=$?
[ "$code" -eq 1 ] || fail "the changed pack: want exit 1, got $code"

say "review-demo: all as it should be"
printf 'page      %s\nevidence  %s\n' "$out/widget.html" "$out/widget.pack"
