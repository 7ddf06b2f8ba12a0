#!/usr/bin/env bash
# An engine call through our binding against the same call from C, pair by pair, first for ONNX Runtime, then for
# TensorFlow:
#   run.sh [ROUNDS]        (5 rounds; needs gcc, dist/espalier, and for the C headers go or ORT_INCLUDE, and TF_HOME:
#                          the folder of the Python package, without it the one that tests/ops/build.sh has fetched)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
rounds=${1:-5}
. "$root/.mvn/find-jdk.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -z ${ORT_INCLUDE:-} ]]; then
  (cd "$work" && go mod init header >/dev/null 2>&1)
  ORT_INCLUDE=$(cd "$work" && go mod download -json github.com/yalue/onnxruntime_go@v1.13.0 |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
fi
gcc -O2 -isystem "$ORT_INCLUDE" -o "$work/floor" "$here/floor.c" -ldl

TF_HOME=${TF_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/espalier/tensorflow-cpu-2.21.0/tensorflow}
machine=amd64
[[ $(uname -m) == aarch64 ]] && machine=aarch64
onnxruntime=$(echo "$root"/dist/espalier/engines/onnxruntime-*/"$machine"/libonnxruntime.so)
tensorflow=$(echo "$root"/dist/espalier/engines/tensorflow-2.21.0/"$machine"/libtensorflow_cc.so.2)
gcc -O2 -isystem "$TF_HOME/include" -o "$work/floor_tensorflow" "$here/floor_tensorflow.c" \
  "$tensorflow" "${tensorflow%/*}/libtensorflow_framework.so.2" -Wl,-rpath,"${tensorflow%/*}"
"$JAVA_HOME/bin/javac" -cp "$root/dist/espalier/lib/*" -d "$work" "$here/EngineCall.java"
call=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED
  -cp "$work:$root/dist/espalier/lib/*" EngineCall)

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

compare() { # compare ENGINE LIBRARY MODEL FLOOR…: FLOOR is what measures from C
  local elements i c ours bytes
  for elements in 16 262144; do
    : >"$work/ratios" >"$work/c" >"$work/ours"
    for ((i = 0; i < rounds; i++)); do
      c=$("${@:4}" "$3" "$elements" 2)
      read -r ours bytes < <("${call[@]}" "$2" "$3" "$elements" 2)
      echo "$c" >>"$work/c" && echo "$ours" >>"$work/ours"
      awk -v a="$ours" -v b="$c" 'BEGIN {print a / b}' >>"$work/ratios"
    done
    printf '%-12s %-10s %10s %10s %8.3f %14s\n' "$1" "$elements" "$(median <"$work/c")" "$(median <"$work/ours")" \
      "$(median <"$work/ratios")" "$bytes"
  done
}

printf '%-12s %-10s %10s %10s %8s %14s\n' engine elements 'C us' 'ours us' ratio 'bytes a call'
compare onnxruntime "$onnxruntime" "$root/tests/models/repository/plus_one/1/model.onnx" "$work/floor" "$onnxruntime"
compare tensorflow "$tensorflow" "$root/tests/models/tensorflow/plus_graphdef/1/model.graphdef" "$work/floor_tensorflow"
