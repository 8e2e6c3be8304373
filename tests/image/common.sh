# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by the tests of orrery-image: what they expect of it, and a small image to spoil.
# The test gives: tool, gcc (of AArch64), source (the repository) and here (this folder).
# shellcheck disable=SC2154
export LC_ALL=C
passed=0 failed=0

# verdict NAME WHY: WHY is empty when all is well
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s: %s\n' "$1" "${2#; }"
    fi
}

# expect NAME STATUS WORDS COMMAND...: status 2 says one line on stderr, the others none
expect() {
    local name=$1 status=$2 words=$3 got why="" lines
    shift 3
    timeout 60 "$@" >out 2>err </dev/null
    got=$?
    lines=$(wc -l <err)
    [ "$got" -eq "$status" ] || why="status $got, want $status"
    [ "$lines" -eq $((status / 2)) ] || why="$why; $lines lines on stderr, want $((status / 2))"
    if [ "$status" -eq 2 ]; then
        grep -q '^orrery-image: ' err || why="$why; stderr does not begin with orrery-image:"
    fi
    cat out err | grep -qF -- "$words" || why="$why; no \"$words\" in: $(tail -n 3 out) $(cat err)"
    verdict "$name" "$why"
}

# refuse NAME CHECKS WORDS COMMAND...: status 1, and just the checks of the list (a,b) fail
refuse() {
    local name=$1 checks=$2 words=$3 found why=""
    shift 3
    timeout 60 "$@" >out 2>err </dev/null
    [ $? -eq 1 ] || why="no status 1"
    found=$(sed -n 's/^FAILED \([^:]*\):.*/\1/p' out | paste -sd,)
    [ "$found" = "$checks" ] || why="$why; failed: $found, want $checks; $(cat err)"
    grep '^FAILED' out | grep -qF -- "$words" || why="$why; no \"$words\" in: $(grep '^FAILED' out)"
    verdict "$name" "$why"
}

# The image: link OUT [GCC ARGUMENT]...; script=FILE takes another linker script than tiny.ld
link() {
    local out=$1
    shift
    "$gcc" -nostdlib -static-pie -Wl,--no-dynamic-linker -Wl,-z,norelro -Wl,-z,max-page-size=4096 \
        -Wl,--build-id=none -Wl,--no-warn-rwx-segments -Wl,-z,noexecstack \
        -L"$source" -T "${script:-$here/tiny.ld}" -x assembler-with-cpp "$here/tiny.S" \
        -x none "$@" -o "$out" || { echo "can not link $out"; exit 1; }
}

# The linker script with sed's EXPRESSION applied to spmc.ld, as $script
spoiled_script() {
    mkdir -p spoiled/spmc/arch/aarch64
    sed -E "$1" "$source/spmc/arch/aarch64/spmc.ld" >spoiled/spmc/arch/aarch64/spmc.ld
    if cmp -s "$source/spmc/arch/aarch64/spmc.ld" spoiled/spmc/arch/aarch64/spmc.ld; then
        echo "spmc.ld has changed: nothing to spoil by $1"
        exit 1
    fi
    sed "s|spmc/arch|$PWD/spoiled/spmc/arch|" "$here/tiny.ld" >spoiled.ld
    script=spoiled.ld
}

# poke FILE OFFSET BYTES: BYTES as printf's \x..
poke() { printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# manifest OUT [EXPRESSION [DTC ARGUMENT]...]: that of QEMU's board, sed's EXPRESSION applied to it
manifest() {
    sed -E "${2:-}" "$source/platforms/qemu/spmc_manifest.dts" >manifest.dts
    if [ -n "${2:-}" ] && cmp -s manifest.dts "$source/platforms/qemu/spmc_manifest.dts"; then
        echo "spmc_manifest.dts has changed: nothing to spoil by $2"
        exit 1
    fi
    dtc -q -I dts -O dtb "${@:3}" -o "$1" manifest.dts
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}
