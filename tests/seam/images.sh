#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# One core, many homes, seen in the linked images.
#
#   images.sh compare HOST_ARCHIVE MAP...   the same core objects in the host's library and in the
#                                           firmware of every board (its linker map); prints how
#                                           many bytes are not the core's, for each
#   images.sh self-test
set -euo pipefail
export LC_ALL=C

# Names of the core's objects, without the suffix that a system gives
host_objects() { ar t "$1" | sed -E 's/\.c\.o(bj)?$//' | sort; }

# Members of libspmc_core.a that the linker took
map_objects() {
    sed -nE 's/^.*libspmc_core\.a\(([^)]*)\.c\.o(bj)?\).*$/\1/p' "$1" | sort -u
}

# Bytes of code and constants by where they come from: "core port platform libfdt"
map_bytes() {
    awk '
        /^Linker script and memory map/ { in_map = 1 }
        /^\.bss|^\.stacks|^\.debug/ { in_map = 0 }
        !in_map { next }
        # a section name that is too long stands on a line of its own
        NF == 1 && $1 ~ /^\./ { next }
        {
            size = ""
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^0x/ && $(i + 1) ~ /^0x/) { size = $(i + 1); path = $(i + 2); break }
            }
            if (size == "" || path == "") next
            bytes = 0
            for (i = 3; i <= length(size); i++)
                bytes = bytes * 16 + index("0123456789abcdef", substr(size, i, 1)) - 1
            if (path ~ /libspmc_core\.a/) core += bytes
            else if (path ~ /libfdt\.a/) fdt += bytes
            else if (path ~ /platform\.c/) platform += bytes
            else if (path ~ /spmc\/arch\//) port += bytes
        }
        END { printf "%d %d %d %d\n", core, port, platform, fdt }' "$1"
}

compare() {
    local archive=$1 map board wanted found status=0
    shift
    wanted=$(host_objects "$archive")
    [[ -n $wanted ]] || { echo "$archive: holds no objects"; return 1; }
    for map in "$@"; do
        board=$(basename "$(dirname "$map")")
        found=$(map_objects "$map")
        if [[ $found != "$wanted" ]]; then
            echo "$board: other core objects than the host's (< host, > $board):"
            diff <(echo "$wanted") <(echo "$found") || true
            status=1
            continue
        fi
        read -r core port platform fdt < <(map_bytes "$map")
        printf '%s: %d core objects, as the host; core %d bytes, port spmc/arch/aarch64 %d bytes, ' \
            "$board" "$(wc -l <<<"$wanted")" "$core" "$port"
        printf 'board platforms/%s %d bytes, libfdt %d bytes\n' "$board" "$platform" "$fdt"
        [[ $core -gt 0 && $port -gt 0 && $platform -gt 0 ]] || { echo "$board: a part is empty"; status=1; }
    done
    return "$status"
}

self_test() {
    local tmp
    tmp=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$tmp'" EXIT
    mkdir "$tmp/board"
    (cd "$tmp" && echo 'int a;' >a.c && cc -c a.c -o a.c.o && cc -c a.c -o b.c.o && ar rc lib.a a.c.o b.c.o)
    good() {
        cat <<'MAP'
Linker script and memory map
 .text.a        0x0000000000000000       0x10 libspmc_core.a(a.c.obj)
 .text.b        0x0000000000000010       0x20 libspmc_core.a(b.c.obj)
 .text          0x0000000000000030       0x08 x/spmc/arch/aarch64/main.c.obj
 .rodata        0x0000000000000038       0x04 x/platforms/board/platform.c.obj
MAP
    }
    good >"$tmp/board/good.map"
    good | sed '/b\.c/d' >"$tmp/board/short.map"
    (good && echo ' .text.c 0x40 0x10 libspmc_core.a(c.c.obj)') >"$tmp/board/long.map"
    compare "$tmp/lib.a" "$tmp/board/good.map" | grep -q 'core 48 bytes.*8 bytes.*4 bytes' ||
        { echo "self-test: a good map was misread"; exit 1; }
    for bad in short long; do
        if compare "$tmp/lib.a" "$tmp/board/$bad.map" >/dev/null; then
            echo "self-test: $bad.map was not noticed"
            exit 1
        fi
    done
    echo "self-test: it sees what it is for"
}

case "${1:-}" in
compare) compare "${@:2}" ;;
self-test) self_test ;;
*)
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
