#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# explore.sh ORRERY SHARE SOURCE: planted races are found, kept, run again and made smaller; jobs, shards and
# kills change nothing of what is found; reports are what other tools read.
set -u
orrery=$1 source=$3
export ORRERY_SHARE=$2
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}print_suppressions=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source"/tests/explore/*.lua "$work" && cd "$work" || exit 3
# shellcheck source=tests/expect.sh
. "$source/tests/expect.sh"
leftovers='*.tmp'

# The runs of a campaign's results, in one order.
runs() {
    cat "$@" | grep '^run ' | sort
}

same() {
    local why=""
    cmp -s "$work/$2" "$work/$3" || why="$2 and $3 differ"
    [ -s "$work/$2" ] || why="$2 is empty"
    report "$1" "$why"
}

explore=("$orrery" explore --quiet)

# One run does not show it; a hundred schedules do.
expect "the race is not seen by chance" 0 '^PASS' "$orrery" run --story none race.lua
expect "nor by seeds alone" 0 '^PASS' "$orrery" run --story none --seed 7 race.lua
for strategy in random pct round-robin; do
    expect "$strategy finds it" 1 "failed of 1 cause" \
        "${explore[@]}" --strategy $strategy --runs 300 --out $strategy race.lua
    expect "$strategy: its tape is the failure" 1 '^SAME' \
        "$orrery" replay --story none $strategy/race-*.tape
    expect "$strategy: it shrinks" 0 '^1 of [0-9]+ delays are left' \
        "$orrery" shrink --out small.tape $strategy/race-*.tape
    report "$strategy: the story is short" "$([ "$(wc -l <out)" -le 40 ] || echo "$(wc -l <out) lines")"
    expect "$strategy: what is left is the failure" 1 '^SAME' "$orrery" replay --story none small.tape
done
report "a parameter has shrunk" "$(grep -q '^set rounds=1$' small.tape || echo 'no rounds=1 on the tape')"
expect "two delays are found" 1 "failed of 1 cause" \
    "${explore[@]}" --strategy pct --depth 2 --runs 600 --out two handoff.lua
expect "and left" 0 '^[12] of 2 delays are left' "$orrery" shrink two/handoff-*.tape

# All of a small space.
expect "one long delay is not enough" 0 'the space is exhausted' \
    "${explore[@]}" --strategy exhaustive --depth 1 handoff.lua
expect "two are" 1 'the space is exhausted' \
    "${explore[@]}" --strategy exhaustive --depth 2 --out all handoff.lua
expect "and are on the tape" 1 '2 delays' "$orrery" replay --story none all/handoff-*.tape
"${explore[@]}" --strategy exhaustive --depth 1 --out level handoff.lua >out 2>err
for shard in 1 2 3; do
    "${explore[@]}" --strategy exhaustive --depth 1 --shard $shard/3 --out level-$shard handoff.lua >out 2>err
done
all=$(runs level/results | wc -l) parts=$(runs level-?/results | wc -l)
report "shards share the space" "$([ "$parts" -eq $((all + 2)) ] || echo "$parts runs, want $all and 2")"
"${explore[@]}" --strategy exhaustive --depth 2 --out rest --runs 40 handoff.lua >out 2>err
expect "it goes on" 1 'the space is exhausted' \
    "${explore[@]}" --strategy exhaustive --depth 2 --resume --out rest handoff.lua
runs all/results >all.runs && runs rest/results >rest.runs
same "and comes to the same" all.runs rest.runs

# A run is what its number says, whoever does it.
for jobs in 1 2 5; do
    "${explore[@]}" --strategy pct --runs 120 --jobs $jobs --out jobs-$jobs race.lua handoff.lua >out 2>err
    runs jobs-$jobs/results >jobs-$jobs.runs
done
same "two jobs" jobs-1.runs jobs-2.runs
same "five jobs" jobs-1.runs jobs-5.runs
report "and the same tapes" "$(diff <(cd jobs-1 && ls) <(cd jobs-5 && ls))"
for shard in 1 2 3; do
    "${explore[@]}" --strategy pct --runs 120 --shard $shard/3 --out shard-$shard race.lua handoff.lua >out 2>err
done
runs shard-?/results >shards.runs
same "three shards" jobs-1.runs shards.runs

# Runs that are forked off a common start are those of orrery run.
cat >drawn.lua <<'LUA'
return scenario { name = "drawn", limit = "1 ms", normal_world = function(nw)
  nw:wait(math.random(1000)) note("drawn " .. math.random(100)) end }
LUA
sed 's/^return/local first = math.random(100)\nreturn/; s/"drawn "/first .. "drawn "/' drawn.lua >drawn_early.lua
for file in drawn drawn_early; do
    "${explore[@]}" --runs 6 --seed-base 40 --out $file $file.lua >out 2>err
    for run in 0 1 5; do
        hash=$(grep "^run 0 $run " $file/results | cut -d' ' -f5)
        expect "$file: run $run is the run of its seed" 0 "hash ${hash:-none}" \
            "$orrery" run --story none --seed $((40 + run)) $file.lua
    done
done

# Killed at any moment, nothing finished is lost and nothing is half there.
"${explore[@]}" --runs 3000 --out whole race.lua >out 2>err
runs whole/results >whole.runs
for tenths in 2 4 7; do
    "${explore[@]}" --runs 3000 --jobs 2 --resume --out killed race.lua >out 2>err &
    campaign=$!
    sleep 0.$tenths
    kill -9 $campaign
    wait $campaign 2>/dev/null
done
echo half >killed/race-00000000.tape.0.tmp # as if it had been killed right there
report "killed before its end" "$([ "$(runs killed/results | wc -l)" -lt 3000 ] || echo 'it was over')"
expect "a killed campaign goes on" 1 'of them before' \
    "${explore[@]}" --runs 3000 --jobs 2 --resume --out killed race.lua
runs killed/results >killed.runs
same "and finds the same" whole.runs killed.runs
report "with the same tapes" "$(diff <(cd whole && ls) <(cd killed && ls))"
report "to the byte" "$(cmp whole/race-*.tape killed/race-*.tape 2>&1)"

# One that is asked to end tells what it has, and dies of the signal.
"${explore[@]}" --runs 100000 --jobs 2 --out ended --junit ended.xml --tap ended.tap race.lua >out 2>err &
campaign=$!
sleep 1
kill -TERM $campaign
wait $campaign 2>/dev/null
status=$?
report "it dies of the signal" "$([ $status -eq 143 ] || echo "status $status")"
report "after it told" "$(grep -qE '^[0-9]+ runs in .* failed of 1 cause' out || cat out)"
report "says how to go on" "$(grep -q 'interrupted; --resume goes on' err || cat err)"
report "and wrote its reports" "$(ls ended.xml ended.tap 2>&1 >/dev/null)"
report "all that it told was kept" "$([ "$(grep -c '^run ' ended/results)" = \
    "$(sed -nE 's/^([0-9]+) runs in .*/\1/p' out)" ] || wc -l ended/results)"
expect "a report that has no place" 2 'nowhere/x.xml' "${explore[@]}" --junit nowhere/x.xml race.lua
expect "two reports in one file" 2 'the same file' "${explore[@]}" --junit x --tap x race.lua

# Tapes instead of schedules
"$orrery" run --quiet --tape passed.tape race.lua >out 2>err
expect "tapes" 1 '^2 runs in .*: 2 distinct, 1 failed of 1 cause$' \
    "${explore[@]}" --strategy replay --junit tapes.xml passed.tape whole/race-*.tape
report "the failure is told" "$(grep -qE 'again: orrery replay whole/race-.*tape$' out || cat out)"
report "and reported" "$(grep -q '<testsuites tests="3" failures="1"' tapes.xml || head -2 tapes.xml)"
grep -v '^choice' whole/race-*.tape >other.tape
expect "one that goes another way" 1 'another way than its tape .*: it passes' "${explore[@]}" --strategy replay other.tape
expect "one that passes" 0 '^1 runs in .* 0 failed' "${explore[@]}" --strategy replay passed.tape
expect "a scenario is no tape" 2 'race.lua' "${explore[@]}" --strategy replay race.lua
expect "all is on the tape" 2 'all is on the tapes' "${explore[@]}" --strategy replay --runs 3 passed.tape
expect "no tapes" 2 'no tape given' "${explore[@]}" --strategy replay

# What a script expects is its own business.
expect "only the core counts" 0 ' 0 failed' "${explore[@]}" --core-only --runs 300 race.lua

# Reports
expect "reports" 1 'FAIL' "${explore[@]}" --strategy pct --runs 100 --out told --junit told.xml --tap told.tap \
    race.lua drawn.lua
if command -v xmllint >/dev/null; then
    expect "JUnit is XML" 0 '' xmllint --noout told.xml
fi
report "JUnit is balanced" "$(for tag in testsuites testsuite failure; do
    [ "$(grep -oE "<${tag}( |>)" told.xml | wc -l)" -eq "$(grep -o "</$tag>" told.xml | wc -l)" ] || echo "$tag"
done)"
report "JUnit has the command" \
    "$(grep -q 'failure message=.*again: orrery replay told/race-.*tape</failure>' told.xml || cat told.xml)"
report "TAP has its plan" "$([ "$(grep -cE '^(not )?ok [0-9]+ - ' told.tap)" = \
    "$(sed -n 's/^1\.\.//p' told.tap)" ] || cat told.tap)"
report "TAP has the failure" "$([ "$(grep -c '^not ok' told.tap)" -eq 1 ] || cat told.tap)"
again=$(sed -n 's/^# .*again: orrery //p' told.tap)
# shellcheck disable=SC2086 # the words of a command
expect "the command of the report is right" 1 '^SAME' "$orrery" $again --story none

# What users get wrong
expect "no scenario" 2 'no scenario given' "${explore[@]}"
expect "a scenario that is not there" 2 'nowhere.lua' "${explore[@]}" nowhere.lua
expect "one of several that is not there" 2 'nowhere.lua' "${explore[@]}" --out begun --runs 3 race.lua nowhere.lua
expect "it is not in the way of the next" 0 '^3 runs' "${explore[@]}" --out begun --runs 3 race.lua
expect "a strategy that is not one" 2 'want random, pct' "${explore[@]}" --strategy rnadom race.lua
expect "an option that is not one" 2 'did you mean' "${explore[@]}" --stategy pct race.lua
expect "a shard that is none" 2 'want I/N' "${explore[@]}" --shard 3/2 race.lua
expect "no jobs" 2 'jobs' "${explore[@]}" --jobs 0 race.lua
expect "a time without a unit" 2 'min or h' "${explore[@]}" --time 10 race.lua
expect "resume without a folder" 2 '--out DIR' "${explore[@]}" --resume race.lua
expect "results that are there" 2 '--resume goes on' "${explore[@]}" --out told race.lua
expect "results of others" 2 'another campaign' "${explore[@]}" --out told --resume race.lua
expect "a tape that is none" 2 'race.lua' "$orrery" shrink race.lua
"$orrery" run --quiet --tape passes.tape race.lua >out 2>err
expect "a tape of no failure" 2 'no failure to make smaller' "$orrery" shrink passes.tape
expect "no tape" 2 'no tape given' "$orrery" shrink

echo "explore: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
