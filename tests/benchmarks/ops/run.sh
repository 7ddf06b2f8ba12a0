#!/bin/sh
# How long the resolution of 1,000 models with 100 op libraries takes, with an empty state folder and with
# the one of an earlier start. Needs dist/espalier (./mvnw package).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
. "$root/.mvn/find-jdk.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ESPALIER_HOME=$root/dist/espalier
export ESPALIER_HOME
jar=$(echo "$ESPALIER_HOME"/lib/espalier-server-[0-9]*.jar)

"$JAVA_HOME/bin/java" "$here/MakeRepository.java" "$root" "$work/repository"
for temperature in cold warm; do
    "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED -cp "$jar" \
        "$here/Resolve.java" "$work/repository" "$work/state" "$temperature"
done
