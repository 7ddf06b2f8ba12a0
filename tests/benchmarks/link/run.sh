#!/usr/bin/env bash
# The hop to a worker process against a hand-off to a thread of the server's own process:
#   run.sh [ROUNDS]        (5 rounds of 2 s each way; needs dist/espalier)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
. "$root/.mvn/find-jdk.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$JAVA_HOME/bin/javac" -cp "$root/dist/espalier/lib/*" -d "$work" "$here/Hop.java"
for bytes in 64 602112; do
  for in_flight in 1 32; do
    "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
      -cp "$work:$root/dist/espalier/lib/*" Hop "$bytes" "$in_flight" "${1:-5}"
  done
done
