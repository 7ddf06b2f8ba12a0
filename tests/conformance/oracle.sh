#!/usr/bin/env bash
# A real Triton 2.51.0 without GPU and without compiler, to ask what is right: its server and python backend come out
# of the nvidia-pytriton wheel. It serves the same model names as ours (oracle_models.py).
#
#   oracle.sh install        once; into $ESPALIER_ORACLE (default: the user's cache folder)
#   oracle.sh start [flag…]  waits until it is ready; HTTP on $ORACLE_PORT (18020), gRPC and metrics on the next two
#   oracle.sh stop
#   oracle.sh addresses      the arguments that the suites take
set -euo pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly home=${ESPALIER_ORACLE:-${XDG_CACHE_HOME:-$HOME/.cache}/espalier/oracle}
readonly port=${ORACLE_PORT:-18020}
readonly tree=$home/wheel/pytriton/tritonserver
readonly pidfile=$home/pid-$port log=$home/log-$port models=$home/models-$port

missing_packages() {
  command -v patchelf >/dev/null || echo patchelf
  ldconfig -p | grep -q 'libb64\.so\.0d' || echo libb64-0d
}

install() {
  local packages stub
  if [[ -e $home/installed ]]; then return; fi
  packages=$(missing_packages)
  if [[ -n $packages ]]; then
    # shellcheck disable=SC2086  # a list of names
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages; } >/dev/null; then
      echo "oracle.sh: install these system packages first: ${packages//$'\n'/ }" >&2
      return 1
    fi
  fi
  mkdir -p "$home/download" "$home/backends"
  python3 -m venv "$home/venv"
  # With numpy 2 the python backend of this release answers every request with empty outputs.
  "$home/venv/bin/pip" install --quiet 'numpy==1.26.4'
  "$home/venv/bin/pip" download --quiet --no-deps --dest "$home/download" 'nvidia-pytriton==0.7.0'
  python3 -m zipfile -e "$home"/download/nvidia_pytriton-*.whl "$home/wheel"
  cp -r "$tree/backends/python" "$home/backends/"
  stub=$tree/python_backend_stubs/$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [[ ! -d $stub ]]; then
    echo "oracle.sh: the wheel has no stub for this Python (it has: $(ls "$tree/python_backend_stubs" | xargs))" >&2
    return 1
  fi
  cp "$stub/triton_python_backend_stub" "$home/backends/python/"
  chmod +x "$home/backends/python/triton_python_backend_stub" "$tree/bin/tritonserver"
  # Both find their libraries in the wheel, whatever the environment says.
  patchelf --set-rpath "$home/wheel/nvidia_pytriton.libs" "$tree/bin/tritonserver" "$home/backends/python/triton_python_backend_stub"
  touch "$home/installed"
  echo "installed: $home"
}

start() {
  local pid
  install
  rm -rf "$models"
  python3 -B "$here/oracle_models.py" "$models"
  PATH=$home/venv/bin:$PATH LD_LIBRARY_PATH=$home/wheel/nvidia_pytriton.libs \
    setsid "$tree/bin/tritonserver" --model-repository="$models/repository" --model-repository="$models/broken" \
    --backend-directory="$home/backends" --exit-on-error=false --strict-readiness=false \
    --http-address=127.0.0.1 --http-port="$port" --grpc-address=127.0.0.1 --grpc-port=$((port + 1)) \
    --metrics-address=127.0.0.1 --metrics-port=$((port + 2)) "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$pidfile"
  for _ in $(seq 600); do
    if python3 - "$port" <<'PY' 2>/dev/null; then
import sys, urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/v2/health/ready", timeout=2)
PY
      echo "ready: pid $pid, $(addresses)"
      return
    fi
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.2
  done
  tail -20 "$log" >&2
  echo "oracle.sh: the server did not become ready; its log is $log" >&2
  return 1
}

stop() {
  local pid
  pid=$(cat "$pidfile")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    if ! kill -0 "$pid" 2>/dev/null; then
      rm -f "$pidfile"
      return
    fi
    sleep 0.2
  done
  kill -9 -- "-$pid"
  rm -f "$pidfile"
}

addresses() { echo "--http 127.0.0.1:$port --grpc 127.0.0.1:$((port + 1)) --metrics 127.0.0.1:$((port + 2))"; }

case ${1:-} in
  install | start | stop | addresses) "$@" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
esac
