#!/usr/bin/env bash
# Builds examples/custom-build as its README says, from the distribution in dist/ and with a Maven repository of its
# own, starts the server that comes out, and asks it. Without the op package the same model must be refused.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
end() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap end EXIT

maven() {
    "$root/mvnw" -B -q -Dmaven.repo.local="$work/maven" -Dmaven.repo.local.tail="$HOME/.m2/repository" "$@"
}

serve() { # serve DISTRIBUTION: sets $url to where it answers, when every model has been loaded or has failed
    : >"$work/log"
    "$1/bin/trtserver" --model-repository="$work/project/models" --state-directory="$work/state" \
        --http-address=127.0.0.1 --http-port=0 --grpc-address=127.0.0.1 --grpc-port=0 --allow-metrics=false \
        --strict-readiness=false >"$work/log" 2>&1 &
    server=$!
    url=
    for _ in $(seq 300); do
        url=$(sed -n 's/.*Started HTTP service at \([0-9.:]*\).*/http:\/\/\1/p' "$work/log")
        [[ -z $url ]] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$work/log"
    return 1
}

stop() {
    kill "$server"
    wait "$server" || true
    server=
}

version=$(sed -n 's/.*<espalier.version>\(.*\)<.*/\1/p' "$root/examples/custom-build/server/pom.xml")
cp -r "$root/examples/custom-build" "$work/project"
rm -rf "$work"/project/*/target
(cd "$work" && maven install:install-file -Dfile="$root/dist/espalier.tar.gz" -DgroupId=dev.espalier \
    -DartifactId=espalier-launcher -Dversion="$version" -Dpackaging=tar.gz)
maven -f "$work/project/pom.xml" package

custom=$work/project/server/target/espalier
serve "$custom"
answer=$("$custom/bin/espalier" infer zero_out --input '[[1,2,3]]' --url "$url")
stop
[[ $answer == *'[[1.0, 0.0, 0.0]]'* ]] || { echo "FAILED: $answer" && tail -n 20 "$work/log" && exit 1; }

serve "$root/dist/espalier"
stop
grep -q 'op espalier.example:ZeroOut (version 1) is provided by no op library' "$work/log" ||
    { echo "FAILED: the model is served without the op package" && tail -n 20 "$work/log" && exit 1; }
echo "1 passed: the custom build serves the model with the ops of its package"
