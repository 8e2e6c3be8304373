#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# bad.sh ORRERY_IMAGE GCC SOURCE: images and manifests that break one rule each. The check of that
# rule fails, and no other one that has nothing to do with it.
set -u
tool=$1 gcc=$2 source=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/image/common.sh
source "$here/common.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3

link good.elf
manifest good.dtb
expect "a good one" 0 "all 21 checks hold" "$tool" check good.elf --manifest good.dtb
expect "a good one, alone" 0 "all 13 checks hold (the image alone" "$tool" check good.elf
aarch64_strip=${gcc%gcc}strip
cp good.elf stripped.elf && "$aarch64_strip" stripped.elf
expect "a stripped one" 0 "does not tell its limit" "$tool" check stripped.elf --manifest good.dtb

# spoiled NAME CHECKS WORDS SCRIPT-EXPRESSION [GCC ARGUMENT]...
spoiled() {
    local name=$1 checks=$2 words=$3
    spoiled_script "$4"
    link bad.elf "${@:5}"
    script=""
    refuse "$name" "$checks" "$words" "$tool" check bad.elf
}
# linked NAME CHECKS WORDS [GCC ARGUMENT]...
linked() {
    link bad.elf "${@:4}"
    refuse "$1" "$2" "$3" "$tool" check bad.elf
}

spoiled "writable code" "segments,W^X,data,entry" "is RWX" \
    's/text PT_LOAD FLAGS\(5\)/text PT_LOAD FLAGS(7)/'
spoiled "executable data" "segments,W^X" "RW- and 1 other" \
    's/data PT_LOAD FLAGS\(6\)/data PT_LOAD FLAGS(7)/'
spoiled "executable constants" "segments,targets" "found 2 R-X, 0 R--" \
    's/rodata PT_LOAD FLAGS\(4\)/rodata PT_LOAD FLAGS(5)/'
spoiled "executable stack" "W^X" "GNU_STACK" 's/PT_GNU_STACK FLAGS\(6\)/PT_GNU_STACK FLAGS(7)/'
spoiled "text without an end" "alignment" "want whole pages" \
    '/text\.\*/,/:text/s/\. = ALIGN\(4096\);//'
spoiled "linked elsewhere" "layout,memory" "not position independent" 's/\. = 0;/. = 0x10000;/'
spoiled "another board's numbers" "memory" "port_range_bytes" \
    's/ABSOLUTE\(port_range_bytes\)/& - 0x10000/'
spoiled "initialised data" "data" "no initialised data" \
    's/\.bss \(NOLOAD\)/.bss/; s/\*\(\.bss/*(.data) &/; /data_is_forbidden/d' -DWITH_DATA
linked "not position independent" "layout" "link it with -static-pie" -static -no-pie
linked "entry in the constants" "entry" "want an instruction" -Wl,-e,constant
linked "too large" "size" "want less than 524288" -DWITH_BULK
linked "an undefined symbol" "relocations,symbols" '"nobody_has_this"' -DWITH_UNDEFINED -shared
linked "a shared object's relocation" "relocations" "R_AARCH64_ABS64" -DWITH_PREEMPTIBLE -shared
linked "an absolute address" "addresses" "0x9000000" -DWITH_ABSOLUTE
linked "a relocation of code" "targets" "-z text" -DWITH_TEXT_RELOCATION -Wl,-z,notext
linked "an odd relocation" "targets" "aligned word" -DWITH_UNALIGNED
echo 'int library_has_this;' >library.c
"$gcc" -nostdlib -shared library.c -o library.so
linked "a library" "loader" "or a library" -pie -Wl,--no-as-needed library.so

# By their bytes. header_of NAME: where the header of a section is in the file
header_of() {
    local start index
    start=$(readelf -hW good.elf | sed -n 's/.*Start of section headers: *\([0-9]*\).*/\1/p')
    index=$(readelf -SW good.elf | sed -n "s/^ *\[ *\([0-9]*\)\] $1 .*/\1/p")
    echo $((start + index * 64))
}
# content_of NAME: where the bytes of a section are in the file
content_of() {
    local row="^ *\\[ *[0-9]+\\] $1 +[A-Z_]+ +[0-9a-f]+ ([0-9a-f]+) .*"
    echo $((16#$(readelf -SW good.elf | sed -nE "s/$row/\\1/p")))
}
rela=$(header_of '\.rela\.dyn')
cp good.elf bad.elf && poke bad.elf $((rela + 4)) '\x13'
refuse "packed relocations" "relocations" "want RELA" "$tool" check bad.elf
cp good.elf bad.elf && poke bad.elf $((rela + 32)) '\x18'
refuse "a hidden relocation" "relocations" "the dynamic segment tells of 2" "$tool" check bad.elf
cp good.elf bad.elf && poke bad.elf 40 '\0\0\0\0\0\0\0\0' && poke bad.elf 60 '\0\0'
refuse "no section table" "relocations,symbols" "no symbol table" "$tool" check bad.elf
# The second symbol of the file, the section .rodata, loses its section.
cp good.elf bad.elf
poke bad.elf $(($(content_of "\.symtab") + 2 * 24 + 6)) "\0\0"
refuse "a symbol without a section" "symbols" "1 undefined" "$tool" check bad.elf
cp good.elf bad.elf && poke bad.elf $((64 + 56 + 16)) '\x08'
refuse "a segment moved by 8" "alignment,layout" "linked at 0" "$tool" check bad.elf
cp good.elf bad.elf && poke bad.elf $((64 + 2 * 56 + 40)) '\x08'
refuse "a segment longer by 8" "alignment,memory" "want whole pages" "$tool" check bad.elf

# unfit NAME CHECKS WORDS MANIFEST-EXPRESSION [DTC ARGUMENT]...
unfit() {
    manifest bad.dtb "${@:4}"
    refuse "$1" "$2" "$3" "$tool" check good.elf --manifest bad.dtb
}
# vms TEXT: the expression that puts nodes under /hypervisor
vms() { printf '%s' "s|compatible = \"hafnium,hafnium\";|& $1|"; }
# vm NODE ADDRESS SIZE
vm() {
    printf '%s { is_ffa_partition; debug_name = "%s"; load_address = <%s>; mem_size = <%s>; ' "$@"
    printf 'vcpu_count = <1>; };'
}
one=$(vm vm1 vm1 0x0e300000 0x100000)
manifest vm.dtb "$(vms "$one")"
expect "a partition" 0 "ok     partitions: 1 vm node" "$tool" check good.elf --manifest vm.dtb
expect "a partition, shown" 0 '"vm1" load_address 0xe300000 mem_size 0x100000 vcpu_count 1' \
    "$tool" info vm.dtb

unfit "wrong entrypoint" "entrypoint" "want 0xe100000" 's/(entrypoint = <0x0 0x0e10)0/\1c/'
unfit "entrypoint elsewhere" "attribute,entrypoint" "the SPMD refuses it" \
    's/(entrypoint = <0x0 0x0e)1/\13/'
unfit "small binary_size" "binary size" "found 0x1000, want 0x2000" 's/0x80000>/0x1000>/'
unfit "large binary_size" "binary size" "to 0x200000" 's/0x80000>/0x400000>/'
unfit "no binary_size" "attribute" "binary_size is missing" '/binary_size/d'
unfit "odd load_address" "attribute,load address,entrypoint" "multiple of 4096" \
    's/(load_address = <0x0 0x0e10)0000/\10008/'
unfit "far load_address" "attribute,load address,entrypoint" "below 2^48" \
    's/load_address = <0x0/load_address = <0x10000/'
unfit "the SPMC in memory of partitions" "memory nodes" "overlaps the SPMC" \
    's/0x0e100000>/0x0e200000>/'
unfit "the SPMC in a device" "memory nodes" "(device-memory)" 's/0x09040000 /0x0e2ff000 /'
unfit "half in normal memory" "memory nodes" "(ns-memory)" \
    's/0x40000000 0x0 0x40000000/0x0e200000 0x0 0x1000/;/reg = <0x0 0x0e300000/s/0x0e3/0x0f3/;
     s/memory@e300000/memory@f300000/;s/0x0e200000 0x0 0x1000/0x0e000000 0x0 0x180000/'
unfit "another spmc_id" "attribute" "want 0x8000" 's/<0x8000>/<0x8001>/'
unfit "FF-A of the future" "attribute" "FF-A 1.0 to 1.3" 's/min_ver = <3>/min_ver = <9>/'
unfit "AArch32" "attribute" "exec_state" 's/exec_state = <0x0>/exec_state = <1>/'
unfit "no attribute" "attribute" "node /attribute is missing" 's/attribute \{/attributes {/'
unfit "another tree" "manifest,attribute" "arm,ffa-core-manifest-1.0" 's/arm,ffa-core/arm,ffa/'
unfit "nine PEs" "PEs" "found 9, want at most 8" \
    's/cpu@7 \{/cpu@8 { device_type = "cpu"; reg = <0x0 0x8>; }; &/'
unfit "no PEs" "manifest,PEs" "found no cpu node" 's/device_type = "cpu"/device_type = "core"/'
unfit "a large manifest" "manifest" "want at most 65536" 's/maj_ver/&/; s/min_ver/& /' -p 70000
unfit "a partition on the SPMC" "partitions" "overlaps the SPMC" \
    "$(vms "$(vm vm1 vm1 0x0e2ff000 0x2000)")"
unfit "a partition outside" "partitions" 'device_type "memory"' \
    "$(vms "$(vm vm1 vm1 0x0eff0000 0x20000)")"
unfit "a partition in half a page" "partitions" "whole pages" \
    "$(vms "$(vm vm1 vm1 0x0e300800 0x1000)")"
unfit "two partitions in one place" "partitions" "overlaps vm1" \
    "$(vms "$one $(vm vm2 vm2 0x0e3ff000 0x1000)")"
unfit "a partition without a size" "manifest,partitions" "mem_size is missing" \
    "$(vms "${one/mem_size/size}")"
unfit "a gap between partitions" "manifest" "without gaps" \
    "$(vms "$one $(vm vm3 vm3 0x0e500000 0x1000)")"
finish
