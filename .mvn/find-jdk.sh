# Sets JAVA_HOME to a JDK 25 or newer, or ends the calling script with what to install.
# Sourced by mvnw and by the launchers, so that an older default `java` does no harm.
# Order: JAVA_HOME, then the `java` on PATH, then the places where systems put JDKs.

espalier_jdk_version() { # the feature version of the JDK at $1, or 0
    [ -x "$1/bin/java" ] || { echo 0; return; }
    espalier_v=
    if [ -r "$1/release" ]; then
        espalier_v=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release")
    fi
    if [ -z "$espalier_v" ]; then
        espalier_v=$("$1/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
    fi
    echo "${espalier_v:-0}"
}

espalier_find_jdk() {
    espalier_wanted=25
    if [ -n "${JAVA_HOME:-}" ] && [ "$(espalier_jdk_version "$JAVA_HOME")" -ge "$espalier_wanted" ]; then
        return 0
    fi
    espalier_java=$(command -v java 2>/dev/null || true)
    if [ -n "$espalier_java" ]; then
        espalier_java=$(readlink -f "$espalier_java")
        espalier_home=${espalier_java%/bin/java}
        if [ "$(espalier_jdk_version "$espalier_home")" -ge "$espalier_wanted" ]; then
            JAVA_HOME=$espalier_home
            export JAVA_HOME
            return 0
        fi
    fi
    espalier_best=
    espalier_best_version=0
    for espalier_home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.jbang/cache/jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        espalier_v=$(espalier_jdk_version "$espalier_home")
        # The lowest one that is new enough: closest to what the project is tested with.
        if [ "$espalier_v" -ge "$espalier_wanted" ] && [ -x "$espalier_home/bin/javac" ]; then
            if [ -z "$espalier_best" ] || [ "$espalier_v" -lt "$espalier_best_version" ]; then
                espalier_best=$espalier_home
                espalier_best_version=$espalier_v
            fi
        fi
    done
    if [ -n "$espalier_best" ]; then
        JAVA_HOME=$espalier_best
        export JAVA_HOME
        return 0
    fi
    {
        echo "Espalier needs a JDK $espalier_wanted or newer, and found none"
        echo "  (looked at JAVA_HOME='${JAVA_HOME:-}', the java on PATH, and the usual folders)."
        echo "Install one, for example:"
        echo "  Debian, Ubuntu:  apt-get install openjdk-25-jdk-headless   (or Temurin 25)"
        echo "  Fedora, RHEL:    dnf install java-25-openjdk-devel"
        echo "  SDKMAN:          sdk install java 25-tem"
        echo "or point JAVA_HOME at one that is installed elsewhere."
    } >&2
    return 1
}

espalier_find_jdk || exit 1
