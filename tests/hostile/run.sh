#!/usr/bin/env bash
# Attacks a server with hostile op libraries, see README.md:
#   run.sh [--server TRTSERVER] [--as root|user|both] [--side-by-side N] [--verbose] [ATTACK…]
set -euo pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
exec "$here/../clients/run.sh" --python "$here/main.py" "$@"
