#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The tools of the twin test, each part that needs no real firmware. Prints what is wrong, exit
# status 1 when anything is.
#
#   twin.sh flash ROOT ORRERY SHARE   the flash image holds what its load list says
#   twin.sh tools ROOT ORRERY SHARE   verdicts of qemu-run and twin, with a QEMU that only pretends
#   twin.sh hash ROOT ORRERY SHARE    a run with and without call log is the same run
# shellcheck disable=SC2016 # what the pretended QEMU expands
# shellcheck disable=SC2119,SC2120,SC2317 # functions are called through expect
set -euo pipefail
export LC_ALL=C

[[ $# -eq 4 ]] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
check=$1 root=$2 orrery=$3 share=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0
wrong() {
    printf '%s\n' "$*"
    failures=$((failures + 1))
}

# A board "qemu" that is the simulator's, and a firmware of which only the sizes are real.
mkdir -p "$tmp/share/platforms" "$tmp/firmware"
cp -r "$share/platforms/sim" "$tmp/share/platforms/qemu"
ln -s "$(cd "$share" && pwd)/platforms/sim" "$tmp/share/platforms/sim"
ln -s "$(cd "$share" && pwd)/guests" "$tmp/share/guests"
seq -w 4000 >"$tmp/firmware/el3.bin"
seq -w 11667 >"$tmp/firmware/spmc.bin"
export ORRERY_SHARE=$tmp/share
scenario=$root/scenarios/hello_secure_world.lua

# expect STATUS TEXT COMMAND...: the command ends so, and its output holds the text
expect() {
    local want=$1 text=$2 got=0 said
    shift 2
    said=$("$@" 2>&1) || got=$?
    [[ $got -eq $want && $said == *"$text"* ]] ||
        wrong "wanted status $want and '$text', got $got from $*: $said"
}

flash() { "$orrery" flash --firmware "$tmp/firmware" --output "$tmp/flash.bin" "$@"; }

# piece NAME FILE DESTINATION: the flash holds the file, and the load list says where it goes
piece() {
    local node source size
    node=$(awk -v what="what = \"$1\";" '/load@/ { node = "" } { node = node $0 }
        index($0, what) { print node }' "$tmp/list.dts")
    source=$(sed -nE 's/.*source = <(0x[0-9a-f]+)>.*/\1/p' <<<"$node")
    size=$(sed -nE 's/.*size = <(0x[0-9a-f]+)>.*/\1/p' <<<"$node")
    [[ -n $source && -n $size ]] || { wrong "$1: no piece in the list"; return; }
    [[ $((source % 4096)) -eq 0 ]] || wrong "$1: at $source in the flash"
    [[ $((size)) -eq $(stat -c %s "$2") ]] || wrong "$1: $size bytes"
    cmp -s -n $((size)) -i $((source)):0 "$tmp/flash.bin" "$2" || wrong "$1: other bytes"
    [[ $node == *"destination = <0x00 $3>"* ]] || wrong "$1: goes elsewhere: $node"
}

check_flash() {
    expect 0 '1 PEs, 5 pieces' flash --call-log "$scenario"
    cmp -s -n "$(stat -c %s "$tmp/firmware/el3.bin")" "$tmp/flash.bin" "$tmp/firmware/el3.bin" || wrong "el3.bin is not at 0"
    dd if="$tmp/flash.bin" of="$tmp/list.dtb" bs=65536 skip=4 count=1 status=none
    # numbers, even where they look like text
    dtc -q -I dtb -O dts "$tmp/list.dtb" | sed 's/= "\\0.*"/= <\0>/' >"$tmp/list.dts"
    grep -q 'compatible = "orrery,flash"' "$tmp/list.dts" || wrong "no load list"
    grep -q 'pe-count = <0x01>' "$tmp/list.dts" || wrong "no pe-count"
    grep -q 'entry = <0x00 0x80000000>' "$tmp/list.dts" || wrong "no entry of the normal world"
    grep -q 'exception-level = <0x01>' "$tmp/list.dts" || wrong "no exception level"
    grep -q 'address = <0x00 0xe002000>' "$tmp/list.dts" || wrong "no address of the manifest"
    [[ $(grep -c 'non-secure;' "$tmp/list.dts") -eq 1 ]] || wrong "one piece is not secure"
    piece spmc "$tmp/firmware/spmc.bin" 0xe100000
    piece kernel "$share/guests/kernel.bin" 0x80000000
    dd if="$tmp/flash.bin" bs=4096 skip=$((0x62)) count=1 status=none |
        dtc -q -I dtb -O dts >"$tmp/manifest.dts"
    grep -q 'call-log;' "$tmp/manifest.dts" || wrong "the manifest does not switch the call log on"
    grep -q 'debug_name = "relay"' "$tmp/manifest.dts" || wrong "the manifest has no vm2"
    [[ $(grep -c 'device_type = "cpu"' "$tmp/manifest.dts") -eq 1 ]] || wrong "cpus are not trimmed"
    expect 0 '' flash "$scenario"
    ! grep -qa 'call-log' "$tmp/flash.bin" || wrong "the call log is on without --call-log"

    expect 2 'only scenarios whose contexts are all emulated' flash "$root/scenarios/features.lua"
    sed 's/^return scenario {/&\n  resets = 2, reset_ram = "keep",/' "$scenario" >"$tmp/reset.lua"
    expect 0 '5 pieces, 2 resets' flash "$tmp/reset.lua"
    sed 's/"keep"/"lose"/' "$tmp/reset.lua" >"$tmp/lose.lua"
    expect 2 'reset_ram: found "lose"' flash "$tmp/lose.lua"
    expect 2 'can not be written' flash --output "$tmp/none/x" "$scenario"
    expect 2 'wanted one scenario' flash
    expect 2 '--firmware DIR is wanted' "$orrery" flash "$scenario"
    head -c 1048577 /dev/zero >"$tmp/firmware/spmc.bin"
    expect 2 'binary_size: found 0x100000, want at least 0x100001' flash "$scenario"
    head -c 262145 /dev/zero >"$tmp/firmware/el3.bin"
    expect 2 'el3.bin: found more, want 1 to 0x40000 bytes' flash "$scenario"
    rm "$tmp/firmware/el3.bin"
    expect 2 'el3.bin: No such file' flash "$scenario"
}

check_tools() {
    cat >"$tmp/qemu" <<'FAKE'
#!/usr/bin/env bash
if [[ $1 == --version ]]; then
    echo "QEMU emulator version ${FAKE_VERSION:-10.0.2} (somebody's)"
    exit
fi
[[ " $* " == *" -smp 1 "* ]] || exit 9
for argument; do
    [[ $argument != file:* ]] || uart=${argument#file:}
done
FAKE
    # The commands that play the machine; $uart is the secure UART.
    printf '%s\n' 'eval "$FAKE_SAYS"' >>"$tmp/qemu"
    chmod +x "$tmp/qemu"
    export ORRERY_QEMU=$tmp/qemu FAKE_SAYS
    run() { "$root/tools/qemu-run" --orrery "$orrery" --firmware "$tmp/firmware" "$@" "$scenario"; }
    run_reset() { scenario=$tmp/reset.lua run "$@"; }
    local hangs='; exec sleep 60' began=$SECONDS

    FAKE_SAYS='printf "spmc: hello\n@0 x\nel3: system off\n" >"$uart"'
    expect 0 'spmc: hello' run
    expect 0 'hello_secure_world: passed' run --uart1 "$tmp/uart1" --quiet
    grep -q '^@0 x$' "$tmp/uart1" || wrong "--uart1 has not everything"
    [[ $(run) != *@0* ]] || wrong "calls are printed"
    FAKE_SAYS='printf "el3: system off\r\n" >"$uart"'$hangs
    expect 0 'passed' run
    FAKE_SAYS='printf "@1 8001/0 smel3: system off\n" >"$uart"'
    expect 0 'passed' run
    FAKE_SAYS='printf "[kernel/0] el3: system off\n" >"$uart"'
    expect 1 'ended with status 0 before the machine was switched off' run
    FAKE_SAYS='printf "el3: system reset 0x80000000 7\n" >"$uart"'$hangs
    expect 1 'failed: el3: system reset 0x80000000 7' run
    sed 's/^return scenario {/&\n  resets = 1,/' "$scenario" >"$tmp/reset.lua"
    FAKE_SAYS='[[ " $* " != *" -no-reboot "* ]] || exit 9
        printf "el3: system reset 0x0 0\nspmc: hello\nel3: system off\n" >"$uart"'
    expect 0 'reset: passed' run_reset
    FAKE_SAYS='printf "@0 xel3: system reset 0x0 0\nel3: system reset 0x0 1\nel3: system off\n" >"$uart"'$hangs
    expect 1 'reset: failed: el3: system reset 0x0 1' run_reset
    FAKE_SAYS='printf "spmc: panic: out of order\n" >"$uart"'$hangs
    expect 1 'failed: spmc: panic: out of order' run
    FAKE_SAYS='printf "el3: panic: \033x\n" >"$uart"'$hangs
    expect 1 'failed: el3: panic: ?x' run
    FAKE_SAYS='echo "no such machine" >&2; exit 3'
    expect 1 'ended with status 3 before the machine was switched off: no such machine' run
    [[ $((SECONDS - began)) -lt 45 ]] || wrong "a verdict on the UART is not waited for"
    FAKE_SAYS='yes >"$uart"'
    expect 1 'a UART printed more than 64 MiB' run --quiet
    FAKE_SAYS=${hangs#; }
    expect 1 'still running after 1 s' run --timeout 1
    FAKE_VERSION=9.2.0 expect 77 'is version 9, want 10.0 or later' run
    ORRERY_QEMU=$tmp/none expect 77 'is not there' run
    expect 2 "--timeout 'x'" run --timeout x
    expect 2 'unknown option' run --nothing
    expect 2 'are all emulated' "$root/tools/qemu-run" --orrery "$orrery" --firmware "$tmp/firmware" \
        "$root/scenarios/features.lua"

    twin() { "$root/tools/twin" --orrery "$orrery" --firmware "$tmp/firmware" "$@" "$scenario"; }
    "$orrery" run --board qemu --quiet --call-log "$tmp/calls" "$scenario" >"$tmp/said"
    FAKE_SAYS="cat '$tmp/calls' >\"\$uart\"; echo 'el3: system off' >>\"\$uart\""
    expect 0 "twin: hello_secure_world: $(wc -l <"$tmp/calls") calls equal on 1 PE" twin
    expect 0 'calls equal' twin --keep "$tmp/kept"
    cmp -s "$tmp/kept/hello_secure_world.sim.log" "$tmp/calls" || wrong "--keep left another log"
    FAKE_SAYS="sed '5s/ 8002/ 8001/' '$tmp/calls' >\"\$uart\"; echo 'el3: system off' >>\"\$uart\""
    expect 1 'PE 0 differs at call 5' twin
    expect 1 'next: 8002/0 / 8001/0' twin
    FAKE_SAYS="head -n 3 '$tmp/calls' >\"\$uart\"; echo 'spmc: panic: x' >>\"\$uart\""
    expect 1 'failed: spmc: panic: x' twin
    expect 1 '(no more calls)' twin
    FAKE_VERSION=9.2.0 expect 77 'skipped' twin
    expect 2 'no scenario given' "$root/tools/twin" --orrery "$orrery"
    expect 0 'every difference is seen' "$root/tools/twin" --self-test
}

check_hash() {
    local name with without
    for name in hello_secure_world random_calls aborts_while_serving multiprocessor_partition; do
        without=$("$orrery" run --quiet "$root/scenarios/$name.lua") || wrong "$name fails"
        with=$("$orrery" run --quiet --call-log "$tmp/calls" "$root/scenarios/$name.lua") ||
            wrong "$name fails with a call log"
        [[ ${with##*hash } == "${without##*hash }" && -n ${with##*hash } ]] ||
            wrong "$name: the call log changes the run: $without, $with"
        grep -q '^@0 boot -> ' "$tmp/calls" || wrong "$name: no boot in the call log"
        ! grep -v '^@' "$tmp/calls" || wrong "$name: lines that are none of calls"
    done
    expect 2 'give one scenario' "$orrery" run --call-log "$tmp/x" "$scenario" "$scenario"
    expect 2 'No such file' "$orrery" run --call-log "$tmp/none/x" "$scenario"
    expect 3 'can not be written' "$orrery" run --quiet --call-log /dev/full "$scenario"
}

case $check in
flash | tools | hash) "check_$check" ;;
*) wrong "there is no check '$check'" ;;
esac
[[ $failures -eq 0 ]]
