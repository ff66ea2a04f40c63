#!/usr/bin/env bash
# action-run.sh WORK NAME WORKFLOW PIN [VARIABLE=VALUE...]: what action-test.sh runs
# inside the sandbox: act, with the environment of the job that the sandbox
# imitates.
set -euo pipefail
work=$1 name=$2 workflow=$3 pin=$4
shift 4
sigstore=$HALLMARK_SANDBOX_DIR
own=https://github.com/hallmark-project/hallmark
standin() { printf -- '--local-repository=https://github.com/actions/%s=%s/standin/%s' "$1@$2" "$work" "$1"; }

args=()
for variable; do
  case $variable in
    WITHHELD=*) unset "${variable#*=}" ;; # as a job has it that lacks a permission
    *) args+=(--var "$variable") ;;
  esac
done
for variable in SIGNING_CONFIG:signing_config TRUSTED_ROOT:trusted_root; do
  file=$sigstore/${variable#*:}.json
  args+=(--var "${variable%:*}=$file" --var "${variable%:*}_JSON=$(cat "$file")")
done
# The runner's variables that act does not know, and the endpoint for tokens.
env | grep -E '^(GITHUB_(WORKFLOW_REF|WORKFLOW_SHA|REPOSITORY_ID|REPOSITORY_OWNER_ID|ACTOR_ID|RUN_ATTEMPT)|RUNNER_ENVIRONMENT|ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN))=' >"$work/$name.env"
printf 'GITHUB_RUN_ID=%s\nGITHUB_RUN_NUMBER=%s\nSTANDIN_ARTIFACTS=%s\nSTANDIN_SOURCE=%s\nGOCACHE=%s\n' \
  "$GITHUB_RUN_ID" "$GITHUB_RUN_NUMBER" "$work/$name.artifacts" "$work/hallmark" "$(go env GOCACHE)" >>"$work/$name.env"
printf 'GITHUB_TOKEN=%s\n' "${GITHUB_TOKEN:-none}" >"$work/$name.secrets"

cd "$work/widget"
XDG_CACHE_HOME=$work/cache exec act push --workflows ".github/workflows/$workflow" --eventpath "$GITHUB_EVENT_PATH" --actor "$GITHUB_ACTOR" \
  --platform ubuntu-24.04=-self-hosted --no-cache-server --env-file "$work/$name.env" --secret-file "$work/$name.secrets" \
  --local-repository "$own@$pin=$work/hallmark" \
  "$(standin checkout 1af3b93b6815bc44a9784bd300feb67ff0d1eeb3)" \
  "$(standin upload-artifact b7c566a772e6b6bfb58ed0dc250532a479d7789f)" \
  "$(standin download-artifact 37930b1c2abaa49bbe596cd826c3c89aef350131)" "${args[@]}"
