#!/usr/bin/env bash
# An engine call through our binding against the same call from C, pair by pair:
#   run.sh [ROUNDS]        (5 rounds; needs gcc, dist/espalier, and go or ORT_INCLUDE for the C header)
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

machine=amd64
[[ $(uname -m) == aarch64 ]] && machine=aarch64
library=$(echo "$root"/dist/espalier/engines/onnxruntime-*/"$machine"/libonnxruntime.so)
model=$root/tests/models/repository/plus_one/1/model.onnx
"$JAVA_HOME/bin/javac" -cp "$root/dist/espalier/lib/*" -d "$work" "$here/EngineCall.java"
call=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED
  -cp "$work:$root/dist/espalier/lib/*" EngineCall)

median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
printf '%-10s %10s %10s %8s %14s\n' elements 'C us' 'ours us' ratio 'bytes a call'
for elements in 16 262144; do
  : >"$work/ratios" >"$work/c" >"$work/ours"
  bytes=0
  for ((i = 0; i < rounds; i++)); do
    c=$("$work/floor" "$library" "$model" "$elements" 2)
    read -r ours bytes < <("${call[@]}" "$library" "$model" "$elements" 2)
    echo "$c" >>"$work/c" && echo "$ours" >>"$work/ours"
    awk -v a="$ours" -v b="$c" 'BEGIN {print a / b}' >>"$work/ratios"
  done
  printf '%-10s %10s %10s %8.3f %14s\n' "$elements" "$(median <"$work/c")" "$(median <"$work/ours")" \
    "$(median <"$work/ratios")" "$bytes"
done
