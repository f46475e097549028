#!/bin/sh
# `make compose-up`: secrets and volumes once, the database, the key ring and the tables, then everything else, in order.
set -eu
cd "$(dirname "$0")"
project="${PROJECT:-referral-gateway}"
compose="podman-compose -p $project -f compose.yaml"
command -v podman-compose >/dev/null || { echo "podman-compose is missing: apt-get install -y podman-compose" >&2; exit 1; }

answers() {
    container="${project}_$1_1"
    for _ in $(seq 120); do
        podman healthcheck run "$container" >/dev/null 2>&1 && return
        sleep 1
    done
    echo "$1 does not answer; podman logs $container" >&2
    exit 1
}

$compose run --no-deps --rm -T prepare </dev/null
$compose up -d --no-deps database
answers database
$compose run --no-deps --rm -T init </dev/null
$compose up -d --no-deps node-a node-b courier gateway
answers node-a
answers node-b
answers gateway
echo "https://localhost:8443 answers; the authority of its certificate is in the volume ${project}_authority."
