# SPDX-License-Identifier: BSD-3-Clause
# Sourced by tools/demo and tools/check, which set `top` (the repository) and `tool` (their name).
# shellcheck shell=bash
# shellcheck disable=SC2154

say() { printf '%s: %s\n' "$tool" "$*"; }

# fail MESSAGE [STATUS]
fail() {
    printf '%s: %s\n' "$tool" "$1" >&2
    exit "${2:-1}"
}

set_up() {
    "$top/tools/setup" || fail "set-up failed; what is missing is said above" $?
}

# build PRESET [CMAKE-ARGUMENT...]: progress as Ninja shows it; configuring is silent unless it fails
build() {
    local preset=$1 log
    shift
    say "building ($preset)"
    log=$(mktemp)
    (cd "$top" && cmake --preset "$preset" "$@") >"$log" 2>&1 || {
        cat "$log" >&2
        rm -f "$log"
        fail "configuring preset '$preset' failed; CMake's own words are above"
    }
    rm -f "$log"
    (cd "$top" && cmake --build --preset "$preset" --parallel "$(nproc)") ||
        fail "the build ($preset) failed; the compiler's own words are above"
}
