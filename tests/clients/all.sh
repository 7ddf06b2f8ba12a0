#!/usr/bin/env bash
# Starts a server on the test models, runs every suite against it and sums up:
#   all.sh TRTSERVER [--port 18900] [--with REPOSITORY]… [--live] [SUITE…]
# TRTSERVER is the command (dist/espalier/bin/trtserver). --with adds a repository, such as the one of the conflict_*
# models. --live compares with a running Triton (conformance/oracle.sh) instead of its recorded answers.
# Suites: clients secure compare hostile batching conflict kill perf; without names all, conflict only with --with.
set -euo pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly tests=$(dirname "$here")
readonly work=$(mktemp -d)
port=18900 live='' pid='' suites=() repositories=("$tests/models/repository" "$tests/models/broken")
readonly server=${1:?the trtserver command, see the head of this file}
shift
while (($#)); do
  case $1 in
    --port) port=$2 && shift 2 ;;
    --with) repositories+=("$2") && suites+=(conflict) && shift 2 ;;
    --live) live=yes && shift ;;
    *) suites+=("$1") && shift ;;
  esac
done
if [[ ${#suites[@]} == 0 || ${suites[*]} == conflict ]]; then
  suites+=(clients compare hostile batching kill perf secure)
fi
readonly addresses=(--http "127.0.0.1:$port" --grpc "127.0.0.1:$((port + 1))" --metrics "127.0.0.1:$((port + 2))")

start() { # start [FLAG…]
  "$server" "${repositories[@]/#/--model-repository=}" --strict-readiness=false \
    --http-address=127.0.0.1 --http-port="$port" --grpc-address=127.0.0.1 --grpc-port=$((port + 1)) \
    --metrics-address=127.0.0.1 --metrics-port=$((port + 2)) "$@" >>"$work/server" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 300); do
    # The metrics port is plain in any case, and counts of a model appear there when it is loaded.
    if metrics | grep -q 'nv_inference_count{.*"simple"'; then return; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -30 "$work/server" >&2
  echo "all.sh: the server did not become ready" >&2
  return 1
}

metrics() {
  python3 - "$((port + 2))" <<'PY' 2>/dev/null
import sys, urllib.request
print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics", timeout=2).read().decode())
PY
}

stop() {
  if [[ $pid ]]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  pid=''
}
trap stop EXIT

# Over TLS and with a token: the clients once more, and who must not get in.
secure() {
  local status=0
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
  printf 'chief-token admin\nreader-token infer\n' >"$work/tokens"
  stop
  start --auth-token-file="$work/tokens" \
    --http-use-ssl=true --http-server-cert="$work/cert.pem" --http-server-key="$work/key.pem" \
    --grpc-use-ssl=true --grpc-server-cert="$work/cert.pem" --grpc-server-key="$work/key.pem" || return 1
  "$here/run.sh" "${addresses[@]}" --ca="$work/cert.pem" --token=chief-token || status=1
  "$here/run.sh" "${addresses[@]}" --ca="$work/cert.pem" --token=reader-token test_security.py || status=1
  stop
  start || return 1
  return "$status"
}

run() {
  local python=("$here/run.sh" --python) oracle=()
  case $1 in
    clients) "$here/run.sh" "${addresses[@]}" ;;
    secure) secure ;;
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
start
for suite in "${suites[@]}"; do
  echo "== $suite"
  if run "$suite" >"$work/$suite" 2>&1; then
    passed=$((passed + 1))
    grep ' passed' "$work/$suite"
  else
    failed=$((failed + 1))
    tail -40 "$work/$suite"
    echo "   (whole: $work/$suite)"
  fi
done
echo "suites: $passed passed, $failed failed; the server's log: $work/server"
exit $((failed > 0))
