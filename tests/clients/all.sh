#!/usr/bin/env bash
# Starts servers on the test models and runs suites against them:
#   all.sh TRTSERVER [--port P] [SUITE…]
# TRTSERVER is the command (dist/espalier/bin/trtserver). Ports are free ones, or P and the next two.
# Suites, without names all of them:
#   clients      Triton's Python clients           secure      the same over TLS and with a token
#   compare      a real Triton's recorded answers   live        a real Triton's answers now (oracle.sh)
#   hostile      requests that end other servers    broken      models that cannot be served
#   streams      many answers, many requests and large tensors over one call, and the load generator over them
#   regions      a client that takes its shared memory away while it is used
#   batching     dynamic batches                    conflict    libraries that define the same op
#   extensions   third parties' op libraries        kills       workers that die
#   perf         perf_analyzer                      ops         op libraries that come, change and go
#   abuse        clients that misbehave, beside others that must not notice
#   metrics      summaries of latencies, and the alerts of deploy/, read by Prometheus' own tool
#   h2spec       what RFC 9113 says of HTTP/2, frame by frame, against the gRPC port (needs go)
#   portable     clients and kills once more, over files and sockets (--worker-link=portable)
# Ends with the end of each failed suite's log, and `N passed, N failed`.
set -euo pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly tests=$(dirname "$here")
readonly root=$(dirname "$tests")
readonly work=$(mktemp -d)
readonly server=${1:?the trtserver command, see the head of this file}
shift
port='' suites=()
while (($#)); do
  case $1 in
    --port) port=$2 && shift 2 ;;
    -*) echo "all.sh: unknown option '$1' (known: --port P)" >&2 && exit 2 ;;
    *) suites+=("$1") && shift ;;
  esac
done
if [[ ${#suites[@]} == 0 ]]; then
  suites=(clients compare live hostile streams regions broken batching conflict extensions kills abuse metrics h2spec perf secure ops portable)
fi

free_ports() { # free_ports COUNT: consecutive ones, below those that the system gives to clients
  python3 - "$1" <<'PY'
import random, socket, sys
while True:
    first = random.randrange(20000, 32000)
    ports = range(first, first + int(sys.argv[1]))
    sockets = [socket.socket() for _ in ports]
    try:
        for each, port in zip(sockets, ports):
            each.bind(("127.0.0.1", port))
    except OSError:
        continue
    print(*ports)
    break
PY
}

pid='' served='' log='' started=0 addresses=()

serve() { # serve WHAT [FLAG…]: a server with these flags, the running one if it has them already
  [[ $served != "$*" || -z $pid ]] || return 0
  stop || return 1
  local flags=("${@:2}") http grpc metrics
  log=$work/server.$((++started)).log
  if [[ $port ]]; then
    http=$port grpc=$((port + 1)) metrics=$((port + 2))
  else
    read -r http grpc metrics < <(free_ports 3)
  fi
  addresses=(--http "127.0.0.1:$http" --grpc "127.0.0.1:$grpc" --metrics "127.0.0.1:$metrics")
  XDG_STATE_HOME=$work/state "$server" --strict-readiness=false "${flags[@]}" \
    --http-address=127.0.0.1 --http-port="$http" --grpc-address=127.0.0.1 --grpc-port="$grpc" \
    --metrics-address=127.0.0.1 --metrics-port="$metrics" >"$log" 2>&1 </dev/null &
  pid=$! served=$*
  for _ in $(seq 600); do
    if grep -qs "The start is complete" "$log"; then return; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -30 "$log"
  echo "all.sh: the server did not become ready"
  return 1
}

plain() {
  serve plain --allow-client-shm=true --model-repository="$tests/models/repository" --model-repository="$tests/models/broken" \
    --model-repository="$tests/models/conflict" "$@"
}

descendants() { # descendants PID
  local child
  for child in $(pgrep -P "$1" || true); do
    echo "$child"
    descendants "$child"
  done
}

# Ends the server as an operator would; complains when it does not go or leaves a process behind.
stop() {
  [[ $pid ]] || return 0
  local ended=$pid family each complaint=''
  family=$(descendants "$pid")
  pid='' served=''
  kill "$ended" 2>/dev/null || complaint="the server was gone already"
  for _ in $(seq 300); do
    kill -0 "$ended" 2>/dev/null || break
    sleep 0.1
  done
  if kill -9 "$ended" 2>/dev/null; then complaint="the server did not end within 30 s of a SIGTERM"; fi
  wait "$ended" 2>/dev/null || true
  for each in $family; do
    if kill -0 "$each" 2>/dev/null; then
      complaint+=" process $each outlived its server: $(tr '\0' ' ' <"/proc/$each/cmdline" | cut -c1-200)"
      kill -9 "$each" 2>/dev/null || true
    fi
  done
  [[ -z $complaint ]] || { echo "FAILED: $complaint" && return 1; }
}

clients() { "$here/run.sh" "${addresses[@]}" "$@"; }
python() { "$here/run.sh" --python "$@" "${addresses[@]}"; }

# Over TLS and with a token: the clients once more, and who must not get in.
secure() {
  local status=0
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
  printf 'chief-token admin\nreader-token infer\n' >"$work/tokens"
  plain --auth-token-file="$work/tokens" \
    --http-use-ssl=true --http-server-cert="$work/cert.pem" --http-server-key="$work/key.pem" \
    --grpc-use-ssl=true --grpc-server-cert="$work/cert.pem" --grpc-server-key="$work/key.pem" || return 1
  clients --ca="$work/cert.pem" --token=chief-token || status=1
  clients --ca="$work/cert.pem" --token=reader-token test_security.py || status=1
  return "$status"
}

streams() {
  plain || return 1
  clients test_streams.py || return 1
  "$here/perf.sh" "${addresses[@]}" --streaming
}

# Beside a real Triton that runs meanwhile.
live() {
  local oracle=() status=0 base
  plain || return 1
  read -r base _ < <(free_ports 3)
  export ORACLE_PORT=$base
  "$tests/conformance/oracle.sh" start || return 1
  read -ra oracle < <("$tests/conformance/oracle.sh" addresses | sed 's/--/--oracle-/g')
  python "$tests/conformance/compare.py" "${oracle[@]}" || status=1
  python "$tests/conformance/framing.py" "${oracle[@]}" || status=1
  "$tests/conformance/oracle.sh" stop || status=1
  return "$status"
}

# Each pair of libraries in workers of their own is right. All in one worker, the same test must fail: with ONNX Runtime
# the C++ ones answer for each other, TensorFlow calls both kernels of an op an error, and PyTorch ends the process.
conflict() {
  local repositories=(--model-repository="$tests/models/conflict" --model-repository="$tests/models/tensorflow_conflict"
    --model-repository="$tests/models/pytorch_conflict")
  local failure
  serve conflict "${repositories[@]}" || return 1
  python "$here/conflict.py" || return 1
  ESPALIER_TEST_ONE_WORKER=true serve together "${repositories[@]}" || return 1
  if python "$here/conflict.py" --requests 400 >"$work/together" 2>&1; then
    echo "FAILED: in one worker, too, nothing goes wrong: this test shows nothing"
    return 1
  fi
  for failure in 'conflict_cpp_.* [1-9][0-9]* wrong' 'custom_.* [1-9][0-9]* error' 'zero_out_.* [1-9][0-9]* error' 'torch_.* [1-9][0-9]* error'; do
    grep -q "^$failure" "$work/together" || { tail -20 "$work/together" && return 1; }
  done
  echo "in one worker, as expected: $(tail -1 "$work/together")"
}

# ONNX Runtime's library stands in a jar that the build has fetched, those for TensorFlow in a Python package.
extensions() {
  local jars=$HOME/.m2/repository/com/microsoft/onnxruntime/onnxruntime-extensions jar model name
  [[ -d $jars ]] || (cd "$root" && ./mvnw -B -q -pl engines/onnxruntime -am test-compile) || return 1
  jar=$(find "$jars" -name '*.jar' | head -1)
  cp -r "$tests/models/extensions" "$tests/models/tensorflow_text" "$work"
  python3 -m zipfile -e "$jar" "$work/jar"
  for model in "$work"/extensions/*; do
    mkdir -p "$model/1/ops"
    cp "$work/jar/ai/onnxruntime/extensions/native/linux-x64/libonnxruntime_extensions4j_jni.so" "$model/1/ops/"
  done
  tensorflow_text || return 1
  mkdir "$work/tensorflow_text/.ops"
  for name in normalize_ops regex_split_ops wordpiece_tokenizer; do
    cp "$text/tensorflow_text/python/ops/_$name.so" "$work/tensorflow_text/.ops/"
  done
  serve extensions --model-repository="$work/extensions" --model-repository="$work/tensorflow_text" || return 1
  python "$here/extensions.py"
}

# Sets text to the folder of tensorflow-text, fetched once; this version is built for the TensorFlow of the distribution.
tensorflow_text() {
  text=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/tensorflow-text-2.21.1
  [[ ! -e $text/tensorflow_text ]] || return 0
  python3 -m pip download -q --disable-pip-version-check --no-deps --python-version 3.11 --only-binary=:all: \
    --platform manylinux_2_27_x86_64 --dest "$work/wheel" tensorflow-text==2.21.1 || return 1
  python3 -m zipfile -e "$work"/wheel/*.whl "$text"
}

# Starts servers of its own, one for each case.
ops() {
  stop || return 1
  "$here/run.sh" --python -m pytest -q -p no:cacheprovider --server="$server" "$tests/conformance/ops"
}

broken() {
  "$here/run.sh" --python "$here/broken.py" --make "$work/models" || return 1
  serve broken --model-repository="$work/models" || return 1
  python "$here/broken.py"
}

kills() {
  serve kills --model-repository="$tests/models/repository" --quarantine-after=0 || return 1
  python "$here/kill.py" --pid "$pid"
}

# With short time limits, and an end while clients hold on to everything that they can.
abuse() {
  local began held
  ulimit -n "$(ulimit -Hn)"
  serve abuse --model-repository="$tests/models/repository" --request-memory-mb=1024 --http-header-timeout-secs=3 \
    --http-body-timeout-secs=3 --http-answer-timeout-secs=5 --exit-timeout-secs=5 \
    --grpc-handshake-timeout-secs=3 --grpc-body-timeout-secs=3 --grpc-answer-timeout-secs=5 || return 1
  python "$here/abuse.py" --pid "$pid" --log "$log" || return 1
  python "$here/abuse.py" --hold >"$work/held" &
  held=$!
  for _ in $(seq 100); do
    [[ ! -s $work/held ]] || break
    sleep 0.1
  done
  began=$SECONDS
  stop || { kill "$held" && return 1; }
  kill "$held" 2>/dev/null || true
  ((SECONDS - began <= 15)) || { echo "FAILED: the server took $((SECONDS - began)) s to end" && return 1; }
}

# The tool comes with the system's package, where that can be installed.
metrics() {
  if ! command -v promtool >/dev/null && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    (cd "$work" && apt-get download -qq prometheus && dpkg -x prometheus_*.deb "$work/prometheus") >/dev/null 2>&1 || true
    PATH=$work/prometheus/usr/bin:$PATH
  fi
  command -v promtool >/dev/null || { echo "FAILED: there is no promtool (expected: the package prometheus)" && return 1; }
  promtool check rules "$root/deploy/prometheus/espalier.rules.yml" || return 1
  promtool test rules "$here/alerts.yml" || return 1
  serve metrics --model-repository="$tests/models/repository" --metrics-config=summary_latencies=true \
    --metrics-config=histogram_latencies=true --metrics-config=counter_latencies=false \
    --metrics-config=summary_quantiles=0.5:0.05,0.99:0.001 || return 1
  clients test_latencies.py
}

# The tool comes from the Go module proxy, once.
h2spec() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/h2spec-2.2.1
  if [[ ! -x $folder/h2spec ]]; then
    command -v go >/dev/null || { echo "FAILED: there is no go to build h2spec with (expected: Go 1.21 or newer)" && return 1; }
    GOBIN=$folder go install github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible || return 1
  fi
  plain || return 1
  python "$here/h2spec.py" --tool "$folder/h2spec"
}

# The kind of link that needs nothing of Linux. Leaves no file.
portable() {
  mkdir -p "$work/files"
  local -x ESPALIER_JAVA_OPTIONS="${ESPALIER_JAVA_OPTIONS:-} -Djava.io.tmpdir=$work/files"
  plain --worker-link=portable || return 1
  clients || return 1
  serve portable --model-repository="$tests/models/repository" --quarantine-after=0 \
    --worker-link=portable || return 1
  python "$here/kill.py" --pid "$pid" --kills 20 || return 1
  stop || return 1
  [[ -z $(ls -A "$work/files") ]] || { echo "FAILED: files are left:" && ls -R "$work/files" && return 1; }
}

run() {
  case $1 in
    secure | live | streams | conflict | extensions | broken | kills | abuse | metrics | h2spec | ops | portable)
      "$1"
      return
      ;;
  esac
  plain || return 1
  case $1 in
    clients) clients ;;
    compare) python "$tests/conformance/compare.py" && python "$tests/conformance/framing.py" ;;
    hostile) python "$tests/conformance/hostile.py" --pid "$pid" ;;
    regions) python "$here/regions.py" ;;
    batching) python "$here/batching.py" ;;
    perf) "$here/perf.sh" "${addresses[@]}" ;;
    *) echo "all.sh: unknown suite '$1'" && return 2 ;;
  esac
}

# Passes no failure on from a function's condition to its commands: each checks its own.
passed=0 failed=()
trap 'stop || true' EXIT
for suite in "${suites[@]}"; do
  began=$SECONDS status=0
  run "$suite" >"$work/$suite.log" 2>&1 || status=1
  told=$(grep -E '(^|[ =])[0-9]+ passed' "$work/$suite.log" | tail -n 1 || true)
  if [[ $status == 0 ]]; then
    passed=$((passed + 1))
    echo "ok      $suite: $told ($((SECONDS - began)) s)"
  else
    failed+=("$suite")
    echo "FAILED  $suite: ${told:-no result} ($((SECONDS - began)) s)"
  fi
done
if ! stop >"$work/end.log"; then failed+=(end); fi
for suite in ${failed[@]+"${failed[@]}"}; do
  printf '\n--- end of %s\n' "$work/$suite.log"
  tail -n 40 "$work/$suite.log"
done
if [[ ${#failed[@]} == 0 ]]; then rm -rf "$work"; else echo "--- the servers' logs: $work/server.*.log"; fi
echo "$passed passed, ${#failed[@]} failed"
exit $((${#failed[@]} > 0))
