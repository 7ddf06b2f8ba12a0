#!/bin/sh
# Builds the starter for this machine's architecture:  launcher/starter/build.sh [--check]
# It goes to launcher/starter/<os.arch>/espalier-starter, named as the JVM names architectures. The one for amd64 is
# committed, so that nobody needs a compiler. --check builds elsewhere and tries it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case $(uname -m) in
x86_64) architecture=amd64 ;;
*) architecture=$(uname -m) ;;
esac
target=$here/$architecture/espalier-starter
if [ "${1:-}" = --check ]; then
    target=$(mktemp)
    trap 'rm -f "$target"' EXIT
fi
mkdir -p "$(dirname "$target")"
gcc -std=c11 -Os -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-tree-loop-distribute-patterns \
    -fno-asynchronous-unwind-tables -fno-pic -no-pie -nostdlib -static -s \
    -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,noexecstack "$here/starter.c" -o "$target"
chmod 755 "$target"
if [ "${1:-}" = --check ]; then
    folder=$(mktemp -d)
    sleep 1 | "$target" --folder="$folder" -- /bin/sh -c "exit 3" | grep -q "exited with 3"
    [ ! -e "$folder" ] && echo "The starter builds from its source and clears up."
fi
