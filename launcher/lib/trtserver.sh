#!/bin/sh
# Starts the Espalier inference server, behind bin/trtserver. ESPALIER_PRELOAD is the LD_PRELOAD that it was started
# with: the server makes op libraries in it libraries for all models, and what else is in it goes back into LD_PRELOAD
# for the server's process alone.
set -eu

ESPALIER_HOME=$(cd "$(dirname "$0")/.." && pwd -P)
export ESPALIER_HOME

. "$ESPALIER_HOME/lib/find-jdk.sh"
. "$ESPALIER_HOME/lib/jvm.sh"
espalier_find_aot

if [ -n "${ESPALIER_PRELOAD:-}" ]; then
    # shellcheck disable=SC2086 # lists of options, meant to be split
    espalier_preload=$("$JAVA_HOME/bin/java" $espalier_jvm_common $espalier_jvm_preload \
        $(espalier_aot_option preload) -cp "$ESPALIER_HOME"/lib/espalier-server-[0-9]*.jar \
        dev.espalier.server.PreloadMain "$ESPALIER_PRELOAD" "${LD_LIBRARY_PATH:-}")
    # Not before here: the programs that a script calls are not the server.
    [ -z "$espalier_preload" ] || export LD_PRELOAD="$espalier_preload"
fi

# shellcheck disable=SC2086 # lists of options, meant to be split
exec "$JAVA_HOME/bin/java" $espalier_jvm_common $espalier_jvm_server $(espalier_aot_option server) \
    ${ESPALIER_JAVA_OPTIONS:-} -cp "$ESPALIER_HOME"/lib/espalier-server-[0-9]*.jar \
    dev.espalier.server.Main "$@"
