#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# input.sh ORRERY_IMAGE GCC SOURCE [MUTATE]: files and words that are no image: status 2 and one
# line. With MUTATE (see mutate.c), instead: spoiled copies of an image and a manifest.
set -u
tool=$1 gcc=$2 source=$3 mutate=${4:-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/image/common.sh
source "$here/common.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3

link good.elf
partition='vm1 { is_ffa_partition; debug_name = "one"; load_address = <0x0e300000>;'
partition="$partition mem_size = <0x100000>; vcpu_count = <1>; };"
manifest good.dtb "s|compatible = \"hafnium,hafnium\";|& $partition|"
if [ -n "$mutate" ]; then
    "$mutate" "$tool" good.elf good.dtb
    exit
fi

expect "help" 0 "Exit status: 0" "$tool" --help
expect "version" 0 "orrery-image " "$tool" --version
expect "no command" 2 "name info or check" "$tool"
expect "unknown command" 2 "judge: unknown command" "$tool" judge good.elf
expect "unknown option" 2 "--loud: unknown option" "$tool" check good.elf --loud
expect "no file" 2 "no file, name one" "$tool" info
expect "two files" 2 "one at a time" "$tool" info good.elf good.elf
expect "no manifest" 2 "names no file" "$tool" check good.elf --manifest
expect "an empty manifest" 2 "names no file" "$tool" check good.elf --manifest=
expect "two manifests" 2 "given twice" \
    "$tool" check good.elf --manifest=good.dtb --manifest good.dtb
expect "a manifest by =" 0 "checks hold" "$tool" check --manifest=good.dtb good.elf
expect "a manifest alone" 0 "load_address 0xe100000" "$tool" info good.dtb
expect "a file that looks like an option" 2 "-x: No such file" "$tool" info -- -x
expect "missing file" 2 "none.elf: No such file" "$tool" check none.elf
expect "missing manifest" 2 "none.dtb: No such file" "$tool" check good.elf --manifest none.dtb
expect "a folder" 2 "is a directory" "$tool" info .
mkfifo fifo
expect "a pipe" 2 "not a regular file" "$tool" info fifo
: >empty
expect "an empty file" 2 "is empty" "$tool" info empty
truncate -s 65M huge
expect "a huge file" 2 "name an image of at most" "$tool" info huge
echo 'text' >text
expect "a text" 2 "not an ELF file" "$tool" check text
expect "a text as manifest" 2 "not a device tree blob" "$tool" check good.elf --manifest text
expect "an image as manifest" 2 "not a device tree blob" "$tool" check good.elf --manifest good.elf
expect "a manifest as image" 2 "behind --manifest" "$tool" check good.dtb
expect "a manifest with one" 2 "leave --manifest out" "$tool" info good.dtb --manifest good.dtb
(cat good.dtb && head -c 2000000 /dev/zero) >long.dtb
expect "a long tree" 2 "name a manifest of at most" "$tool" info long.dtb
head -c 300 good.dtb >short.dtb
expect "half a tree" 2 "not a whole device tree blob" "$tool" info short.dtb
head -c 30 good.elf >short.elf
expect "half a header" 2 "less than an ELF header" "$tool" check short.elf
head -c 6000 good.elf >short.elf
expect "half an image" 2 "truncated: " "$tool" check short.elf
expect "two lines are one" 2 "od?d.elf: No such file" "$tool" check $'od\nd.elf'

"$gcc" -c -x assembler-with-cpp "$here/tiny.S" -o tiny.o
expect "an object file" 2 "not a linked image" "$tool" check tiny.o
# spoil NAME WORDS OFFSET BYTES
spoil() {
    cp good.elf bad.elf
    poke bad.elf "$3" "$4"
    expect "$1" 2 "$2" "$tool" check bad.elf
}
spoil "32 bits" "not a 64-bit" 4 '\x01'
spoil "big endian" "not a little-endian" 5 '\x02'
spoil "another machine" "made for machine 62" 18 '\x3e'
spoil "no segments" "no segments" 56 '\0\0'
spoil "too many segments" "65535 segment headers" 56 '\xff\xff'
spoil "odd segment headers" "segment headers of 55 bytes" 54 '\x37'
spoil "segment headers behind the end" "truncated: the segment headers" 32 '\xff\xff\xff\xff'
spoil "too many sections" "section headers" 60 '\xff\xfe'
spoil "a long segment" "truncated: segment 0" $((64 + 32)) '\xff\xff\xff\xff'
spoil "a segment around the end" "wraps" $((64 + 16)) '\0\xff\xff\xff\xff\xff\xff\xff'

# unwritable NAME WORDS COMMAND...: status 3
unwritable() {
    local got why=""
    "${@:3}" 2>err
    got=$?
    [ "$got" -eq 3 ] || why="status $got, want 3"
    grep -qF -- "$2" err || why="$why; no \"$2\" in: $(cat err)"
    verdict "$1" "$why"
}
# shellcheck disable=SC2317
full() { "$tool" info good.elf >/dev/full; }
# shellcheck disable=SC2317
closed() { "$tool" info good.elf >&-; }
unwritable "a full disk" "can not write" full
unwritable "a closed output" "is closed" closed
finish
