#!/usr/bin/env bash
# Plants one defect after the other in a copy of the sources, and runs seeds until one goes red:
#
#     ./dev sim --mutations [NAME...]
#
# A defect is a patch in mutations/, whose first line says what it breaks. One that survives, or a
# patch that fits no more, fails the script.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
seeds=${SINEW_SIM_SEEDS:-3000}

libraries=$(tr ':' '\n' <<<"$1" | grep -v "^$root/" | paste -sd: -)
shift

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

copy_sources() {
    local module
    rm -rf "$scratch/tree" "$scratch/classes"
    mkdir -p "$scratch/tree" "$scratch/classes"
    (cd "$root" && find core/*/src/main testing/kit/src/main testing/sim/src/main -type f -print0 | xargs -0 cp --parents -t "$scratch/tree")
    for module in "$scratch"/tree/*/*; do
        if [ -d "$module/src/main/resources" ]; then cp -R "$module/src/main/resources/." "$scratch/classes"; fi
    done
}

compile() {
    (cd "$scratch/tree" && find . -name '*.java' ! -name module-info.java >"$scratch/sources")
    (cd "$scratch/tree" && "$JAVA_HOME/bin/javac" -nowarn -proc:none -cp "$libraries" -d "$scratch/classes" "@$scratch/sources")
}

status=0
printf '%-34s %8s   %s\n' defect seeds 'what was seen'
for patch in "$here"/mutations/*.patch; do
    name=$(basename "$patch" .patch)
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    copy_sources
    if ! patch --quiet --strip=1 --directory="$scratch/tree" <"$patch" >"$scratch/patch.log" 2>&1; then
        printf '%-34s %8s   %s\n' "$name" - 'THE PATCH DOES NOT FIT: make it anew'
        status=1
        continue
    fi
    compile
    if "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Xmx1g -XX:+UseSerialGC \
        -cp "$scratch/classes:$libraries" io.sinew.sim.Sim 1 --seeds "$seeds" >"$scratch/run.log" 2>&1; then
        printf '%-34s %8s   %s\n' "$name" "$seeds" 'NOT FOUND'
        status=1
    else
        found=$(sed -n 's/^FAILED: seed [0-9]*, after \([0-9]*\) others$/\1/p' "$scratch/run.log")
        what=$(sed -n 's/^seed [0-9]*, step [0-9]*: //p' "$scratch/run.log" | head -1)
        printf '%-34s %8s   %s\n' "$name" "$((${found:-0} + 1))" "${what:-$(head -1 "$scratch/run.log")}"
    fi
done
exit "$status"
