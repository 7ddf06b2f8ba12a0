# The JVM options of server and client, and where their AOT caches are. Sourced by bin/* and by
# train.sh, after find-jdk.sh has set JAVA_HOME.
# shellcheck shell=sh disable=SC2034 # used by those who source this

# One of the first few thousand large answers over gRPC broke off in one server of five: in compiled code a new
# object (`TensorBuf`'s buffer) was null. The compiler's ReduceAllocationMerges, which JDK 22 did without for
# objects that got lost, is what we take for the cause: nine servers without it had no such answer.
espalier_jvm_sound='-XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-ReduceAllocationMerges'

espalier_jvm_common='-XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr'

# A small heap that grows with large requests and shrinks at once when the server is quiet again; what
# the C library holds back, mostly for the compiler, goes back too.
#
# Native access and Unsafe: Netty's, and the link's to shared memory. The ids keep Netty from looking
# for them at every start; its own library lies in lib/native instead of being unpacked each time. Its JFR events take
# a second to set up, on a loop.
espalier_jvm_server="$espalier_jvm_sound -Xms32m -Xmx1g -XX:MaxHeapFreeRatio=50 -XX:-ShrinkHeapInSteps \
-XX:TrimNativeHeapInterval=5000 \
--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
-Dio.netty.noUnsafe=false -Dio.netty.leakDetection.level=disabled \
-Dio.netty.machineId=00:00:00:00:00:00:00:01 -Dio.netty.processId=1 -Dio.netty.jfr.enabled=false \
-Djava.library.path=$ESPALIER_HOME/lib/native"

# Of the process that sorts LD_PRELOAD, which lives for a moment.
espalier_jvm_preload='-XX:TieredStopAtLevel=1 -Xmx256m'

espalier_jvm_installer='-XX:TieredStopAtLevel=1 -Xmx256m'

espalier_jvm_client='-XX:TieredStopAtLevel=1 -Xmx1g'

# A cache is of use only to the very JDK that made it: each folder of caches has a copy of that JDK's
# `release` file. The distribution's comes first, then those made anew in the state folder.
# Sets ESPALIER_AOT to the folder, or to nothing; `off` stays.
espalier_find_aot() {
    [ "${ESPALIER_AOT:-}" != off ] || return 0
    ESPALIER_AOT=
    espalier_state=${XDG_STATE_HOME:-${HOME:-/var/tmp}/.local/state}/espalier
    for espalier_folder in "$ESPALIER_HOME/lib/aot" "$espalier_state"/aot/*; do
        if cmp -s "$espalier_folder/release" "$JAVA_HOME/release"; then
            ESPALIER_AOT=$espalier_folder
            break
        fi
    done
    export ESPALIER_AOT
}

espalier_aot_option() { # for the cache of $1: server, client, ops or preload
    if [ -r "${ESPALIER_AOT:-}/$1.aot" ]; then
        echo "-XX:AOTCache=$ESPALIER_AOT/$1.aot"
    fi
}
