#!/bin/sh
# Puts the engine packs into the distribution:  packs.sh <assembly> <list>
# A module of engines/ with a src/main/pack has made one in its target/pack. The names of large ones go to <list>: the
# archive is without them.
set -eu
assembly=$1
large=$2
root=$(cd "$(dirname "$0")/.." && pwd -P)
most_kilobytes=200000

mkdir -p "$assembly/engines"
: >"$large"
for description in "$root"/engines/*/src/main/pack/engine.properties; do
    pack=${description%/src/main/pack/*}/target/pack
    engine=$(sed -n 's/^engine=//p' "$pack/engine.properties")
    version=$(sed -n 's/^version=//p' "$pack/engine.properties")
    # Links: a library may have 800 MB.
    cp -rl "$pack" "$assembly/engines/$engine-$version"
    kilobytes=$(du -sk "$pack" | cut -f 1)
    [ "$kilobytes" -le "$most_kilobytes" ] || echo "espalier/engines/$engine-$version" >>"$large"
done
