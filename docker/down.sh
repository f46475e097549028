#!/bin/sh
# `make compose-down`: everything ends in order, and the volumes stay. VOLUMES=1 takes them too, and every key with them.
set -eu
project="${PROJECT:-referral-gateway}"
podman ps --all --quiet --filter "label=io.podman.compose.project=$project" | xargs -r podman rm --force --time 15 >/dev/null
[ -z "${VOLUMES:-}" ] || podman volume ls --quiet | grep "^${project}_" | xargs -r podman volume rm --force >/dev/null
