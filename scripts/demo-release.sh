#!/usr/bin/env bash
# What a release job runs, with the environment of a GitHub job around it:
# provenance for all artifacts in one file, and a signature beside each.
#   scripts/demo-release.sh FOLDER
set -euo pipefail
cd "$1"
services=(--signing-config "$HALLMARK_SANDBOX_DIR/signing_config.json" --trusted-root "$HALLMARK_SANDBOX_DIR/trusted_root.json")
set -x
hallmark attest "${services[@]}" -o multiple.intoto.jsonl hallmark_* SHA256SUMS
hallmark sign "${services[@]}" hallmark_* SHA256SUMS
