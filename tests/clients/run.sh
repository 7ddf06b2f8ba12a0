#!/usr/bin/env bash
# Runs Triton's own Python clients against a started server:
#   run.sh --http HOST:PORT --grpc HOST:PORT --metrics HOST:PORT [pytest arguments]
# Makes its Python environment once, outside the tree. `run.sh --python ARGS…` only runs that environment's python.
set -euo pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly hash=$(sha256sum "$here/requirements.txt" | cut -c1-12)
readonly home=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/clients-$hash

mkdir -p "$home"
(
  flock 9
  if [[ ! -e $home/ready ]]; then
    echo "run.sh: making the Python environment $home" >&2
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
    touch "$home/ready"
  fi
) 9>"${home%/*}/clients.lock"

export PYTHONDONTWRITEBYTECODE=1
if [[ ${1:-} == --python ]]; then
  shift
  exec "$home/venv/bin/python" "$@"
fi
cd "$here"
exec "$home/venv/bin/python" -m pytest "$@"
