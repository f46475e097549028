#!/bin/sh
# `make images`: the four images. Fetches the wheels of the locks with their hashes, builds our own, and lays both into
# a context that holds nothing else; what an image is made of was checked before the first layer.
set -eu
cd "$(dirname "$0")/.."
python="${1:-.venv/bin/python}"
base="${BASE:-localhost/referral-gateway-base}"
context=build/images
command -v podman >/dev/null || { echo "podman is missing: apt-get install -y podman" >&2; exit 1; }
rm -rf "$context"
mkdir -p "$context/wheels/own" "$context/requirements"
cp requirements/run.txt requirements/postgres.txt "$context/requirements/"
cp -r docker/proxy docker/database.sh "$context/"
for lock in run postgres; do
    "$python" -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        -r "requirements/$lock.txt" -d "$context/wheels"
done
"$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$context/wheels/own" .
for image in gateway operator database proxy; do
    podman build --format docker --network=host --build-arg "BASE=$base" --target "$image" \
        --tag "localhost/referral-gateway-$image" --file docker/Dockerfile "$context"
done
