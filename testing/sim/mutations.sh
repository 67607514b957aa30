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

built=$1
shift

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Copies the files that a patch changes, and changes them.
plant() {
    rm -rf "$scratch/tree" "$scratch/classes"
    mkdir -p "$scratch/tree" "$scratch/classes"
    sed -n 's|^--- a/||p' "$1" >"$scratch/changed"
    (cd "$root" && xargs cp --parents -t "$scratch/tree" <"$scratch/changed") || return
    patch --quiet --strip=1 --directory="$scratch/tree" <"$1"
}

# What is compiled anew stands before what was built from the sources as they are.
compile() {
    (cd "$scratch/tree" && xargs "$JAVA_HOME/bin/javac" -nowarn -proc:none -cp "$built" -d "$scratch/classes" <"$scratch/changed")
}

say() {
    printf '%-40s %6s   %s\n' "$@"
}

status=0
say defect seeds 'what was seen'
for patch in "$here"/mutations/*.patch; do
    name=$(basename "$patch" .patch)
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    if ! plant "$patch" >"$scratch/patch.log" 2>&1; then
        say "$name" - 'THE PATCH DOES NOT FIT: make it anew'
        status=1
        continue
    fi
    if ! compile >"$scratch/compile.log" 2>&1; then
        say "$name" - "IT DOES NOT COMPILE: $(head -1 "$scratch/compile.log")"
        status=1
        continue
    fi
    if "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -Xmx1g -XX:+UseSerialGC \
        -cp "$scratch/classes:$built" io.sinew.sim.Sim 1 --seeds "$seeds" >"$scratch/run.log" 2>&1; then
        say "$name" "$seeds" 'NOT FOUND'
        status=1
    else
        found=$(sed -n 's/^FAILED: seed [0-9]*, after \([0-9]*\) others$/\1/p' "$scratch/run.log")
        what=$(sed -n 's/^seed [0-9]*, step [0-9]*: //p' "$scratch/run.log" | head -1)
        say "$name" "$((${found:-0} + 1))" "${what:-$(head -1 "$scratch/run.log")}"
    fi
done
exit "$status"
