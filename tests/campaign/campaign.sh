#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# campaign.sh CAMPAIGN BUILD SOURCE: a campaign that is killed with all its processes, again and again, and goes
# on each time, ends with the runs, failures and tapes of one that was left alone.
set -u
campaign=$1 build=$2 source=$3
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}print_suppressions=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
# shellcheck source=tests/expect.sh
. "$source/tests/expect.sh"

# Two that fail, one whose expectations do not count, one that nothing changes.
mkdir scenarios
cp "$source"/tests/explore/{race,handoff}.lua scenarios/
sed 's/pes = 2,/pes = 2, tags = { "timed" },/' scenarios/race.lua >scenarios/late.lua
cat >scenarios/alone.lua <<'LUA'
return scenario { name = "alone", normal_world = function(nw) nw:wait("1 us") end }
LUA
run=("$campaign" --build "$build" --scenarios scenarios --runs 150 --jobs 2)

# What a campaign leaves: its runs in one order, its tapes, what it says of failures.
left() {
    (cd "$1" && grep -h '^run ' ./*/results | sort && find . -name '*.tape' -exec cksum {} + | sort &&
        sed -n "/^FAIL/,\$s|$1/||p" summary.txt)
}

expect "one that is left alone" 1 '^FAIL  .*scenarios/race.lua: ' "${run[@]}" --out whole
report "both failures are found" "$([ "$(grep -c '^FAIL' out)" -eq 2 ] || echo "$(grep -c '^FAIL' out) causes")"
report "what is timed is searched" "$(cat whole/random-*-core/results | grep -q '^run ' || ls whole)"
report "and does not fail" "$(grep -h 'late.lua.*failed' whole/*/report.tap | grep -v ', 0 failed')"
again=$(sed -n 's/^ *orrery replay //p' out | head -n 1)
expect "the command is right" 1 '^SAME' "$build/bin/orrery" replay --story none "$again"
report "the reports are balanced" "$(for tag in testsuites testsuite testcase; do
    begins=$(grep -oE "<${tag}( |>)" whole/campaign.xml | wc -l)
    [ "$begins" -eq "$(grep -o "</$tag>" whole/campaign.xml | wc -l)" ] || echo "$tag"
done)"
report "TAP has its plan" "$([ "$(grep -cE '^(not )?ok ' whole/campaign.tap)" = \
    "$(sed -n 's/^1\.\.//p' whole/campaign.tap)" ] || head whole/campaign.tap)"
left whole >whole.left
[ -s whole.left ] || report "something is left" "nothing"

# Killed at many moments: set -m gives each session a process group of its own.
set -m
kills=0
for pause in 0.05 0.2 0.5 1 0.4 0.7 1.2 0.6; do
    "${run[@]}" --out killed --resume >out 2>err </dev/null &
    group=$!
    sleep $pause
    kill -9 -- -$group 2>/dev/null && kills=$((kills + 1))
    wait $group 2>/dev/null
    half=$(find killed -empty \( -name results -o -name 'report.*' -o -name '*.tape' -o -name plan \))
    [ -z "$half" ] || report "nothing is half there" "$half"
done
set +m
report "it was killed on the way" "$([ $kills -ge 2 ] || echo "$kills times only")"
expect "it goes on to the end" 1 '^FAIL  .*scenarios/race.lua: ' "${run[@]}" --out killed --resume
left killed >killed.left
report "and has found the same" "$(diff whole.left killed.left | head -n 5)"
report "and nothing is left behind" "$(find killed -name '*.tmp')"
lines=$(cat killed/*/results | grep -c '^run ')
expect "at the end nothing is done again" 1 "^$lines runs .*\\(0 of them" "${run[@]}" --out killed --resume

# Limits of time, and what users get wrong
expect "a second" 0 'Not reached|No run failed' "$campaign" --build "$build" --time 1 --only alone \
    --scenarios scenarios --out short
expect "results that are there" 2 'resume goes on' "${run[@]}" --out killed
expect "other options" 2 'another campaign' "${run[@]}" --out killed --resume --seed-base 5
expect "an option that is not one" 2 'unknown argument' "$campaign" --rnus 5
expect "a strategy that is not one" 2 'want some of' "$campaign" --strategies chance
expect "no scenario" 2 'no scenario matches' "${run[@]}" --out none --only 'nobody*'
exec 8>killed/lock
flock 8
expect "two at once" 2 'another campaign is at work' "${run[@]}" --out killed --resume

echo "campaign: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
