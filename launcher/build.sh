# Builds dist/espalier when it is missing or older than the sources, and says what is going on.
# Sourced by ./trtserver and ./espalier, with $root set to the checkout.
# shellcheck shell=sh

espalier_is_current() {
    espalier_built=$root/dist/espalier/lib/built
    [ -e "$espalier_built" ] || return 1
    # The first source that is newer ends the search.
    espalier_newer=$(find "$root/pom.xml" "$root/.mvn" "$root"/*/pom.xml "$root"/engines/*/pom.xml \
        "$root"/*/src/main "$root"/engines/*/src/main "$root/launcher/bin" "$root/launcher/lib" \
        "$root/launcher/starter" "$root/launcher/build.sh" "$root/launcher/packs.sh" "$root/launcher/train.sh" "$root/examples" \
        -name target -prune -o -newer "$espalier_built" -print 2>/dev/null | head -n 1)
    [ -z "$espalier_newer" ]
}

espalier_progress() { # turns Maven's output into a few lines
    espalier_files=0
    while read -r espalier_line; do
        case $espalier_line in
        *'Building Espalier: '*)
            espalier_module=${espalier_line#*Building Espalier: }
            echo "  ${espalier_module%% [0-9]*}"
            ;;
        *'Downloading from '*)
            espalier_files=$((espalier_files + 1))
            [ $((espalier_files % 50)) -ne 0 ] || echo "  ... $espalier_files files fetched"
            ;;
        *'[ERROR]'*) echo "  $espalier_line" ;;
        *'AOT: '*) echo "  ${espalier_line#*AOT: }" ;;
        esac
    done
}

espalier_build() {
    echo "Building dist/espalier (the first time this takes a few minutes) ..."
    mkdir -p "$root/dist"
    espalier_log=$root/dist/build.log
    rm -f "$espalier_log.failed"
    {
        (cd "$root" && ./mvnw -B package -Dmaven.test.skip=true 2>&1) ||
            touch "$espalier_log.failed"
    } | tee "$espalier_log" | espalier_progress
    if [ -e "$espalier_log.failed" ]; then
        rm -f "$espalier_log.failed"
        echo "The build failed; all it said is in $espalier_log" >&2
        exit 1
    fi
    echo "Built dist/espalier and dist/espalier.tar.gz."
}

if ! espalier_is_current; then
    mkdir -p "$root/dist"
    # One build at a time; the second one to come finds the first one's work.
    (
        if command -v flock >/dev/null 2>&1; then
            flock 9
        fi
        espalier_is_current || espalier_build
    ) 9>"$root/dist/.lock" >&2 || exit 1
fi
