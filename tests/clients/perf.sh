#!/usr/bin/env bash
# Triton's own load generator against a started server: must finish over both protocols and print server-side statistics.
#   perf.sh --http HOST:PORT --grpc HOST:PORT [--metrics HOST:PORT] [--model simple] [--streaming]
# With --streaming, over gRPC's streams instead of one call a request.
# perf_analyzer comes out of the last client wheel that holds the program (2.47.0).
set -euo pipefail

readonly home=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/perf-analyzer-2.47.0
http=127.0.0.1:8000 grpc=127.0.0.1:8001 model=simple streaming=''
while (($#)); do
  case $1 in
    --streaming) streaming=yes && shift && continue ;;
    --http) http=$2 ;;
    --grpc) grpc=$2 ;;
    --metrics) ;;
    --model) model=$2 ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
  esac
  shift 2
done

install() {
  [[ -e $home/ready ]] && return
  if ! command -v patchelf >/dev/null || ! ldconfig -p | grep -q libb64.so.0d; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq patchelf libb64-0d; } >/dev/null || {
      echo "perf.sh: install the system packages patchelf and libb64-0d first" >&2
      return 1
    }
  fi
  mkdir -p "$home"
  python3 -m venv "$home/venv"
  # It links against the CUDA runtime and starts without a GPU.
  "$home/venv/bin/pip" download --quiet --no-deps --dest "$home/wheels" tritonclient==2.47.0 nvidia-cuda-runtime-cu12==12.4.127
  for wheel in "$home"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$home/x"; done
  cp "$home"/x/tritonclient-2.47.0.data/data/bin/perf_analyzer "$home/"
  chmod +x "$home/perf_analyzer"
  patchelf --set-rpath "$home/x/nvidia/cuda_runtime/lib" "$home/perf_analyzer"
  touch "$home/ready"
}

failed=0 passed=0
report() { # report NAME STATUS
  if (($2 == 0)); then
    passed=$((passed + 1)) && echo "ok      $1"
  else
    failed=$((failed + 1)) && echo "FAILED  $1"
  fi
}

measure() { # measure PROTOCOL ADDRESS [OPTION…]
  local log=$home/last-$1.log status=0
  # Count windows end after so many requests. What is shown is that it finishes, not how fast: any spread will do.
  timeout 300 "$home/perf_analyzer" -m "$model" -i "$1" -u "$2" --concurrency-range 1:8 --measurement-mode count_windows \
    --measurement-request-count 200 --stability-percentage 10000 --max-trials 6 "${@:3}" >"$log" 2>&1 || status=$?
  report "$1: perf_analyzer finished (exit $status)" "$status"
  status=0
  [[ $(grep -c '^Concurrency: [1-8], throughput: [1-9]' "$log") == 8 ]] || status=1
  report "$1: a throughput for each of 8 concurrencies" "$status"
  status=0
  [[ $(grep -c '^ *Server: *$' "$log") == 8 && $(grep -Ec '^ *Inference count: [1-9]' "$log") == 8 &&
    $(grep -Ec 'overhead [0-9]+ usec \+ queue [0-9]+ usec \+ compute input' "$log") == 8 ]] || status=1
  report "$1: server-side statistics for each" "$status"
  grep '^Concurrency: [1-8], throughput' "$log" || tail -15 "$log"
}

install
if [[ $streaming ]]; then
  measure grpc "$grpc" --streaming --async
else
  measure http "$http"
  measure grpc "$grpc"
fi
echo "$passed passed, $failed failed"
exit $((failed > 0))
