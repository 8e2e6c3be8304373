#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# input.sh ORRERY SHARE SOURCE: what users get wrong. Each case wants an exit status, words in the one
# line that is said (on stderr for status 2, in the verdict for status 1), and nothing left behind.
set -u
orrery=$1 share=$2 source=$3
export ORRERY_SHARE=$share
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}print_suppressions=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
passed=0 failed=0

# expect NAME STATUS WORDS COMMAND...
expect() {
    local name=$1 status=$2 words=$3 got why=""
    shift 3
    timeout 60 "$@" >out 2>err </dev/null
    got=$?
    [ $got -eq "$status" ] || why="status $got, want $status"
    if [ "$status" -eq 2 ]; then
        [ "$(wc -l <err)" -eq 1 ] || why="$why; $(wc -l <err) lines on stderr, want 1"
        grep -qiF -- "$words" err || why="$why; no \"$words\" in: $(head -c 300 err)"
    else
        cat out err | grep -qiF -- "$words" || why="$why; no \"$words\" in: $(tail -n 2 out) $(cat err)"
    fi
    [ "$(wc -c <out)" -lt 1048576 ] || why="$why; more than 1 MiB of output"
    [ -z "$(find . -name '*.tmp' -o -name '*trace*' -type f)" ] || why="$why; something is left behind"
    if [ -z "$why" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s: %s\n' "$name" "${why#; }"
    fi
}

# scenario [FIELDS [BODY]]: a good one, but for what the arguments say
default_fields='partitions = { { image = "echo" } },'
scenario() {
    local fields=${1:-$default_fields} body=${2:-}
    {
        printf 'return scenario {\n  name = "bad input",\n  %s\n' "$fields"
        printf '  normal_world = function(nw)\n    %s\n  end,\n}\n' "$body"
    } >s.lua
}
run=("$orrery" run --quiet s.lua)

# Partitions
scenario 'partitions = { { image = "echo", vcpus = "many" } },'
expect "vCPUs by a word" 2 "vcpus: wanted an integer" "${run[@]}"
scenario 'partitions = { { image = "echo", vcpus = 2 } },'
expect "vCPUs that the manifest has not" 2 "execution-ctx-count: found 1, want 2" "${run[@]}"
scenario 'pes = 2, partitions = { { image = "echo", vcpus = "pes" } },'
expect "a vCPU on each PE" 0 PASS "${run[@]}"
printf '/dts-v1/;\n/ { compatible = "arm,ffa-manifest-1.0"; };\n' >uncounted.dts
scenario 'partitions = { { image = "echo", manifest = "uncounted.dts", vcpus = "pes" } },'
expect "a vCPU on each PE, not to be told" 2 "wants a manifest with one cell" "${run[@]}"

# Faults
scenario
expect "a fault that does not strike" 0 PASS "${run[@]}" --fault "power_cut at=1s"
expect "no such fault" 2 "there is no fault 'skip_tbl'; did you mean 'skip_tlb'?" "${run[@]}" --fault skip_tbl
expect "no such key" 2 "there is no key 'nht'" "${run[@]}" --fault "skip_tlb nht=2"
expect "a key of another fault" 2 "skip_tlb has no bit" "${run[@]}" --fault "skip_tlb bit=2"
expect "a fault without a unit" 2 "at: '20' is no time up to an hour" "${run[@]}" --fault "power_cut at=20"
expect "an empty fault" 2 "want a kind of fault" "${run[@]}" --fault ""
expect "a fault of control characters" 2 "byte 0x1b at 0" "${run[@]}" --fault $'\e[1m'
expect "a long fault" 2 "a fault has at most 255" "${run[@]}" --fault "$(printf 'skip_tlb%400s' nth=1)"
expect "a fault of nobody" 2 "there is no endpoint 'ecko'" "${run[@]}" --fault "flip_ram partition=ecko"
expect "a fault that never strikes" 2 "most: '0' is not a whole number from 1 to 256" "${run[@]}" \
    --fault "power_cut of=call chance=5 most=0"
expect "an option without its value" 2 "option '--fault' wants a value" "${run[@]}" --fault
expect "a value for an option without" 2 "option '--quiet' takes no value" "$orrery" run --quiet=3 s.lua
thirty=() && for i in {1..33}; do thirty+=(--fault skip_tlb); done
expect "too many faults" 2 "more than 32 --fault options" "${run[@]}" "${thirty[@]}"
scenario "$default_fields faults = { \"power_cut nth=2\" },"
expect "a fault that counts nothing" 2 "s.lua:3: faults[1]: power_cut: nth and chance count events" "${run[@]}"
scenario "$default_fields faults = { 5 },"
expect "a fault that is no text" 2 "s.lua:3: faults[1]: found a number, want a text" "${run[@]}"
scenario "$default_fields faults = \"power_cut\","
expect "faults that are no list" 2 "s.lua:3: faults: found a string, want a list of texts" "${run[@]}"
scenario "$default_fields possible_faults = { \"skip_tlb\", \"power_cut at=1us\" },"
expect "a possible fault that says when" 2 "possible_faults[2]: exploration says when" "${run[@]}"
scenario "$default_fields checks = \"no\","
expect "checks that are a text" 2 "s.lua:3: checks: found a string, want true or false" "${run[@]}"
scenario "$default_fields" 'machine.fault("skip_tbl")'
expect "no such fault at run time" 1 "s.lua:5: fault: there is no fault 'skip_tbl'" "${run[@]}"

# The command line
scenario
expect "a good one" 0 PASS "${run[@]}"
expect "unknown command" 2 "did you mean 'run'" "$orrery" rnu s.lua
expect "unknown option" 2 "did you mean 'trace'" "$orrery" run --trase x s.lua
expect "no scenario" 2 "no scenario" "$orrery" run
expect "missing file" 2 "none.lua" "$orrery" run none.lua
expect "a folder" 2 "directory" "$orrery" run .
expect "bad seed" 2 "--seed" "$orrery" run --seed x s.lua
expect "absurd limit" 2 "--limit" "$orrery" run --limit "1000 years" s.lua
expect "too long a limit" 2 "3600" "$orrery" run --limit "4000 s" s.lua
expect "negative time" 2 "--until" "$orrery" run --until=-5 s.lua
expect "story" 2 "full, calls or none" "$orrery" run --story loud s.lua
expect "check" 2 "changes or full" "$orrery" run --check some s.lua
expect "a map" 0 "echo          exclusive: echo rwx" "$orrery" run --map --story none s.lua
expect "unknown parameter" 2 "no such parameter" "$orrery" run --set speed=3 s.lua
expect "not key=value" 2 "key=value" "$orrery" run --set speed s.lua
scenario 'params = { loud = false },'
expect "neither true nor false" 2 "true or false" "$orrery" run --set loud=yes s.lua
{ echo '-- the limit of this one'; scenario 'limit = 5,'; cat s.lua; } >t.lua
expect "the line that sets a field" 2 "t.lua:4: limit" "$orrery" run t.lua
scenario
expect "unknown board" 2 "unknown board 'simm': no board.dtb for it; known are fvp, qemu, sim, thor" "$orrery" run --board simm s.lua
expect "unwritable trace" 2 "nowhere/x" "$orrery" run --quiet --trace nowhere/x s.lua
expect "two runs, one trace" 2 "one run" "$orrery" run --trace x s.lua s.lua
expect "list of nothing" 2 "nowhere" "$orrery" list nowhere
printf 'no trace at all' >junk
expect "not a trace" 2 "not a" "$orrery" trace print junk
expect "trace usage" 2 "print FILE" "$orrery" trace frobnicate
timeout 60 "$orrery" run s.lua >&- 2>/dev/null
got=$?
[ $got -eq 3 ] || { failed=$((failed + 1)); echo "FAILED closed stdout: status $got"; }
timeout 60 "$orrery" run s.lua >/dev/full 2>err
[ $? -eq 3 ] || { failed=$((failed + 1)); echo "FAILED full stdout"; }

# The scenario
: >s.lua
expect "empty file" 2 "return scenario" "${run[@]}"
printf 'return scenario {\n  name = = 3\n}\n' >s.lua
expect "syntax" 2 "s.lua:2" "${run[@]}"
scenario 'partitons = {},'
expect "typo in a field" 2 "s.lua:3: scenario: unknown field 'partitons'; did you mean 'partitions'" "${run[@]}"
scenario 'limit = "soon",'
expect "bad limit" 2 "limit" "${run[@]}"
scenario 'pes = 1000,'
expect "too many PEs" 2 "pes" "${run[@]}"
scenario 'pes = 9,'
expect "more PEs than the board has" 2 "PE" "${run[@]}"
scenario 'partitions = { { image = "ecko" } },'
expect "missing image" 2 "image 'ecko' is not there" "${run[@]}"
scenario 'partitions = { { image = "echo", memory = 4096 } },'
expect "image bigger than its memory" 2 "give it more memory" "${run[@]}"
scenario 'partitions = { { image = "echo", memory = 5000 } },'
expect "memory of no whole pages" 2 "memory" "${run[@]}"
scenario 'partitions = { { image = "echo" }, { image = "echo" } },'
expect "one name twice" 2 "is taken" "${run[@]}"
scenario 'partitions = { { image = "echo", load = 0x10000000 }, { image = "relay", load = 0x10080000 } },'
expect "overlapping partitions" 2 "overlaps" "${run[@]}"
scenario 'partitions = { { image = "echo", load = 0x0e100000 } },'
expect "a partition over the SPMC" 2 "0xe100000" "${run[@]}"
scenario 'partitions = { { image = "echo", load = 0x80000000 } },'
expect "a partition in non-secure memory" 2 "secure memory" "${run[@]}"
head -c 8192 /dev/zero >zero.pkg
scenario 'partitions = { { package = "zero.pkg" } },'
expect "not a package" 2 "SPKG" "${run[@]}"
scenario 'partitions = { { image = "echo" } }, board = "nowhere",'
expect "unknown board in the scenario" 2 "nowhere" "${run[@]}"
{
    printf '/dts-v1/;\n/ {\n'
    seq 5000 | sed 's/.*/n& { lab: x& {}; };/'
    printf '};\n'
} >many.dts
scenario 'partitions = { { name = "a", script = function() end, manifest = "many.dts" } },'
expect "dtc with more to say than a pipe holds" 2 "Duplicate label" "${run[@]}"
printf '/dts-v1/;\n/ { big = /incbin/("/dev/zero", 0, 0x400000); };\n' >big.dts
scenario 'partitions = { { name = "a", script = function() end, manifest = "big.dts" } },'
expect "a manifest source that makes too much" 2 "1048576 bytes" "${run[@]}"
scenario 'secondary = 3, partitions = { { image = "echo" } },'
expect "secondary is no function" 2 "secondary: wanted a function" "${run[@]}"
printf 'return scenario {\n  name = "x",\n  secondary = function() end,\n  normal_world = { image = "kernel" },\n}\n' >s.lua
expect "secondary beside an image" 2 "s.lua:3: secondary: the image" "${run[@]}"
scenario 'pes = 2, partitions = { { image = "echo" } },' 'nw:cpu_on(1) nw:wait(1000)'
expect "a PE that nobody plays" 1 "no function secondary" "${run[@]}"
scenario "" 'nw:cpu_on("one")'
expect "a PE that is no number" 1 "cpu_on: PE: wanted an integer" "${run[@]}"
scenario "" 'os.exit(0)'
expect "no os" 1 "os" "${run[@]}"
scenario "" 'while true do end'
expect "a script that loops" 1 "loop" "${run[@]}"
scenario "" 'local t = {} while true do t[#t + 1] = string.rep("x", 100000) end'
expect "a script that eats memory" 1 "memory" "${run[@]}"
printf 'while true do end\n' >s.lua
expect "a header that loops" 2 "s.lua:1" "${run[@]}"
scenario 'limit = "2 ms", partitions = { { image = "echo" } },' 'nw:direct_req("echo", { 0xed5 })'
expect "a guest that loops" 1 "limit" "${run[@]}"
scenario 'limit = "20 ms", partitions = { { image = "echo" } },' 'nw:direct_req("echo", { 0xed6 })'
expect "a guest that prints" 1 "limit" "$orrery" run s.lua

# Third-party images: the normal world's, raw and ELF, and partitions, without a scenario file
guests=$share/guests
nwd=("$orrery" run --quiet --normal-world)
echo_parts=(--partition "echo.bin,echo.dtb")
both_parts=("${echo_parts[@]}" --partition "$guests/relay.bin,$guests/relay.dtb")
# broken OFFSET BYTES: the ELF file of the kernel with other bytes at an offset
broken() {
    cp "$guests/kernel.elf" broken.elf
    printf '%b' "$2" | dd of=broken.elf bs=1 seek="$1" conv=notrunc 2>dd.log
}
expect "an ELF file" 0 PASS "${nwd[@]}" kernel.elf "${both_parts[@]}"
expect "a raw image at EL2, elsewhere, on the FVP" 0 PASS "${nwd[@]}" "$guests/kernel.bin" --board fvp \
    --normal-world-el 2 --normal-world-load 0x88000000 "${both_parts[@]}"
expect "one partition twice" 2 "echo-2: /: boot-order" "${nwd[@]}" kernel.elf "${echo_parts[@]}" "${echo_parts[@]}"
expect "no such image" 2 "command line: image 'nope' is not there" "${nwd[@]}" nope
expect "no such package" 2 "package 'x.pkg' is not there" "${nwd[@]}" kernel.elf --partition x.pkg
expect "no package" 2 "SPKG" "${nwd[@]}" kernel.elf --partition zero.pkg
expect "half a partition" 2 "wanted PACKAGE or IMAGE,MANIFEST" "${nwd[@]}" kernel.elf --partition echo.bin,
expect "no manifest" 2 "manifest 'm.dtb' is not there" "${nwd[@]}" kernel.elf --partition echo.bin,m.dtb
expect "partitions alone" 2 "--normal-world IMAGE" "$orrery" run --partition x.pkg
expect "images beside a scenario" 2 "either scenarios or" "${nwd[@]}" kernel.elf s.lua
expect "no exception level" 2 "--normal-world-el" "${nwd[@]}" kernel.elf --normal-world-el 3
expect "no address" 2 "--normal-world-load" "${nwd[@]}" kernel.elf --normal-world-load here
expect "an address in no page" 2 "no multiple of 4096" "${nwd[@]}" kernel.elf --normal-world-load 0x80000004
expect "secure memory" 2 "non-secure memory" "${nwd[@]}" kernel.elf --normal-world-load 0x10000000
expect "raw into secure memory" 2 "non-secure memory" "${nwd[@]}" kernel.bin --normal-world-load 0x10000000
: >empty.bin
expect "an empty image" 2 "empty.bin: an empty file" "${nwd[@]}" empty.bin
broken 4 '\001'
expect "a 32-bit ELF file" 2 "broken.elf: an ELF file of class 1" "${nwd[@]}" broken.elf
broken 18 '\076'
expect "an ELF file for another machine" 2 "machine 62" "${nwd[@]}" broken.elf
broken 16 '\001'
expect "an ELF file that is not linked" 2 "link it first" "${nwd[@]}" broken.elf
broken 32 '\377\377\377\377\377\377\377\377'
expect "program headers behind the end" 2 "program headers" "${nwd[@]}" broken.elf
broken 72 '\377\377\377\377\377\377\377\377'
expect "a segment behind the end" 2 "are not in the file" "${nwd[@]}" broken.elf
broken 104 '\000\000\000\000\001'
expect "a segment of 4 GiB" 2 "of memory" "${nwd[@]}" broken.elf
broken 24 '\002'
expect "an entry point between instructions" 2 "entry point 0x2" "${nwd[@]}" broken.elf
head -c 100 "$guests/kernel.elf" >short.elf
expect "a cut ELF file" 2 "short.elf: 3 program headers" "${nwd[@]}" short.elf
printf 'return scenario {\n  name = "x",\n  normal_world = { image = "short.elf" },\n}\n' >s.lua
expect "a cut ELF file in a scenario" 2 "short.elf: 3 program headers" "${run[@]}"
scenario "" 'machine.uart_input("nowhere", "x")'
expect "no such UART" 1 "no UART 'nowhere'" "${run[@]}"
scenario "" 'machine.uart_input("0", string.rep("x", 65537))'
expect "too much input" 1 "more than 65536 bytes" "${run[@]}"

# Partition manifests: one property wrong in each
manifest() {
    sed -e "s|$1|$2|" "$source/scenarios/guests/echo/echo.dts" >m.dts
    cmp -s m.dts "$source/scenarios/guests/echo/echo.dts" && echo "FAILED: the manifest has no $1"
    scenario 'partitions = { { image = "echo", manifest = "m.dts" } },'
}
while IFS='|' read -r words from to; do
    manifest "$from" "$to"
    expect "manifest: $words, $to" 2 "$words" "${run[@]}"
done <<'CASES'
compatible|"arm,ffa-manifest-1.0"|"arm,ffa-manifest-9.0"
ffa-version|ffa-version = <0x00010003>;|
ffa-version|ffa-version = <0x00010003>|ffa-version = <0x00020000>
ffa-version|ffa-version = <0x00010003>|ffa-version = [01 02 03]
uuid|uuid = <0xfd5fa6df|uuid = <0xfd5fa6df 1
uuid|uuid = <.*>;|uuid = <0 0 0 0>;
uuid|uuid = <.*>;|
execution-ctx-count|execution-ctx-count = <1>|execution-ctx-count = <0>
execution-ctx-count|execution-ctx-count = <1>|execution-ctx-count = <70000>
execution-ctx-count|execution-ctx-count = <1>|execution-ctx-count = <3>
exception-level|exception-level = <2>|exception-level = <7>
execution-state|execution-state = <0>|execution-state = <1>
xlat-granule|xlat-granule = <0>|xlat-granule = <2>
entrypoint-offset|entrypoint-offset = <0x4000>|entrypoint-offset = <0x40000000>
boot-order|boot-order = <1>|boot-order = <65536>
messaging-method|messaging-method = <0x603>|messaging-method = <0>
messaging-method|messaging-method = <0x603>|messaging-method = <0x8000>
messaging-method|messaging-method = <0x603>;|
ns-interrupts-action|ns-interrupts-action = <2>|ns-interrupts-action = <5>
managed-exit|ns-interrupts-action = <2>;|managed-exit = <1>;
gp-register-num|boot-order = <1>;|gp-register-num = <4>;
sri-interrupts-policy|boot-order = <1>;|sri-interrupts-policy = <8>;
other-s-interrupts-action|boot-order = <1>;|other-s-interrupts-action = <0>;
notification-support|boot-order = <1>;|notification-support = <1>;
abort-action|boot-order = <1>;|abort-action = <1>;
memory-regions|ns-interrupts-action = <2>;|memory-regions { compatible = "x"; };
pages-count|ns-interrupts-action = <2>;|memory-regions { compatible = "arm,ffa-manifest-memory-regions"; a { base-address = <0 0x10800000>; pages-count = <0>; attributes = <3>; }; };
base-address|ns-interrupts-action = <2>;|memory-regions { compatible = "arm,ffa-manifest-memory-regions"; a { base-address = <0 0x10800001>; pages-count = <1>; attributes = <3>; }; };
attributes|ns-interrupts-action = <2>;|memory-regions { compatible = "arm,ffa-manifest-memory-regions"; a { base-address = <0 0x10800000>; pages-count = <1>; attributes = <2>; }; };
memory|ns-interrupts-action = <2>;|memory-regions { compatible = "arm,ffa-manifest-memory-regions"; a { base-address = <0 0x00800000>; pages-count = <1>; attributes = <3>; }; };
device|ns-interrupts-action = <2>;|device-regions { compatible = "arm,ffa-manifest-device-regions"; a { base-address = <0 0x00900000>; pages-count = <1>; attributes = <3>; }; };
interrupts|ns-interrupts-action = <2>;|device-regions { compatible = "arm,ffa-manifest-device-regions"; a { base-address = <0 0x09040000>; pages-count = <1>; attributes = <3>; interrupts = <40>; }; };
rx-buffer|ns-interrupts-action = <2>;|rx_tx-info { compatible = "arm,ffa-manifest-rx_tx-buffer"; };
dtc|boot-order = <1>;|boot-order = <0x123456789abc>;
CASES
cp "$source/scenarios/guests/echo/echo.dts" m.dts
scenario 'partitions = { { image = "boot_info", manifest = "boot_info_1_1.dts", spkg_version = 1 } },'
expect "no room for boot information" 2 "make it a package of version 2" "${run[@]}"
scenario 'partitions = { { image = "echo", manifest = "m.dts" }, { name = "b", image = "echo", manifest = "m.dts" } },'
expect "one boot-order twice" 2 "boot-order" "${run[@]}"

# Files that are written
scenario
cp s.lua keep.lua
expect "a tape in the place of a scenario" 2 "keep.lua: is there and is no tape" "${run[@]}" --tape keep.lua
expect "a trace in the place of a scenario" 2 "keep.lua: is there and is no trace" "${run[@]}" --trace keep.lua
expect "it is what it was" 0 "bad input" cat keep.lua
: >empty.tape
expect "an empty tape" 2 "empty.tape:1: the tape ends without" "$orrery" replay empty.tape
expect "a tape in its place" 0 PASS "${run[@]}" --tape empty.tape
expect "and another one" 0 PASS "${run[@]}" --tape empty.tape
# shellcheck disable=SC2016 # the inner shell's
expect "no room for a file" 3 "can not write the list of choice points: File too large" \
    bash -c 'ulimit -f 1; exec "$@"' - "${run[@]}" --list-choices points

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
