#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# tools/conformance on small projects of its own: each finding is seen.
#   conformance.sh TOOL
set -euo pipefail
tool=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failures=0

project() {
    rm -rf "$tmp/p"
    mkdir -p "$tmp/p/docs" "$tmp/p/scenarios" "$tmp/p/tests/unit/x"
    printf '# list\n\n@ One\na.first | says one\na.second | says two\n@ Two\nb.third | says three | struck: a reason\n' \
        >"$tmp/p/docs/conformance.list"
    printf -- '-- conformance: a.first\nreturn 1\n' >"$tmp/p/scenarios/s.lua"
    printf '/* conformance: a.first */\nSTART_TEST(t)\n{\n}\nEND_TEST\n' >"$tmp/p/tests/unit/x/test.c"
}

# expect STATUS WORDS ARGUMENT...: what the tool says and how it ends
expect() {
    local want=$1 words=$2 status=0
    "$tool" --root "$tmp/p" "${@:3}" >"$tmp/out" 2>&1 || status=$?
    if [[ $status -ne $want ]] || ! grep -qF -- "$words" "$tmp/out"; then
        echo "want status $want and '$words', got $status and:"
        cat "$tmp/out"
        failures=$((failures + 1))
    fi
}

project
expect 1 'docs/conformance.md is old' --check
expect 0 '1 of 3 proved, 1 open, 1 struck'
expect 0 '1 of 3 proved, 1 open, 1 struck' --check
row='| `a.first` | says one | proved | [scenarios/s.lua](../scenarios/s.lua), [tests/unit/x/test.c: t](../tests/unit/x/test.c) |'
grep -qxF -- "$row" "$tmp/p/docs/conformance.md" || { echo "no row: $row" && failures=$((failures + 1)); }
echo '-- conformance: a.second' >>"$tmp/p/scenarios/s.lua"
expect 1 'is old (now: 2 of 3 proved' --check
echo '-- conformance: a.fifth' >>"$tmp/p/scenarios/s.lua"
expect 1 'scenarios/s.lua:4: no line of docs/conformance.list is called a.fifth' --check
project
echo '-- conformance: b.third' >>"$tmp/p/scenarios/s.lua"
expect 1 'scenarios/s.lua:3: b.third is struck'
project
echo 'a.first | once more' >>"$tmp/p/docs/conformance.list"
expect 1 'docs/conformance.list:8: a.first is there twice'
project
echo 'c d e' >>"$tmp/p/docs/conformance.list"
expect 1 'want NAME | words'
expect 2 "unknown argument '--what'" --what
rm "$tmp/p/docs/conformance.list"
expect 2 'there is none'
[[ $failures -eq 0 ]]
