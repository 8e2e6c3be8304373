#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# replay.sh ORRERY SHARE SOURCE: tapes are written, and run again to the same end, here and in another
# checkout; whatever is not the same is named.
set -u
orrery=$1 share=$2 source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# A checkout: what a tape's run reads, and the program, in folders as a build has them.
checkout() {
    mkdir -p "$work/$1/bin" "$work/$1/share" "$work/$1/scenarios" &&
        cp "$orrery" "$work/$1/bin/orrery" &&
        cp -RL "$share" "$work/$1/share/orrery" &&
        cp "$source"/scenarios/{pes_matrix,level_interrupts,chain_of_three}.lua "$work/$1/scenarios/" &&
        cp -R "$source/scenarios/manifests" "$work/$1/scenarios/"
}
unset ORRERY_SHARE
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}print_suppressions=0
checkout here && checkout there || exit 3
cd "$work/here" || exit 3

# expect NAME STATUS WORDS COMMAND...: with status 2, one line on stderr
expect() {
    local name=$1 status=$2 words=$3 got why=""
    shift 3
    timeout 120 "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    [ $got -eq "$status" ] || why="status $got, want $status"
    if [ "$status" -eq 2 ]; then
        [ "$(wc -l <"$work/err")" -eq 1 ] || why="$why; $(wc -l <"$work/err") lines on stderr, want 1"
    fi
    cat "$work/out" "$work/err" | grep -qE -- "$words" || why="$why; no \"$words\""
    [ -z "$(find . -name '*.tmp')" ] || why="$why; something is left behind"
    report "$name" "$why"
}

report() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s: %s\n' "$1" "${2#; }"
        tail -n 5 "$work/out" "$work/err"
    fi
}

hash_of() { sed -nE 's/^(PASS|FAIL) .*hash ([0-9a-f]{32}).*$/\1 \2/p' "$work/out"; }

# same NAME A B
same() { [ "$2" = "$3" ] && [ -n "$2" ] && report "$1" "" || report "$1" "'$2' and '$3'"; }
other() { [ "$2" != "$3" ] && [ -n "$2" ] && report "$1" "" || report "$1" "both are '$2'"; }

run="bin/orrery run --quiet"
replay="bin/orrery replay --quiet"

# A run of its own, with all its options
expect "a tape" 0 PASS $run --tape t.tape scenarios/pes_matrix.lua
plain=$(hash_of)
expect "no tape" 0 PASS $run scenarios/pes_matrix.lua
same "recording changes nothing" "$(hash_of)" "$plain"
expect "replay" 0 "^SAME  as on the tape: [0-9]+ events, 0 delays" $replay t.tape
same "the same hash" "$(hash_of)" "$plain"
expect "many options" 0 PASS $run --tape o.tape --seed 5 --pes 8 --quantum "50 ns..2 us" \
    --limit "3 ms" --check full --board thor --delay-at 100=3us,7=200ns,2000=1ms scenarios/pes_matrix.lua
many=$(hash_of)
other "they matter" "$many" "$plain"
expect "replay with them" 0 "SAME .* 3 delays" $replay o.tape
same "the same hash with them" "$(hash_of)" "$many"
expect "without checks" 0 PASS $run --tape n.tape --no-check --until "20 us" scenarios/pes_matrix.lua
expect "replay without checks" 0 SAME $replay n.tape
expect "emulated code" 0 PASS $run --tape e.tape --delay-at 40=5us scenarios/chain_of_three.lua
expect "replay of it" 0 SAME $replay e.tape
expect "no scenario" 0 "" $run --tape k.tape --board fvp --normal-world kernel.elf --normal-world-el 2 \
    --partition echo.bin,echo.dtb --partition relay.bin,relay.dtb
expect "replay without a scenario" 0 SAME $replay k.tape
expect "it has no scenario" 2 "without one" $replay --scenario scenarios/pes_matrix.lua k.tape
expect "a trace of it" 0 SAME $replay --trace t.trace t.tape
expect "its hash" 0 "${plain#* }" bin/orrery trace hash t.trace
rm -f t.trace
expect "the story" 0 "FFA_" bin/orrery replay t.tape

# Delays: each point can be put off, and is on the list
expect "a list" 0 PASS $run --list-choices l scenarios/pes_matrix.lua
same "as many as the tape says" "$(wc -l <l)" "$(awk '$1 == "end" { print $4 }' t.tape)"
same "numbered" "$(awk '$1 != NR' l | wc -l)" 0
point=$(awk '$2 == "lock" && $3 == 1 { print $1; exit }' l)
expect "a delay" 0 PASS $run --tape d.tape --delay-at "$point=4us" scenarios/pes_matrix.lua
other "it matters" "$(hash_of)" "$plain"
expect "as recorded" 0 "^choice $point lock 1 4000\$" cat d.tape
expect "one too late" 0 "the run ends before choice point 9999999; there are" \
    $run --delay-at 9999999=1us scenarios/pes_matrix.lua
expect "interrupts" 0 PASS $run --list-choices l scenarios/level_interrupts.lua
plain=$(hash_of)
point=$(awk '$2 == "interrupt" { print $1; exit }' l)
expect "a late interrupt" 0 PASS $run --tape i.tape --delay-at "$point=30us" scenarios/level_interrupts.lua
late=$(hash_of)
other "it comes late" "$late" "$plain"
expect "replay of a late interrupt" 0 SAME $replay i.tape
same "as late again" "$(hash_of)" "$late"

# A failure
cat >scenarios/fails.lua <<'LUA'
return scenario {
  name = "a failure", pes = 2,
  params = { at = 3 },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    for i = 1, 20 do
      expect.eq(nw:direct_req("echo", { i }).payload[1] == i and i or 0, i ~= params.at and i or -1)
    end
  end,
}
LUA
mkdir -p again && cp scenarios/fails.lua again/
expect "tapes of failures only" 1 "orrery replay tapes/fails.tape" \
    $run --tapes tapes scenarios/pes_matrix.lua scenarios/fails.lua
same "of the one that failed" "$(ls tapes)" fails.tape
rm -rf tapes
expect "a failure" 1 "to run it again: orrery replay tapes/fails.tape" \
    $run --tapes tapes --set at=17 --delay-at 30=10us scenarios/fails.lua
failure=$(hash_of)
same "one tape" "$(ls tapes)" fails.tape
expect "the reason is on it" 0 "^why .*fails.lua:7" cat tapes/fails.tape
expect "the failure again" 1 SAME $replay tapes/fails.tape
same "the same failure" "$(hash_of)" "$failure"
expect "two of a name" 1 "fails-2.tape" $run --tapes both scenarios/fails.lua again/fails.lua
same "two tapes" "$(ls both | tr '\n' ' ')" "fails-2.tape fails.tape "
expect "a pass leaves none" 0 PASS $run --tapes none scenarios/pes_matrix.lua
[ ! -e none ] && report "not even the folder" "" || report "not even the folder" "it is there"

# Another checkout of the same version
cp scenarios/fails.lua "$work/there/scenarios/"
cp tapes/fails.tape "$work/there/"
cd "$work/there" || exit 3
expect "the failure elsewhere" 1 SAME $replay fails.tape
same "the same failure elsewhere" "$(hash_of)" "$failure"
mkdir -p deep && cd deep || exit 3
expect "its scenario is not here" 2 "'scenarios/fails.lua' is not here; .* --scenario FILE" \
    ../bin/orrery replay --quiet ../fails.tape
cp ../fails.tape ../scenarios/
expect "it is beside the tape" 1 SAME ../bin/orrery replay --quiet ../scenarios/fails.tape
expect "it is named" 1 SAME ../bin/orrery replay --quiet --scenario ../scenarios/fails.lua ../fails.tape
cd ..
sed "s|^scenario .*|scenario $work/gone/scenarios/fails.lua|" fails.tape >absolute.tape
expect "a full name of another machine" 1 SAME $replay absolute.tape

# Inputs that have changed
echo >>scenarios/fails.lua
expect "the scenario" 2 "fails.tape: the scenario has changed" $replay fails.tape
expect "anyway" 1 "the scenario has changed" $replay --anyway fails.tape
cp "$work/here/scenarios/fails.lua" scenarios/
printf x >>share/orrery/guests/echo.bin
expect "an image" 2 "the image of echo has changed" $replay fails.tape
cp "$work/here/share/orrery/guests/echo.bin" share/orrery/guests/
cp "$share/guests/relay.dtb" share/orrery/guests/echo.dtb
expect "a manifest" 2 "the manifest of echo has changed" $replay fails.tape
cp "$work/here/share/orrery/guests/echo.dtb" share/orrery/guests/
cp share/orrery/platforms/qemu/board.dtb share/orrery/platforms/sim/
expect "a board" 2 "the board has changed" $replay fails.tape
cp "$work/here/share/orrery/platforms/sim/board.dtb" share/orrery/platforms/sim/
sed 's/^version .*/version 0.0.0/' fails.tape >v.tape
expect "the version" 2 "made by version 0.0.0 of orrery" $replay v.tape
expect "all back" 1 SAME $replay fails.tape
cd "$work/here" || exit 3

# The same inputs, and another course
sed '/^choice/d' tapes/fails.tape >less.tape
expect "a delay less" 3 "^DIVERGED  from the tape" $replay less.tape
expect "a delay less, to see what comes of it" 1 FAIL $replay --anyway less.tape
sed -E 's/^(choice [0-9]+) [a-z]+ 0/\1 interrupt -/' tapes/fails.tape >kind.tape
expect "the hash decides" 1 SAME $replay kind.tape
sed -E 's/^(choice [0-9]+) [a-z]+ 0 /\1 interrupt - 1/' tapes/fails.tape >kind.tape
expect "a choice that does not fit" 3 "choice point 30 is [a-z]+ of PE 0, not interrupt" $replay kind.tape
expect "where it parts" 3 "within the events up to 64 at" $replay kind.tape
sed -E "s/^choice 2000 .*/choice 2000 any - 999999/" o.tape >late.tape
expect "where it parts, late" 3 "after event [0-9]+ at [0-9.]+ us, within" $replay late.tape

# What is no tape, and what can not go together
: >empty.tape
head -c 300 t.tape >cut.tape
expect "empty" 2 "empty.tape:1: " $replay empty.tape
expect "cut" 2 "cut.tape:[0-9]+: .*cut" $replay cut.tape
expect "a program" 2 "no tape|not printable" $replay bin/orrery
expect "a folder" 2 "directory" $replay tapes
expect "missing" 2 "none.tape" $replay none.tape
expect "no name" 2 "no tape given" $replay
expect "two" 2 "one tape at a time" $replay t.tape o.tape
expect "unknown option" 2 "did you mean 'story'" $replay --stori full t.tape
expect "story" 2 "full, calls or none" $replay --story loud t.tape
expect "one tape of two runs" 2 "tape" $run --tape x scenarios/fails.lua scenarios/pes_matrix.lua
expect "one list of two runs" 2 "list-choices" $run --list-choices x scenarios/fails.lua scenarios/fails.lua
expect "a folder for a tape" 2 "is a directory" $run --tape tapes scenarios/pes_matrix.lua
expect "no such folder" 2 "can not create the tape" $run --tape none/x.tape scenarios/pes_matrix.lua
expect "no folder for tapes" 2 "--tapes t.tape: no folder" $run --tapes t.tape scenarios/fails.lua
expect "a bad delay" 2 "NUMBER=DURATION" $run --delay-at 5 scenarios/pes_matrix.lua
expect "too long a delay" 2 "at most 1000 us" $run --delay-at 5=2ms scenarios/pes_matrix.lua
expect "twice the same" 0 "twice the same: [0-9]+ events" \
    $run --check-nondeterminism --delay-at 40=5us scenarios/chain_of_three.lua
expect "twice the same failure" 1 "twice the same" $run --check-nondeterminism scenarios/fails.lua

echo "replay: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
