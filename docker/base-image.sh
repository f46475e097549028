#!/bin/sh
# `make base-image`: a Debian 12 as base of the images, from Debian's packages alone, where no registry answers.
set -eu
for program in debootstrap podman tar; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install -y $program" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "debootstrap needs root: sudo make base-image" >&2; exit 1; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$work"
rm -rf "$work"/var/cache/apt/archives/*.deb
tar --directory="$work" --create . | podman import - localhost/referral-gateway-base
