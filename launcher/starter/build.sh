#!/bin/sh
# Builds the static programs for this machine's architecture:  launcher/starter/build.sh [--missing | --check]
# They go to launcher/starter/<os.arch>/, named as the JVM names architectures. Those for amd64 are committed, so that
# nobody needs a compiler. CC=aarch64-linux-gnu-gcc builds for that machine. --missing builds what is not there, and
# does nothing without a compiler. --check builds elsewhere and tries it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
compiler=${CC:-gcc}
if [ "${1:-}" = --missing ] && ! command -v "$compiler" >/dev/null; then
    exit 0
fi
machine=$("$compiler" -dumpmachine)
case ${machine%%-*} in
x86_64) architecture=amd64 ;;
*) architecture=${machine%%-*} ;;
esac
target=$here/$architecture
if [ "${1:-}" = --check ]; then
    target=$(mktemp -d)
    trap 'rm -rf "$target"' EXIT
fi
mkdir -p "$target"

build() { # PROGRAM SOURCE
    if [ "${mode:-}" = --missing ] && [ -e "$target/$1" ]; then
        return
    fi
    "$compiler" -std=c11 -Os -Wall -Wextra -Werror -ffreestanding -fno-stack-protector \
        -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -fno-pic -no-pie -nostdlib -static -s \
        -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,noexecstack "$here/$2" -o "$target/$1"
    chmod 755 "$target/$1"
}
mode=${1:-}
build espalier-starter starter.c
build trtserver trtserver.c

if [ "$mode" = --check ]; then
    folder=$(mktemp -d)
    sleep 1 | "$target/espalier-starter" --folder="$folder" --read=/usr --read=/lib --read=/lib64 --read=/bin --write="$folder" -- /bin/sh -c "exit 3" | grep -q "exited with 3"
    [ ! -e "$folder" ] && echo "The starter builds from its source and clears up."
    mkdir "$target/bin" "$target/lib"
    mv "$target/trtserver" "$target/bin"
    printf '#!/bin/sh\necho "$ESPALIER_PRELOAD ${LD_PRELOAD-gone} $*"\n' >"$target/lib/trtserver.sh"
    chmod 755 "$target/lib/trtserver.sh"
    said=$(env LD_PRELOAD=/nowhere/liba.so:b "$target/bin/trtserver" c 2>/dev/null)
    [ "$said" = "/nowhere/liba.so:b gone c" ] && echo "The command builds from its source and hides LD_PRELOAD."
fi
