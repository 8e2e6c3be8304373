#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# ctest.sh ORRERY SHARE SOURCE: a scenario that fails as one of ctest's tests leaves a tape, which comes to the
# same failure in another checkout with another build of the same version. Those are the builds of other
# presets that are no older than the sources; if there is none, a copy of this one.
set -u
orrery=$1 share=$2 source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset ORRERY_SHARE
export LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}print_suppressions=0

fail() {
    echo "ctest.sh: $1"
    tail -n 20 "$work/out"
    exit 1
}

# checkout NAME ORRERY: what a run reads, and the program
checkout() {
    mkdir -p "$work/$1/build/bin" "$work/$1/build/share" "$work/$1/scenarios" &&
        cp "$2" "$work/$1/build/bin/orrery" &&
        cp -RL "$share" "$work/$1/build/share/orrery" &&
        cp "$work/falls.lua" "$work/$1/scenarios/" || exit 3
}
: >"$work/out"
cat >"$work/falls.lua" <<'LUA'
return scenario {
  name = "a failure", pes = 2, quantum = "20 ns..2 us",
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    for i = 1, 20 do
      nw:wait(math.random(1000))
      nw:direct_req("echo", { i })
      expect.truth(i < 17)
    end
  end,
  secondary = function(nw)
    nw:wait("1 ms")
  end,
}
LUA

# A checkout whose tests are the project's own for its scenarios.
checkout here "$orrery"
mkdir -p "$work/here/tests" && cp -R "$source/tests/scenario" "$work/here/tests/" || exit 3
cat >"$work/here/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.20)
project(here NONE)
enable_testing()
add_executable(orrery IMPORTED)
set_property(TARGET orrery PROPERTY IMPORTED_LOCATION "${CMAKE_BINARY_DIR}/bin/orrery")
add_subdirectory(tests/scenario)
CMAKE
cmake -S "$work/here" -B "$work/here/build" >"$work/out" 2>&1 || fail "it can not be configured"
timeout 120 ctest --test-dir "$work/here/build" -R '^scenario\.falls$' --output-on-failure >"$work/out" 2>&1 &&
    fail "the scenario does not fail"
tape=$work/here/build/tapes/falls.tape
[ -s "$tape" ] || fail "the failed test left no tape"
failure=$(sed -nE 's/.*FAIL .*hash ([0-9a-f]{32}).*/\1/p' "$work/out")
[ -n "$failure" ] || fail "the failed test says no hash"

others=()
for preset in host host-clang host-asan host-debug; do
    other=$source/build/$preset/bin/orrery
    if [ -x "$other" ] && ! [ "$other" -ef "$orrery" ] &&
        [ -z "$(find "$source"/{spmc,spmd,sim,tools/orrery} -type f -newer "$other" | head -n 1)" ]; then
        others+=("$other")
    fi
done
[ ${#others[@]} -ne 0 ] || others=("$orrery")

count=0
for other in "${others[@]}"; do
    count=$((count + 1))
    checkout "there$count" "$other"
    cp "$tape" "$work/there$count/falls.tape"
    # Whatever the first checkout had is gone for this one.
    (cd "$work/there$count" && mv ../here ../gone &&
        timeout 120 build/bin/orrery replay --quiet falls.tape >"$work/out" 2>&1)
    status=$?
    mv "$work/gone" "$work/here"
    [ $status -eq 1 ] || fail "status $status of $other, want 1"
    grep -q '^SAME' "$work/out" || fail "$other came to something else"
    grep -q "^FAIL .*hash $failure" "$work/out" || fail "$other has another failure"
done
echo "ctest.sh: a tape of a failed test is the same failure with:" "${others[@]#"$source"/}"
