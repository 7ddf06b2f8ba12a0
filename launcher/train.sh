#!/bin/sh
# Makes the AOT caches of all programs:  train.sh <folder>
# Runs them on an example under a little traffic, records what they load, and makes a cache of it for each.
# Never fails a build: without caches everything works, and starts more slowly.
set -u
folder=$1
here=$(cd "$(dirname "$0")" && pwd -P)
home=$(cd "$here/.." && pwd -P)
[ "${ESPALIER_AOT:-}" != off ] || exit 0
ESPALIER_HOME=$home
. "$here/find-jdk.sh"
. "$here/jvm.sh"

work=$(mktemp -d)
server=
end() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    rm -rf "$work"
}
trap end EXIT
give_up() {
    echo "no AOT caches ($1): the server will start more slowly" >&2
    exit 0
}

ESPALIER_AOT=off
export ESPALIER_AOT
record() { # the options that record what a JVM loads, for the cache of $1
    echo "-XX:AOTMode=record -XX:AOTConfiguration=$work/$1.conf"
}

mkdir "$work/models"
cp -r "$home/share/examples/models/zero_out" "$work/models/"
ESPALIER_JAVA_OPTIONS=$(record server) "$home/bin/trtserver" --model-repository="$work/models" \
    --http-address=127.0.0.1 --http-port=0 --grpc-address=127.0.0.1 --grpc-port=0 --allow-metrics=false \
    --state-directory="$work/state" \
    --worker-sandbox=off --worker-java-options="$(record worker) -Despalier.worker.orderly-exit=true" >"$work/log" 2>&1 &
server=$!

url=
tries=0
while ! grep -q "The start is complete" "$work/log"; do
    kill -0 "$server" 2>/dev/null || give_up "the server did not start: $(tail -n 1 "$work/log")"
    [ "$tries" -lt 300 ] || give_up "the server is not ready after 60 s"
    tries=$((tries + 1))
    sleep 0.2
done
url=$(sed -n 's/.*Started HTTP service at \([0-9.:]*\).*/http:\/\/\1/p' "$work/log")

ask() { # asks the example with the client; $1 how often, $2 further JVM options
    ESPALIER_JAVA_OPTIONS=$2 "$home/bin/espalier" infer zero_out --input '[[1,2,3]]' --url "$url" \
        --repeat "$1" >"$work/answer" 2>&1 || give_up "no answer: $(tail -n 1 "$work/answer")"
}
ask 3000 ''
ask 1 "$(record client)"
ESPALIER_JAVA_OPTIONS= "$home/bin/espalier" models --url "$url" >/dev/null
kill "$server"
wait "$server"
server=
ESPALIER_JAVA_OPTIONS=$(record ops) "$home/bin/espalier" ops check "$work"/models/zero_out/1/ops/*.so \
    --state-directory="$work/state" >"$work/answer" 2>&1 || give_up "no verdict: $(tail -n 1 "$work/answer")"

# shellcheck disable=SC2086,SC2154 # lists of options, meant to be split
"$JAVA_HOME/bin/java" $espalier_jvm_common $espalier_jvm_preload $(record preload) \
    -cp "$home"/lib/espalier-server-[0-9]*.jar dev.espalier.server.PreloadMain \
    "$(echo "$work"/models/zero_out/1/ops/*.so):libc.so.6" '' >"$work/answer" 2>&1 ||
    give_up "LD_PRELOAD not sorted: $(tail -n 1 "$work/answer")"

rm -rf "$folder"
mkdir -p "$folder"
make_cache() { # $1 the cache, then the JVM options and class path it will be used with
    name=$1
    shift
    "$JAVA_HOME/bin/java" -XX:AOTMode=create -XX:AOTConfiguration="$work/$name.conf" \
        -XX:AOTCache="$folder/$name.aot" "$@" >"$work/$name.log" 2>&1 ||
        give_up "cache of $name: $(tail -n 1 "$work/$name.log")"
}
# shellcheck disable=SC2086,SC2154 # lists of options, meant to be split
make_cache server $espalier_jvm_common $espalier_jvm_server -cp "$home"/lib/espalier-server-[0-9]*.jar
# shellcheck disable=SC2086,SC2154
make_cache ops $espalier_jvm_common $espalier_jvm_server -cp "$home"/lib/espalier-server-[0-9]*.jar
# shellcheck disable=SC2086,SC2154
make_cache preload $espalier_jvm_common $espalier_jvm_preload -cp "$home"/lib/espalier-server-[0-9]*.jar
# shellcheck disable=SC2086,SC2154
make_cache client $espalier_jvm_common $espalier_jvm_client -cp "$home"/lib/espalier-client-[0-9]*.jar
make_cache worker -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp "$home"/lib/espalier-worker-[0-9]*.jar
cp "$JAVA_HOME/release" "$folder/release"
