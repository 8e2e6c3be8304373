#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# faults.sh ORRERY SHARE SOURCE: who noticed the faults of a run is told; and exploration finds what takes a fault and
# a schedule, keeps it, and leaves of it what it takes.
set -u
orrery=$1 source=$3
export ORRERY_SHARE=$2
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}print_suppressions=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source"/tests/explore/*.lua "$source"/scenarios/manifests/* "$work" && cd "$work" || exit 3
mkdir whole && cp -R "$source"/scenarios/explore_faults.lua "$source"/scenarios/manifests whole || exit 3
# shellcheck source=tests/expect.sh
. "$source/tests/expect.sh"

# said NAME WORDS: the last command's output has a line
said() {
    report "$1" "$(grep -qE -- "$2" out || echo "no \"$2\"")"
}

run=("$orrery" run --story none)
explore=("$orrery" explore --quiet)
noticed='^fault [0-9]+ at [0-9]+\.[0-9]{3}us: '

# Who noticed
expect "a run with faults" 1 '^FAIL' "${run[@]}" judged.lua
said "nobody" "${noticed}stall_pe: .*: changed what came after, and nobody noticed$"
said "who gets the error" "${noticed}corrupt_call: .*: noticed after 0\.[0-9]+us by the core: asker gets FFA_ERROR"
said "the checker" "${noticed}flip_gic: .*: noticed after 0\.[1-9][0-9]*us by the checker: the GIC has not enabled"
said "not at all" '^fault 4: no_memory nth=99: did not strike$'
report "a line each" "$([ "$(grep -c '^fault ' out)" -eq 4 ] || cat out)"
grep '^fault ' out >judged
hash=$(sed -nE 's/.*hash ([0-9a-f]{32}).*/\1/p' out)
expect "it is the same twice" 1 "hash $hash" "${run[@]}" judged.lua
report "and so is what is said" "$(grep '^fault ' out | diff - judged)"
expect "it can be spared" 1 "hash $hash" "${run[@]}" --no-judge judged.lua
said "and then nobody is named" "${noticed}flip_gic: interrupt 64: enable bit 0 turns over$"
expect "no effect" 0 'no effect: the run went on as without it' \
    "${run[@]}" --fault "flip_gic intid=66 field=priority bit=7" whole/explore_faults.lua
expect "of a tape, too" 1 '' "$orrery" run --quiet --tape judged.tape --fault "wrong_answer nth=1" judged.lua
expect "with its delays" 1 "${noticed}wrong_answer: .*: changed what came after" \
    "$orrery" replay --story none judged.tape
said "it is the same run" '^SAME'
said "and the others" "${noticed}corrupt_call: .* by the core: asker gets FFA_ERROR"

expect "the end of the run" 1 "${noticed}kill_pe: .*: noticed after .* by the end of the run: every PE waits" \
    "${run[@]}" --fault "kill_pe pe=0 at=2us" judged.lua

# Exploration: neither a schedule nor a fault alone
expect "no schedule finds it" 0 ' 0 failed' "${explore[@]}" --strategy pct --no-faults --runs 600 fault_race.lua
for nth in 3 4 5; do
    expect "nor fault $nth" 0 '^PASS' \
        "${run[@]}" --fault "corrupt_call endpoint=nwd arg=1 mask=0xff00ff nth=$nth" fault_race.lua
done
expect "both do" 1 'with the faults: corrupt_call' \
    "${explore[@]}" --strategy pct --runs 600 --out found fault_race.lua
said "of one cause" 'failed of 1 cause$'
expect "the fault is on the tape" 0 '^fault corrupt_call endpoint=nwd arg=1 mask=0xff00ff nth=' cat found/fault_race-*.tape
expect "and in the results" 0 'fail .* - corrupt_call endpoint=nwd .*\|fault_race.lua' cat found/results
expect "it replays" 1 '^SAME' "$orrery" replay --story none found/fault_race-*.tape
expect "it shrinks" 0 '^1 of 1 faults are left$' "$orrery" shrink --out small.tape found/fault_race-*.tape
said "to one bit" '^  fault 1: corrupt_call endpoint=nwd arg=1 mask=0x[1248]0* nth=[0-9]+$'
expect "what is left is the failure" 1 '^SAME' "$orrery" replay --story none small.tape

# Of several most can go, and what struck by chance strikes at a time of its own.
expect "three more faults" 1 '' "$orrery" run --quiet --tape many.tape --fault "stall_pe for=1us at=4us" \
    --fault "wrong_answer nth=1" --fault "kill_pe at=900us" judged.lua
expect "none of which it takes" 0 '^0 of 3 faults are left$' "$orrery" shrink --quiet --out few.tape many.tape
cat >calls.lua <<'LUA'
return scenario { name = "calls", limit = "1 ms",
  partitions = { { name = "echo", manifest = "b.dts", script = function(sp) sp:serve(function() return {} end) end } },
  normal_world = function(nw)
    for _ = 1, 40 do expect.truth(not nw:direct_req("echo", {}).error) end
  end }
LUA
expect "chances" 1 '' "$orrery" run --quiet --tape chance.tape --seed 5 --fault "stall_pe pe=0 for=7us at=5us" \
    --fault "corrupt_call endpoint=nwd arg=1 mask=0xff chance=100000 most=9" calls.lua
expect "one is left" 0 '^1 of 2 faults are left$' "$orrery" shrink --quiet --out one.tape chance.tape
said "at its time" '^  fault 1: corrupt_call endpoint=nwd arg=1 mask=0x[1248]0? at=[0-9]+(ns|us)$'
expect "it is the failure" 1 '^SAME' "$orrery" replay --story none one.tape

# A hang stays one: the limit that is left would do for the run without the fault.
expect "a hang" 1 'FAIL' "$orrery" run --quiet --tape hang.tape --fault "hang_partition partition=echo nth=9" calls.lua
expect "its limit goes down" 0 'limit [0-9]+ns' "$orrery" shrink --quiet --out hangs.tape hang.tape
expect "but not below what a run takes" 0 '^PASS' \
    "$orrery" run --limit "$(sed -n 's/^limit //p' hangs.tape) ns" calls.lua

# A run is what its number says, whoever does it.
for jobs in 1 3; do
    "${explore[@]}" --faults 3 --runs 90 --jobs $jobs --out jobs-$jobs whole/explore_faults.lua >out 2>err
    grep '^run ' jobs-$jobs/results | sort >jobs-$jobs.runs
done
report "jobs change nothing" "$(cmp jobs-1.runs jobs-3.runs 2>&1)"
for shard in 1 2; do
    "${explore[@]}" --faults 3 --runs 90 --shard $shard/2 --out shard-$shard whole/explore_faults.lua >out 2>err
done
cat shard-?/results | grep '^run ' | sort >shards.runs
report "nor do shards" "$(cmp jobs-1.runs shards.runs 2>&1)"
report "some have faults, some have none" "$([ "$(grep -c ' - [a-z]' jobs-1.runs)" -gt 20 ] &&
    [ "$(grep -c ' -|' jobs-1.runs)" -gt 20 ] || echo "$(grep -c ' - [a-z]' jobs-1.runs) of 90")"
report "some have three" "$(grep -qE ' - [^;|]*; [^;|]*; [^;|]*\|' jobs-1.runs || echo none)"
expect "it goes on" 0 ' 0 failed' "${explore[@]}" --faults 3 --runs 100 --resume --out jobs-1 whole/explore_faults.lua
expect "with the same options only" 2 'another campaign' \
    "${explore[@]}" --runs 100 --resume --out jobs-1 whole/explore_faults.lua

# The core holds under all of them.
expect "faults at any moment" 0 ' 0 failed' "${explore[@]}" --runs 300 whole/explore_faults.lua
expect "but not a script that wants to" 1 'with the faults: ' "${explore[@]}" --runs 60 \
    <(sed 's|manifests/||; s|possible_faults = {|holds_under_faults = true, possible_faults = {|' whole/explore_faults.lua)

# What users get wrong
expect "no number" 2 'faults' "${explore[@]}" --faults many fault_race.lua
expect "all schedules, and faults" 2 'an exhaustive search has none' \
    "${explore[@]}" --strategy exhaustive --faults 1 fault_race.lua
expect "a fault that is none" 2 'fault' "${explore[@]}" --fault "flip_coin" fault_race.lua
sed 's/holds_under_faults = true/holds_under_faults = 1/' fault_race.lua >bad.lua
expect "holds" 2 'bad.lua:[0-9]+: holds_under_faults: found a number, want true or false' "${run[@]}" bad.lua
{ sed '/possible_faults/,$d' fault_race.lua && echo 'possible_faults = {' &&
    for _ in {1..17}; do echo '"power_cut",'; done && echo '},' && sed '1,/possible_faults/d' fault_race.lua; } >bad.lua
expect "too many" 2 'at most 16' "${explore[@]}" bad.lua

echo "faults: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
