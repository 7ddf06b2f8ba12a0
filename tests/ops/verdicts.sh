#!/usr/bin/env bash
# Asks the distribution for its verdict on every library of this folder (x86-64), and compares it with what
# docs/op-libraries.md promises. Each library that opens badly is probed in a process of its own.
#
#     tests/ops/verdicts.sh [library ...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
espalier=$here/../../dist/espalier/bin/espalier
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/x86-64/*.so "$work"
head -c 200 /dev/urandom | base64 >"$work/libtext.so"
: >"$work/libempty.so"
cp "$work/libscale_by_2.so" "$work/libunreadable.so"
chmod 000 "$work/libunreadable.so"

# library | exit code | the last line, as a pattern of the shell
table='
scale_by_2 | 0 | OK: op library libscale_by_2.so@* can be loaded, and provides 1 op
several | 0 | OK: op library libseveral.so@* can be loaded, and provides 2 ops
conflict_cpp_add | 0 | OK: op library libconflict_cpp_add.so@* can be loaded, and provides 1 op
absent | 1 | * cannot be read: there is no such file
text | 1 | * is not an ELF file: *
empty | 1 | * is not an ELF file: it is empty*
truncated | 1 | * is truncated: its * would end at byte *, and it has * bytes; copy it again
other_machine | 1 | * is for AArch64, 64 bit (expected: x86-64, 64 bit, as this machine is)
program | 1 | * is an executable program (expected: a shared library; link it with -shared)
plain | 1 | * is no op library: nothing in it is made for an engine *
missing_library | 1 | * needs libespalier_vendor.so.7, not found in */etc/ld.so.cache*
newer_glibc | 1 | * needs GLIBC_2.99 of libc.so.6, which has GLIBC_* at most here; *
newer_glibcxx | 1 | * needs GLIBCXX_3.4.99 of libstdc++.so.6, which has GLIBCXX_* at most here; *
undefined | 1 | * needs espalier_function_that_nobody_has, which no library that it names has; *
undefined_cpp | 1 | * needs vendor::interpolate(float const\*, int), which no library that it names has; *
newer_api | 1 | * is made for a newer engine: it asks for API 1000, and onnxruntime-* has * at most; *
newer_api_checked | 1 | * is made for a newer engine: it asks for API 1000, and onnxruntime-* has * at most; *
opening_crashes | 1 | * a probe was ended by SIGSEGV while it was opened, in a static initialiser; *
opening_aborts | 1 | * a probe was ended by SIGABRT while it was opened, in a static initialiser; *
opening_exits | 1 | * a probe exited with 3 while it was opened, in a static initialiser; *
registering_crashes | 1 | * a probe was ended by SIGSEGV while it was asked for its ops, in its entry point; *
opening_hangs | 1 | * hangs: after 10 s nothing had happened while it was opened, in a static initialiser; *
registering_hangs | 1 | * hangs: after 10 s nothing had happened while it was asked for its ops, in its entry point; *
'
# root may read everything.
[[ $(id -u) == 0 ]] || table+='unreadable | 1 | * cannot be read: this user has no permission; *
'

failed=0
while IFS='|' read -r library code pattern; do
    library=${library// /}
    code=${code// /}
    pattern=${pattern# }
    [[ -n $library ]] || continue
    [[ $# == 0 || " $* " == *" $library "* ]] || continue
    status=0
    verdict=$("$espalier" ops check "$work/lib$library.so" --state-directory="$work/state" | tail -n 1) || status=$?
    # shellcheck disable=SC2053 # a pattern, meant to match
    if [[ $status == "$code" && $verdict == $pattern ]]; then
        echo "ok      $library"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n    exit %s (expected: %s)\n    %s\n    (expected: %s)\n' \
            "$library" "$status" "$code" "$verdict" "$pattern"
    fi
done <<<"$table"
[[ $failed == 0 ]] || {
    echo "$failed verdicts are others than expected" >&2
    exit 1
}
