# SPDX-License-Identifier: BSD-3-Clause
# To be sourced, in a folder of its own: what tests of commands have in common. They count in `passed` and `failed`,
# and leave the last command's output in the files `out` and `err`.
passed=0 failed=0
leftovers= # a name of files that no command may leave behind

# report NAME WHY: it has failed when there is a reason
report() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s: %s\n' "$1" "${2#; }"
        sed 's/^/    /' out err | head -n 30
    fi
}

# expect NAME STATUS WORDS COMMAND...: with status 2, one line on stderr
expect() {
    local name=$1 status=$2 words=$3 got why=""
    shift 3
    timeout 240 "$@" >out 2>err </dev/null
    got=$?
    [ $got -eq "$status" ] || why="status $got, want $status"
    if [ "$status" -eq 2 ] && [ "$(wc -l <err)" -ne 1 ]; then
        why="$why; $(wc -l <err) lines on stderr, want 1"
    fi
    [ -z "$words" ] || cat out err | grep -qE -- "$words" || why="$why; no \"$words\""
    [ -z "$leftovers" ] || [ -z "$(find . -name "$leftovers")" ] || why="$why; something is left behind"
    report "$name" "$why"
}
