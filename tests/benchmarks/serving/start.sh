#!/usr/bin/env bash
# Start of the server to its first answer on one model, and the memory of one more idle worker, first for ONNX Runtime,
# then for TensorFlow:
#   start.sh [ROUNDS]      (8 rounds; needs dist/espalier)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
rounds=${1:-8}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
# What probes have found in op libraries stays there: every start but the first finds it.
export XDG_STATE_HOME=$work/state
port=$((20000 + RANDOM % 20000))

start() { # start REPOSITORY: sets pid, prints milliseconds until ready
  python3 - "$root/dist/espalier/bin/trtserver" "$1" "$port" "$work/pid" <<'PY'
import subprocess, sys, time, http.client
command, repository, port, pid = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
begin = time.monotonic()
process = subprocess.Popen([command, f"--model-repository={repository}", f"--http-port={port}",
                            f"--grpc-port={port + 1}", f"--metrics-port={port + 2}"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
open(pid, "w").write(str(process.pid))
while True:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/v2/health/ready")
        if connection.getresponse().status == 200:
            break
    except OSError:
        pass
    time.sleep(0.002)
print(round((time.monotonic() - begin) * 1000))
PY
}
stop() {
  kill "$(cat "$work/pid")"
  while kill -0 "$(cat "$work/pid")" 2>/dev/null; do sleep 0.05; done
}

measure() { # measure ENGINE MODELS MODEL
  printf '\n%s\n' "$1"
  mkdir -p "$work/$1" && cp -r "$root/examples/$2/$3" "$work/$1/"
  start "$work/$1" >/dev/null && stop
  for ((i = 0; i < rounds; i++)); do
    start "$work/$1" && stop
  done | sort -n | awk '{v[NR] = $1} END {printf "start to READY: median %d ms, fastest %d ms, of %d\n", v[int((NR + 1) / 2)], v[1], NR}'

  start "$root/examples/$2" >/dev/null
  # Each is the child of the process that has started it, and that is the server's.
  for worker in $(pgrep -P "$(pgrep -d , -P "$(cat "$work/pid")")"); do
    awk -v pid="$worker" '/^Private_(Clean|Dirty)/ {sum += $2; if (/Dirty/) dirty += $2} END {
      printf "worker %d: %d MB private, %d of them dirty\n", pid, sum / 1024, dirty / 1024}' "/proc/$worker/smaps_rollup"
  done
  stop
}

measure onnxruntime models zero_out
measure tensorflow tensorflow-models tf_zero_out
