#!/usr/bin/env bash
# `espalier new model`: the project that it writes builds with the distribution in dist/ and a Maven repository of its
# own, its test passes, and a server answers with its model.
#   ESPALIER_DIST   another distribution
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
dist=${ESPALIER_DIST:-$root/dist/espalier}
work=$(mktemp -d)
server=
end() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap end EXIT
fail() {
    echo "FAILED: $1"
    exit 1
}

cd "$work"
"$dist/bin/espalier" new model first_model
if "$dist/bin/espalier" new model first_model >"$work/again" 2>&1; then fail "a project has been written twice"; fi
grep -q 'is there already' "$work/again" || fail "$(cat "$work/again")"

"$root/mvnw" -B -q -Dmaven.repo.local="$work/maven" -Dmaven.repo.local.tail="$HOME/.m2/repository" \
    -f first_model/pom.xml package
grep -q 'tests="1" errors="0" skipped="0" failures="0"' first_model/target/surefire-reports/*.xml ||
    fail "its test has not been run"

"$dist/bin/trtserver" --model-repository=first_model/models --state-directory="$work/state" \
    --http-address=127.0.0.1 --http-port=0 --grpc-address=127.0.0.1 --grpc-port=0 --allow-metrics=false \
    --strict-readiness=false >"$work/log" 2>&1 &
server=$!
for _ in $(seq 300); do
    if grep -q "The start is complete" "$work/log"; then break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
done
url=$(sed -n 's/.*Started HTTP service at \([0-9.:]*\).*/http:\/\/\1/p' "$work/log")
answer=$("$dist/bin/espalier" infer first_model --input '[[1,2,3]]' --url "$url" 2>&1) || true
[[ $answer == *'[[2.0, 3.0, 4.0]]'* ]] || fail "$answer: $(tail -n 20 "$work/log")"
echo "1 passed, 0 failed"
