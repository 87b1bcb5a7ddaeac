#!/bin/sh
# Build wheel and source into dist/ from hash-locked tools; GITHUB_REF_NAME must be the version's tag.
set -eu
cd "$(dirname "$0")/.."
environment="$(mktemp -d)"
trap 'rm -rf "$environment"' EXIT
python3 -I -m venv "$environment"
pip="$environment/bin/python -I -m pip --isolated --no-input --quiet --disable-pip-version-check"
$pip install --require-hashes --only-binary :all: -r requirements/bot.txt
rm -rf dist
"$environment/bin/python" -I -m hatchling build
version="$("$environment/bin/python" -I -m hatchling version)"
if [ "${GITHUB_REF_NAME:-v$version}" != "v$version" ]; then
  echo "::error::the tag $GITHUB_REF_NAME is not v$version, the version in pyproject.toml"
  exit 1
fi
