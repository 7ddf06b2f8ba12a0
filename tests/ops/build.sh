#!/bin/sh
# Builds every op library of the examples and the tests, for this machine's architecture:
#
#     tests/ops/build.sh [--check] [--without-pytorch]
#
# They go to tests/ops/<architecture>/, and from there into the model folders that use them. The ones for x86-64 are
# committed, so that nobody needs a compiler to run anything here. --check builds elsewhere and compares the
# exported and needed symbols with the committed ones (the bytes differ between compilers).
#
# Needs gcc and g++, and headers: ONNX Runtime's from the folder that ORT_INCLUDE names, else from a Go module that
# carries it (then it needs go); TensorFlow's, of two versions, from the Python packages in the folders that TF_HOME and
# TF_2_16_HOME name, else from the package tensorflow-cpu, which is fetched once (then it needs pip); PyTorch's from the
# folder of the Python package that TORCH_HOME names, else from the package torch in the same way.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
architecture=$(uname -m | tr _ -)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "${ORT_INCLUDE:-}" ]; then
    # Its header is of API 20, so the libraries run on every ONNX Runtime since 1.20.
    cd "$work"
    go mod init header >/dev/null 2>&1
    ORT_INCLUDE=$(go mod download -json github.com/yalue/onnxruntime_go@v1.13.0 | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
    cd "$here"
fi
[ -e "$ORT_INCLUDE/onnxruntime_c_api.h" ] || {
    echo "no onnxruntime_c_api.h in '$ORT_INCLUDE': set ORT_INCLUDE to its folder" >&2
    exit 1
}

headers() { # VERSION: prints the folder of TensorFlow's Python package, of which headers are fetched once
    folder=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/tensorflow-cpu-$1/tensorflow
    if [ ! -e "$folder/include/tensorflow" ]; then
        python3 -m pip download -q --disable-pip-version-check --no-deps --python-version 3.11 \
            --only-binary=:all: --dest "$work/wheel-$1" "tensorflow-cpu==$1"
        python3 - "$work/wheel-$1"/*.whl "$(dirname "$folder")" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wanted = ("tensorflow/include/", "tensorflow/libtensorflow_framework.so.2")
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(wanted)])
PY
    fi
    echo "$folder"
}
[ -n "${TF_HOME:-}" ] || TF_HOME=$(headers 2.21.0)
[ -n "${TF_2_16_HOME:-}" ] || TF_2_16_HOME=$(headers 2.16.2)
for home in "$TF_HOME" "$TF_2_16_HOME"; do
    [ -e "$home/include/tensorflow/core/framework/op.h" ] || {
        echo "no include/tensorflow/core/framework/op.h in '$home': set TF_HOME and TF_2_16_HOME to the folders of the Python packages" >&2
        exit 1
    }
done

with_torch=yes
for argument; do
    [ "$argument" != --without-pytorch ] || with_torch=
done
if [ -z "${TORCH_HOME:-}" ] && [ "$with_torch" ]; then
    TORCH_HOME=${XDG_CACHE_HOME:-$HOME/.cache}/espalier/torch-2.13.0/torch
    if [ ! -e "$TORCH_HOME/include/torch" ]; then
        python3 -m pip download -q --disable-pip-version-check --no-deps --python-version 3.11 \
            --only-binary=:all: --dest "$work/wheel-torch" torch==2.13.0
        python3 - "$work/wheel-torch"/*.whl "$(dirname "$TORCH_HOME")" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith("torch/include/")])
PY
        rm -rf "$work/wheel-torch"
    fi
fi
[ -z "$with_torch" ] || [ -e "$TORCH_HOME/include/torch/library.h" ] || {
    echo "no include/torch/library.h in '$TORCH_HOME': set TORCH_HOME to the folder of the Python package" >&2
    exit 1
}

target=$here/$architecture
[ "${1:-}" != --check ] || target=$work/$architecture
mkdir -p "$target"

# Baseline code for the architecture, nothing of this machine in the file, few pages.
flags="-O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -I$root/examples -isystem $ORT_INCLUDE"
flags="$flags -ffile-prefix-map=$root=. -Wl,--build-id=none -Wl,-z,noseparate-code -s"

c() { # NAME SOURCE [FLAG ...]
    name=$1 source=$2
    shift 2
    gcc -std=c11 -D_POSIX_C_SOURCE=199309L $flags "$@" "$root/$source" -o "$target/lib$name.so"
}
cpp() {
    name=$1 source=$2
    shift 2
    g++ -std=c++17 $flags "$@" "$root/$source" -o "$target/lib$name.so"
}

c zero_out examples/zero_out/zero_out.c
c scale_by_2 examples/scale/scale.c -DFACTOR=2
c scale_by_10 examples/scale/scale.c -DFACTOR=10
c conflict_c_add tests/ops/conflict.c '-DEXPRESSION=(x + y)'
c conflict_c_sub tests/ops/conflict.c '-DEXPRESSION=(x - y)'
c conflict_c_file tests/ops/conflict.c '-DEXPRESSION=(x + y + number)' -DFROM_FILE -include "$here/file.h"
# The op and its singleton are visible outside the library, as they are unless an author hides them.
cpp conflict_cpp_add tests/ops/conflict.cc '-DEXPRESSION=(x + y)' -fvisibility=default
cpp conflict_cpp_sub tests/ops/conflict.cc '-DEXPRESSION=(x - y)' -fvisibility=default
c busy tests/ops/busy.c
c crash tests/ops/crash.c
c failing tests/ops/failing.c
c undefined tests/ops/undefined.c
c plain tests/ops/plain.c
c newer_api tests/ops/newer_api.c
c newer_api_checked tests/ops/newer_api.c -DCHECKED
c opening_crashes tests/ops/trouble.c '-DOPENING=crash()'
c opening_hangs tests/ops/trouble.c '-DOPENING=hang()'
c opening_exits tests/ops/trouble.c '-DOPENING=exit(3)'
c opening_aborts tests/ops/trouble.c '-DOPENING=abort()'
c registering_crashes tests/ops/trouble.c '-DREGISTERING=crash()'
c registering_hangs tests/ops/trouble.c '-DREGISTERING=hang()'
c twice tests/ops/scalar.c '-DOP="Twice"' '-DEXPRESSION=2 * x'
c thrice tests/ops/scalar.c '-DOP="Thrice"' '-DEXPRESSION=3 * x'
c several tests/ops/several.c
# A library, and one that it finds by its own place.
gcc -std=c11 $flags -Wl,-soname,libbeside.so "$here/beside.c" -o "$target/libbeside.so"
c twice_beside tests/ops/scalar.c '-DOP="Twice"' '-DEXPRESSION=espalier_beside(x)' -include "$here/beside.h" \
    -Wl,--no-as-needed "$target/libbeside.so" -Wl,-rpath,'$ORIGIN:$ORIGIN/lib'
for source in "$here"/faults/*.c "$here"/faults/*.cc; do
    fault=$(basename "${source%.c*}")
    case $source in
    *.c) c "fault_$fault" "tests/ops/faults/$fault.c" -pthread -lm ;;
    *) cpp "fault_$fault" "tests/ops/faults/$fault.cc" -pthread ;;
    esac
done

# Libraries that need what is not here: they are linked with a stand-in that stays behind.
cpp undefined_cpp tests/ops/needs.cc -DFUNCTION=interpolate
stand_in() { # SONAME FUNCTION [VERSION]
    printf '%s { global: *; };\n' "${3:-}" >"$work/versions"
    g++ -shared -fPIC "-DFUNCTION=$2" -Wl,-soname="$1" -Wl,--version-script="$work/versions" -nostdlib \
        "$here/vendor.cc" -o "$work/$1"
}
needs() { # NAME SONAME FUNCTION
    g++ -std=c++17 $flags "-DFUNCTION=$3" "$here/needs.cc" "$work/$2" -o "$target/lib$1.so"
}
stand_in libespalier_vendor.so.7 interpolate
needs missing_library libespalier_vendor.so.7 interpolate
stand_in libc.so.6 from_a_later_libc GLIBC_2.99
needs newer_glibc libc.so.6 from_a_later_libc
stand_in libstdc++.so.6 from_a_later_libstdcxx GLIBCXX_3.4.99
needs newer_glibcxx libstdc++.so.6 from_a_later_libstdcxx

marked() { # ENGINE SONAME SYMBOL
    gcc $flags "-DSYMBOL=\"$3\"" -DDEFINED -Wl,-soname="$2" "$here/marked.c" -o "$work/$2"
    gcc $flags "-DSYMBOL=\"$3\"" "$here/marked.c" "$work/$2" -o "$target/libmarked_$1.so"
}
marked tensorflow libtensorflow_framework.so.2 _ZN10tensorflow12OpDefBuilderC1ENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE
marked pytorch libtorch_cpu.so _ZN5torch7LibraryC1ENS0_4KindENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESt8optionalIN3c1011DispatchKeyEEPKcj
marked tensorrt libnvinfer.so.10 getPluginRegistry

# Libraries for TensorFlow. Those in C, and those that cannot be loaded, get by with a stand-in to be linked with.
stand_in libtensorflow_framework.so.2 stand_in
tf() { # NAME SOURCE [FLAG ...]
    name=$1 source=$2
    shift 2
    gcc -std=c11 -D_POSIX_C_SOURCE=199309L $flags "$@" "$root/$source" -Wl,--no-as-needed \
        "$work/libtensorflow_framework.so.2" -o "$target/libtf_$name.so"
}
tf_cpp() { # NAME SOURCE [FLAG ...]
    tf_cpp_for "$TF_HOME" "$@"
}
tf_cpp_for() { # HOME NAME SOURCE [FLAG ...]
    home=$1 name=$2 source=$3
    shift 3
    g++ -std=c++17 $flags -fvisibility=default -Wno-error -w -isystem "$home/include" -D_GLIBCXX_USE_CXX11_ABI=1 \
        -DEIGEN_MAX_ALIGN_BYTES=64 "-ffile-prefix-map=$home=tensorflow" "$@" "$root/$source" \
        "$home/libtensorflow_framework.so.2" -o "$target/libtf_$name.so"
}
tf_needs() { # NAME FUNCTION [FLAG ...]
    name=$1 function=$2
    shift 2
    g++ -std=c++17 $flags "-DFUNCTION=$function" "$root/tests/ops/tensorflow/needs.cc" -Wl,--no-as-needed "$@" \
        -o "$target/libtf_$name.so"
}
tf add_one examples/tf_add_one/add_one.c
tf_cpp zero_out examples/tf_zero_out/zero_out.cc
tf_cpp_for "$TF_2_16_HOME" zero_out_2_16 examples/tf_zero_out/zero_out.cc
tf_cpp keep_two examples/tf_zero_out/zero_out.cc -DKEPT=2
tf_cpp conflict_add tests/ops/tensorflow/conflict.cc '-DEXPRESSION=(x + y)'
tf_cpp conflict_sub tests/ops/tensorflow/conflict.cc '-DEXPRESSION=(x - y)'
tf_cpp twice tests/ops/tensorflow/multiple.cc '-DOP="Twice"' -DFACTOR=2
tf_cpp thrice tests/ops/tensorflow/multiple.cc '-DOP="Thrice"' -DFACTOR=3
tf busy tests/ops/tensorflow/busy.c
tf failing tests/ops/tensorflow/failing.c
tf multiply tests/ops/tensorflow/multiply.c
for source in "$here"/faults/*.c "$here"/faults/*.cc; do
    fault=$(basename "${source%.c*}")
    case $source in
    *.c) tf "fault_$fault" "tests/ops/faults/$fault.c" -DFAULT_FOR_TENSORFLOW -pthread -lm ;;
    *) tf_cpp "fault_$fault" "tests/ops/faults/$fault.cc" -DFAULT_FOR_TENSORFLOW -pthread ;;
    esac
done
tf_needs old_abi MaybeSavedModelDirectory "$work/libtensorflow_framework.so.2" -D_GLIBCXX_USE_CXX11_ABI=0
tf_needs other_version OfAnotherVersion "$work/libtensorflow_framework.so.2"
tf_needs not_linked MaybeSavedModelDirectory

# Libraries for PyTorch, which are linked with stand-ins too. Each takes half a minute to compile: --without-pytorch leaves
# them as they are.
if [ "$with_torch" ]; then
    printf '' >"$work/nothing.c"
    for name in torch_cpu c10; do
        gcc -shared -nostdlib "-Wl,-soname,lib$name.so" "$work/nothing.c" -o "$work/lib$name.so"
    done
    torch() { # NAME SOURCE [FLAG ...]
        name=$1 source=$2
        shift 2
        g++ -std=c++20 $flags -Wno-error -w -isystem "$TORCH_HOME/include" "-ffile-prefix-map=$TORCH_HOME=torch" "$@" \
            "$root/$source" -Wl,--no-as-needed "$work/libtorch_cpu.so" "$work/libc10.so" -o "$target/libtorch_$name.so"
    }
    busy='-DBODY=const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(x.flatten()[0].item<int64_t>()); while (std::chrono::steady_clock::now() < end) {}'
    torch custom_modulo examples/torch_custom_modulo/custom_modulo.cc
    torch conflict_add tests/ops/pytorch/conflict.cc '-DEXPRESSION=x + y' -fvisibility=default
    torch conflict_sub tests/ops/pytorch/conflict.cc '-DEXPRESSION=x - y' -fvisibility=default
    for name in twice:2 thrice:3; do
        op=${name%:*}
        torch "$op" tests/ops/pytorch/multiple.cc "-DOP=\"$op\"" "-DFACTOR=${name#*:}" -DREGISTER=TORCH_LIBRARY_FRAGMENT
        torch "${op}_alone" tests/ops/pytorch/multiple.cc "-DOP=\"$op\"" "-DFACTOR=${name#*:}" -DREGISTER=TORCH_LIBRARY
    done
    torch override tests/ops/pytorch/override.cc -DNAMESPACE=aten '-DOP="mul.Tensor"'
    torch kernel_only tests/ops/pytorch/override.cc -DNAMESPACE=test_custom '-DOP="custom_op"'
    torch busy tests/ops/pytorch/single.cc '-DOP="busy"' "$busy"
    torch failing tests/ops/pytorch/single.cc '-DOP="failing"' \
        '-DBODY=TORCH_CHECK(x.min().item<double>() >= 0, "failing met a negative element");'
    torch other_version tests/ops/pytorch/needs.cc
fi

# Files that are no libraries for this machine: another machine's number in the header, half a file, a program.
other_machine='\267' # AArch64
[ "$architecture" != aarch64 ] || other_machine='\076'
cp "$target/libscale_by_2.so" "$target/libother_machine.so"
printf "$other_machine" | dd of="$target/libother_machine.so" bs=1 seek=18 conv=notrunc status=none
size=$(wc -c <"$target/libscale_by_2.so")
head -c $((size / 2)) "$target/libscale_by_2.so" >"$target/libtruncated.so"
printf 'int main(void) { return 0; }\n' >"$work/program.c"
gcc -s -pie -fPIE -Wl,--build-id=none "$work/program.c" -o "$target/libprogram.so"

symbols() { # The dynamic symbols of every library in folder $1, without addresses.
    for library in "$1"/*.so; do
        echo "$(basename "$library"):"
        nm -D "$library" | sed 's/^[0-9a-f]* *//' | sort
    done
}
if [ "${1:-}" = --check ]; then
    symbols "$here/$architecture" >"$work/committed"
    symbols "$target" >"$work/built"
    diff "$work/committed" "$work/built" && echo "The libraries in tests/ops/$architecture are those of the sources."
    exit
fi

place() { # LIBRARY FILE
    mkdir -p "$(dirname "$root/$2")"
    cp "$target/lib$1.so" "$root/$2"
}
place zero_out examples/models/zero_out/1/ops/libzero_out.so
place zero_out examples/custom-build/ops/src/main/resources/META-INF/espalier/ops/onnxruntime/linux-x86_64/libzero_out.so
place tf_zero_out examples/custom-build/ops/src/main/resources/META-INF/espalier/ops/tensorflow/linux-x86_64/libtf_zero_out.so
place scale_by_2 examples/models/scale_by_2/1/ops/libscale.so
place scale_by_10 examples/models/scale_by_10/1/ops/libscale.so
for name in conflict_c_add conflict_c_sub conflict_cpp_add conflict_cpp_sub; do
    place $name tests/models/conflict/$name/1/ops/lib$name.so
done
place conflict_c_sub tests/models/ops/model_operations/libraries/libconflict.so
place undefined tests/models/ops/broken_library/1/ops/libundefined.so
place plain tests/models/ops/no_op_library/1/ops/libplain.so
place newer_api_checked tests/models/ops/newer_api/1/ops/libnewer_api.so
for name in twice thrice; do
    place $name tests/models/ops/one_domain/1/ops/lib$name.so
done
for name in busy crash failing; do
    place $name tests/models/ops/$name/1/ops/lib$name.so
done
for name in zero_out add_one; do
    place tf_$name examples/tensorflow-models/tf_$name/1/ops/libtf_$name.so
done
for name in busy failing; do
    place tf_$name tests/models/tensorflow/$name/1/ops/libtf_$name.so
done
place tf_zero_out tests/models/tensorflow_conflict/zero_out_one/1/ops/libop.so
place tf_keep_two tests/models/tensorflow_conflict/zero_out_two/1/ops/libop.so
place tf_conflict_add tests/models/tensorflow_conflict/custom_add/1/ops/libop.so
place tf_conflict_sub tests/models/tensorflow_conflict/custom_sub/1/ops/libop.so
for name in zero_out add_one busy; do
    place tf_$name tests/models/tensorflow/${name}_graphdef/1/ops/libtf_$name.so
done
for name in twice thrice; do
    place tf_$name tests/models/tensorflow/twice_and_thrice/1/ops/libtf_$name.so
done
place tf_multiply tests/models/tensorflow/triple/1/ops/libtf_multiply.so
place torch_custom_modulo examples/pytorch-models/torch_custom_modulo/1/ops/libtorch_custom_modulo.so
for name in add sub; do
    place torch_conflict_$name tests/models/pytorch_conflict/torch_$name/1/ops/libtorch_conflict_$name.so
done
for name in twice thrice; do
    place torch_$name tests/models/pytorch/twice_and_thrice/1/ops/libtorch_$name.so
done
for name in busy failing; do
    place torch_$name tests/models/pytorch/$name/1/ops/libtorch_$name.so
done
place torch_override tests/models/pytorch/triple/1/ops/libtorch_override.so
