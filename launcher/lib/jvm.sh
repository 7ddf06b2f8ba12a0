# The JVM options of server and client, and where their AOT caches are. Sourced by bin/* and by
# train.sh, after find-jdk.sh has set JAVA_HOME.
# shellcheck shell=sh disable=SC2034 # used by those who source this

espalier_jvm_common='-XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr'

# Native access and Unsafe: Netty's, and the link's to shared memory. The ids keep Netty from looking
# for them at every start; its own library lies in lib/native instead of being unpacked each time.
espalier_jvm_server="-Xmx1g \
--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
-Dio.netty.noUnsafe=false -Dio.netty.leakDetection.level=disabled \
-Dio.netty.machineId=00:00:00:00:00:00:00:01 -Dio.netty.processId=1 \
-Djava.library.path=$ESPALIER_HOME/lib/native"

espalier_jvm_client='-XX:TieredStopAtLevel=1 -Xmx1g'

espalier_state=${XDG_STATE_HOME:-${HOME:-/var/tmp}/.local/state}/espalier

# A cache is of use only to the very JDK that made it: each lies beside a copy of that JDK's
# `release` file. Those of the distribution come first, then those made anew in the state folder.
espalier_aot_folder() {
    for espalier_folder in "$ESPALIER_HOME/lib/aot" "$espalier_state"/aot/*; do
        if cmp -s "$espalier_folder/release" "$JAVA_HOME/release"; then
            echo "$espalier_folder"
            return 0
        fi
    done
}

espalier_aot() { # the option that uses the cache of $1 (server, worker, client), if there is one
    espalier_folder=$(espalier_aot_folder)
    if [ -n "$espalier_folder" ] && [ -r "$espalier_folder/$1.aot" ]; then
        echo "-XX:AOTCache=$espalier_folder/$1.aot"
    fi
}
