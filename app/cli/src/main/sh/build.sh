# What ./sinew and ./dev share, for a POSIX shell: finding a JDK and Maven, knowing whether the
# distribution in app/cli/target/dist is current, and one builder at a time. It lives with the
# module that it launches, because the root folder is kept for what people run. The caller sets
# `root` first. Everything here is quick enough to run at each start: a JDK is known by its
# `release` file, never by starting it.
# shellcheck shell=sh disable=SC2034,SC2154

JDK_MAJOR_LEAST=25

dist=$root/app/cli/target/dist
built=$dist/built # its time is when the last good build began
build_log=$root/app/cli/target/build.log

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Sets jdk_version when the folder holds a JDK that is new enough.
accept_jdk() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    jdk_version=
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            jdk_version=${value#\"}
            jdk_version=${jdk_version%%\"*}
            break
        fi
    done <"$1/release"
    jdk_major=${jdk_version%%[!0-9]*}
    [ "${jdk_major:-0}" -ge "$JDK_MAJOR_LEAST" ]
}

# Sets and exports JAVA_HOME: the caller's own, then the `java` on the path, then the folders that
# installers use. An older default `java` is passed over in silence.
find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && accept_jdk "$JAVA_HOME"; then
        return 0
    fi
    jdk_on_path=$(command -v java) && jdk_on_path=$(readlink -f "$jdk_on_path" 2>/dev/null)
    if [ -n "$jdk_on_path" ] && accept_jdk "${jdk_on_path%/bin/java}"; then
        export JAVA_HOME="${jdk_on_path%/bin/java}"
        return 0
    fi
    for home in /usr/lib/jvm/* /opt/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* \
        "${HOME:-}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if accept_jdk "$home"; then
            export JAVA_HOME="$home"
            return 0
        fi
    done
    if [ -x /usr/libexec/java_home ] && home=$(/usr/libexec/java_home -v 25+ 2>/dev/null) \
        && accept_jdk "$home"; then
        export JAVA_HOME="$home"
        return 0
    fi
    die "Sinew needs a JDK $JDK_MAJOR_LEAST or newer and found none: install one" \
        "(https://adoptium.net, or: sdk install java 25-tem) or set JAVA_HOME to it."
}

# Sets mvn.
find_maven() {
    for mvn in "$(command -v mvn)" "${MAVEN_HOME:-/usr/share/maven}/bin/mvn" /opt/*maven*/bin/mvn \
        "${HOME:-}"/.sdkman/candidates/maven/current/bin/mvn; do
        if [ -n "$mvn" ] && [ -x "$mvn" ]; then
            return 0
        fi
    done
    die "Building Sinew needs Maven 3.8 or newer and found none: apt-get install maven," \
        "brew install maven, or https://maven.apache.org/download.cgi"
}

# Whether the distribution is missing, or older than anything that it is made from. A folder counts
# below src/ only (a file was deleted or renamed there), because a build makes target/ in the others.
is_stale() {
    [ -e "$built" ] || return 0
    changed=$(cd "$root" && find pom.xml core patterns doors app examples \
        \( -name target -o -path '*/src/test' \) -prune -o \
        \( -type f -o -path '*/src/*' \) -newer "$built" -print -quit 2>/dev/null)
    [ -n "$changed" ]
}

# Waits until nobody else builds in this tree; the lock goes with the process that holds it.
lock_build() {
    mkdir -p "$root/app/cli/target"
    exec 9>"$root/app/cli/target/lock"
    if command -v flock >/dev/null; then
        flock -n 9 || { echo "Waiting for another build of this tree …" >&2 && flock 9; }
    else
        perl -MFcntl=:flock -e 'open(my $lock, ">&=", 9); flock($lock, LOCK_EX)'
    fi
}

unlock_build() {
    exec 9>&-
}

# Maven in the root folder. What it starts may run ./sinew, which then takes what is there: it
# would wait for ever for the lock of the build that it is part of. Jansi, which Maven prints with,
# ends even an output without colours by turning colours off, unless it is told not to.
run_maven() {
    (cd "$root" && SINEW_BUILDING=1 MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true" \
        "$mvn" --batch-mode --no-transfer-progress "$@") 9>&-
}

# Around a build of the distribution: what was edited meanwhile is newer than the stamp.
begin_build() {
    mkdir -p "$root/app/cli/target"
    rm -rf "$dist/lib" # or jars of versions that are no longer used would stay
    touch "$root/app/cli/target/began"
}

finish_build() {
    if [ -e "$dist/lib/sinew-cli.jar" ]; then
        mv "$root/app/cli/target/began" "$built"
    fi
}
