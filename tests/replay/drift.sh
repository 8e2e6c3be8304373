#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# drift.sh ORRERY SHARE DRIFT: a process in which the second run is not the first one is found out.
set -u
orrery=$1 share=$2 drift=$3
export ORRERY_SHARE=$share
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3

cat >s.lua <<'LUA'
return scenario {
  name = "drift",
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    nw:direct_req("echo", { 1 })
    nw:direct_req("echo", { 0x5ea1 })
    nw:direct_req("echo", { 3 })
  end,
}
LUA
fail() {
    printf 'FAILED %s; got:\n' "$1"
    cat out
    exit 1
}
"$orrery" run --quiet --check-nondeterminism s.lua >out 2>&1 || fail "without drift it is the same twice"
grep -q '^twice the same: ' out || fail "it says so"
LD_PRELOAD=$drift "$orrery" run --quiet --check-nondeterminism s.lua >out 2>&1
[ $? -eq 3 ] || fail "with drift the status is 3"
grep -qE '^Event [0-9]+ is not the same in two runs' out || fail "it names the event"
grep -A1 '^The first run' out | grep -q '0x5ea1' || fail "it shows the event of the first run"
grep -A1 '^The second run' out | grep -q '0x5ea2' || fail "it shows the event of the second run"
grep -q 'w3=3' out && fail "it stops there"
[ "$(ls)" = "$(printf 'out\ns.lua')" ] || fail "nothing is left behind"
echo "drift: found out"
