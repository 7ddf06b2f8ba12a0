#!/usr/bin/env bash
# Starts a server on the test models, runs every suite against it and sums up:
#   all.sh TRTSERVER [--port 18900] [--with REPOSITORY]… [--live] [SUITE…]
# TRTSERVER is the command (dist/espalier/bin/trtserver). --with adds a repository, such as the one of the conflict_*
# models. --live compares with a running Triton (conformance/oracle.sh) instead of its recorded answers.
# Suites: clients compare hostile batching conflict kill perf; without names all but conflict, which --with turns on.
set -euo pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly tests=$(dirname "$here")
readonly log=$(mktemp -d)
port=18900 live='' suites=() repositories=("$tests/models/repository" "$tests/models/broken")
server=${1:?the trtserver command, see the head of this file}
shift
while (($#)); do
  case $1 in
    --port) port=$2 && shift 2 ;;
    --with) repositories+=("$2") && suites+=(conflict) && shift 2 ;;
    --live) live=yes && shift ;;
    *) suites+=("$1") && shift ;;
  esac
done
if [[ ${#suites[@]} == 0 || ${suites[*]} == conflict ]]; then suites+=(clients compare hostile batching kill perf); fi

readonly addresses=(--http "127.0.0.1:$port" --grpc "127.0.0.1:$((port + 1))" --metrics "127.0.0.1:$((port + 2))")
"$server" "${repositories[@]/#/--model-repository=}" --strict-readiness=false \
  --http-address=127.0.0.1 --http-port="$port" --grpc-address=127.0.0.1 --grpc-port=$((port + 1)) \
  --metrics-address=127.0.0.1 --metrics-port=$((port + 2)) >"$log/server" 2>&1 </dev/null &
readonly pid=$!
stop() {
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}
trap stop EXIT

ready() {
  python3 - "$port" <<'PY' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/v2/models/simple/ready", timeout=2)
PY
}
for _ in $(seq 300); do
  if ready; then break; fi
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 0.1
done
if ! ready; then
  tail -30 "$log/server" >&2
  echo "all.sh: the server did not become ready" >&2
  exit 1
fi

run() {
  local python=("$here/run.sh" --python) oracle=()
  case $1 in
    clients) "$here/run.sh" "${addresses[@]}" ;;
    compare)
      if [[ $live ]]; then
        read -ra oracle < <("$tests/conformance/oracle.sh" addresses | sed 's/--/--oracle-/g')
      fi
      "${python[@]}" "$tests/conformance/compare.py" "${addresses[@]}" "${oracle[@]}"
      ;;
    hostile) "${python[@]}" "$tests/conformance/hostile.py" "${addresses[@]}" --pid "$pid" ;;
    kill) "${python[@]}" "$here/kill.py" "${addresses[@]}" --pid "$pid" ;;
    batching | conflict) "${python[@]}" "$here/$1.py" "${addresses[@]}" ;;
    perf) "$here/perf.sh" "${addresses[@]}" ;;
    *) echo "all.sh: unknown suite '$1'" >&2 && return 2 ;;
  esac
}

passed=0 failed=0
for suite in "${suites[@]}"; do
  echo "== $suite"
  if run "$suite" >"$log/$suite" 2>&1; then
    passed=$((passed + 1))
    tail -1 "$log/$suite"
  else
    failed=$((failed + 1))
    tail -40 "$log/$suite"
    echo "   (whole: $log/$suite)"
  fi
done
echo "suites: $passed passed, $failed failed; the server's log: $log/server"
exit $((failed > 0))
