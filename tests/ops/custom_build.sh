#!/usr/bin/env bash
# Builds examples/custom-build as its README says, from the distribution in dist/ and with a Maven repository of its
# own, starts the server that comes out, and asks it; with more models and libraries for TensorFlow than the example
# has. Without the op package the same models must be refused.
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
        if grep -q "The start is complete" "$work/log"; then return 0; fi
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

# Model | an input | the answer
table='
zero_out | [[1,2,3]] | [[1.0, 0.0, 0.0]]
tf_zero_out | [[42,43,44,45,46,47,48,49]] | [[42, 0, 0, 0, 0, 0, 0, 0]]
tf_zero_out_saved | [[42,43,44,45,46,47,48,49]] | [[42, 0, 0, 0, 0, 0, 0, 0]]
tf_add_one | [[42,43,44,45,46,47,48,49]] | [[43, 44, 45, 46, 47, 48, 49, 50]]
add_one_graphdef | [[42,43,44,45,46,47,48,49]] | [[43, 44, 45, 46, 47, 48, 49, 50]]
busy | [[42,43]] | [[42, 43]]
busy_graphdef | [[42,43]] | [[42, 43]]
'

# The example, and to its one model for TensorFlow all those that the other places of op libraries are tested with.
version=$(sed -n 's/.*<espalier.version>\(.*\)<.*/\1/p' "$root/examples/custom-build/server/pom.xml")
cp -r "$root/examples/custom-build" "$work/project"
rm -rf "$work"/project/*/target
cp -r "$root"/tests/models/tensorflow/{busy,busy_graphdef,add_one_graphdef} "$root"/examples/tensorflow-models/tf_add_one \
    "$work/project/models"
cp -r "$root/examples/tensorflow-models/tf_zero_out" "$work/project/models/tf_zero_out_saved"
rm -r "$work"/project/models/*/1/ops
cp "$root"/tests/ops/x86-64/libtf_{add_one,busy}.so \
    "$work/project/ops/src/main/resources/META-INF/espalier/ops/tensorflow/linux-x86_64/"

(cd "$work" && maven install:install-file -Dfile="$root/dist/espalier.tar.gz" -DgroupId=dev.espalier \
    -DartifactId=espalier-launcher -Dversion="$version" -Dpackaging=tar.gz)
maven -f "$work/project/pom.xml" package
custom=$work/project/server/target/espalier
export XDG_DATA_HOME=$work/data
"$custom/bin/espalier" engine install tensorflow

serve "$root/dist/espalier"
stop
mv "$work/log" "$work/log.without"

serve "$custom"
passed=0 failed=0
while IFS='|' read -r model input expected; do
    [[ -n $model ]] || continue
    answer=$("$custom/bin/espalier" infer "${model% }" --input "${input// /}" --url "$url" 2>&1) || true
    if [[ $answer != *"${expected# }"* ]]; then
        failed=$((failed + 1))
        echo "FAILED  $model: $answer"
    elif ! grep -q " $model .* is provided by no op library" "$work/log.without"; then
        failed=$((failed + 1))
        echo "FAILED  $model: is served without the op package, too"
    else
        passed=$((passed + 1))
    fi
done <<<"$table"
stop

[[ $failed == 0 ]] || tail -n 30 "$work/log"
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
