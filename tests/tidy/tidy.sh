#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What a reviewer should not have to say. One check a call; prints each finding as FILE:LINE: what,
# exit status 1 when there is one.
#
#   tidy.sh spdx ROOT              the licence line at the top of every source file
#   tidy.sh format ROOT            clang-format (exit status 77: not the version of record)
#   tidy.sh sizes ROOT             files up to 600 lines, functions up to 100
#   tidy.sh includes ROOT          headers that a room must not include
#   tidy.sh words ROOT             words that say the work is not done
#   tidy.sh links ROOT             relative links of *.md to files that are not there
#   tidy.sh commands ROOT [ORRERY] commands in the README's sh blocks that do not exist
#   tidy.sh paths ROOT             absolute paths of somebody's machine
#   tidy.sh addresses ROOT         network addresses in build files
#   tidy.sh self-test              each check sees what it is for
set -euo pipefail
export LC_ALL=C

readonly CLANG_FORMAT_MAJOR=14
readonly FILE_LINES_MAX=600
readonly FUNCTION_LINES_MAX=100

# files [-v] PATTERN: the project's files whose names match (do not match) the pattern
files() {
    { git ls-files -co --exclude-standard 2>/dev/null ||
        find . -type f -not -path './.git/*' -not -path './build/*' -printf '%P\n'; } |
        sort -u | grep -E "$@" | while IFS= read -r file; do
        [[ -f $file ]] && printf '%s\n' "$file"
    done || true
}

findings() { # prints standard input; fails when there is any
    local text
    text=$(cat)
    [[ -z $text ]] && return
    printf '%s\n' "$text"
    return 1
}

readonly SOURCES='(\.([chS]|lua|cmake|sh|dts|dtsi|ld)|CMakeLists\.txt)$'

# Files without an extension that start with "#!"
scripts() {
    files '(^|/)[^./]+$' | while IFS= read -r file; do
        [[ $(head -c 2 "$file" | tr -d '\0') == '#!' ]] && printf '%s\n' "$file"
    done || true
}

check_spdx() {
    { files "$SOURCES" && scripts; } | while IFS= read -r file; do
        head -n 2 "$file" | grep -qE '^(/\*|//|#|--) SPDX-License-Identifier: BSD-3-Clause( \*/)?$' ||
            echo "$file:1: no SPDX licence line"
    done | findings
}

check_format() {
    clang-format --version | grep -qE "version $CLANG_FORMAT_MAJOR\." || {
        echo "clang-format $CLANG_FORMAT_MAJOR decides; this is $(clang-format --version)"
        exit 77
    }
    {
        files '\.[ch]$' | xargs -r -P "$(nproc)" -n 20 clang-format --dry-run -Werror 2>&1 |
            grep -E 'error:' || true
    } | findings
}

check_sizes() {
    files "$SOURCES" | xargs -r awk -v file_max=$FILE_LINES_MAX -v max=$FUNCTION_LINES_MAX '
        function end_of_file() {
            if (lines > file_max) print name ":1: " lines " lines, more than " file_max
        }
        FNR == 1 { end_of_file(); name = FILENAME; start = 0 }
        { lines = FNR }
        FILENAME !~ /\.[ch]$/ { next }
        /^{/ { start = FNR }
        /^}/ {
            if (start && FNR - start - 1 > max)
                print FILENAME ":" start ": function of " FNR - start - 1 " lines, more than " max
            start = 0
        }
        END { end_of_file() }' | findings
}

# includes FILES HEADERS REASON
includes() {
    files "$1" | xargs -r grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)[>\"]" |
        sed -E "s|\$| ($3)|" || true
}

check_includes() {
    {
        includes '^sim/.*\.[ch]$' 'time\.h|sys/time\.h|sys/random\.h|pthread\.h|threads\.h' \
            'nothing of the host may reach a run' |
            grep -v '^sim/replay/campaign\.c:' || true # the time decides when a campaign ends, no more
        files '\.[ch]$' | grep -vE '^(sim|tests)/' | xargs -r grep -nHE '#[ ]*include <unicorn/' |
            sed 's|$| (only sim/ knows Unicorn)|' || true
        includes '^sim/(machine|cpu|device)/.*\.[ch]$' '(spmc|spmd)/.*|arch/arch\.h' \
            'only sim/host knows the core'
        includes '^sim/.*\.[ch]$' '(tools|tests)/.*' 'arrows point down only'
        includes '^scenarios/.*\.[ch]$' '(sim|spmc|spmd)/.*' 'a guest knows the ABI only'
    } | findings
}

check_words() {
    # spelt in two halves: this file must pass too
    local tags='TO''DO|FIX''ME|XX''X|HA''CK'
    local phrases='([Nn]ot (yet )?|[Uu]n)implem''ented|[Ss]tu''b(bed)?'
    {
        { files "$SOURCES" && scripts; } | xargs -r grep -nHE "\b($tags|$phrases)\b" |
            grep -vE '(gdb|remote) stu''b' || true
    } | findings
}

# text_of FILE.md: without fenced blocks and code spans, line numbers kept
text_of() {
    awk '/^ *```/ { fence = !fence; print ""; next } fence { print ""; next }
         { gsub(/`[^`]*`/, ""); print }' "$1"
}

# anchors_of FILE.md: as GitHub makes them of headings
anchors_of() {
    sed -nE 's/^#{1,6} +//p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_links() {
    local file line target path anchor
    files '\.md$' | while IFS= read -r file; do
        text_of "$file" | grep -noE '\]\([^) ]+\)' | sed -E 's/^([0-9]+):\]\((.*)\)$/\1 \2/' |
            while read -r line target; do
                [[ $target =~ ^[a-z]+: ]] && continue
                path=${target%%#*} anchor=""
                [[ $target == *#* ]] && anchor=${target#*#}
                if [[ -z $path ]]; then
                    path=$file
                else
                    path=$(dirname "$file")/$path
                fi
                if [[ ! -e $path ]]; then
                    echo "$file:$line: dead link $target"
                elif [[ -n $anchor && $path == *.md ]] &&
                    ! anchors_of "$path" | grep -qxF -- "$anchor"; then
                    echo "$file:$line: no heading for link $target"
                fi
            done || true
    done | findings
}

# commands ROOT [ORRERY]
check_commands() {
    local orrery=${1:-} line text word
    [[ -f README.md ]] || { echo "README.md:1: there is none" && return 1; }
    awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside { print FNR " " $0 }' README.md |
        while read -r line text; do
            for word in ${text%%#*}; do
                case $word in
                tools/* | .ci/*)
                    [[ -x $word ]] || echo "README.md:$line: there is no command $word"
                    ;;
                scenarios/*.lua | platforms/*)
                    [[ -e $word ]] || echo "README.md:$line: there is no file $word"
                    ;;
                esac
            done
            # the word behind the program's name, if it is one and not an option
            word=$(sed -nE 's/^(.*[ /])?orrery ([a-z]+).*$/\2/p' <<<"${text%%#*}")
            [[ -z $word || -z $orrery ]] || "$orrery" "$word" --help >/dev/null 2>&1 ||
                echo "README.md:$line: orrery has no command '$word'"
        done | findings
}

check_paths() {
    {
        files -v '\.(png|bin|dtb|elf|trace|tape)$' | xargs -r grep -nHIE \
            '(^|[^A-Za-z0-9_.}/-])/(work|home|root|Users|mnt|build)/[A-Za-z0-9]' || true
    } | findings
}

check_addresses() {
    {
        { files '(CMakeLists\.txt|\.cmake|CMakePresets\.json|\.sh|\.ya?ml)$' && scripts; } |
            xargs -r grep -nHE '\b(https?|ftp|git|ssh)://[a-z]' || true
    } | findings
}

self_test() {
    local here failures=0 tmp
    here=$(realpath "${BASH_SOURCE[0]}")
    tmp=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$tmp'" EXIT

    # shellcheck disable=SC2016
    # tree NAME FILE: a project that is all right, and FILE with standard input as its content
    tree() {
        rm -rf "${tmp:?}/$1"
        mkdir -p "$tmp/$1/sim" "$tmp/$1/tools" "$tmp/$1/docs" "$(dirname "$tmp/$1/$2")"
        printf '/* %s */\n#include <stdio.h>\n\nint f(void)\n{\n    return 0;\n}\n' "$spdx" >"$tmp/$1/sim/good.c"
        printf '#!/bin/sh\n# %s\n' "$spdx" >"$tmp/$1/tools/check"
        chmod +x "$tmp/$1/tools/check"
        printf '# Good one\n[a](docs/a.md) [b](#good-one)\n```sh\ntools/check\n```\n' >"$tmp/$1/README.md"
        printf 'BasedOnStyle: LLVM\nIndentWidth: 4\nBreakBeforeBraces: Linux\nAllowShortFunctionsOnASingleLine: None\n' >"$tmp/$1/.clang-format"
        : >"$tmp/$1/docs/a.md"
        cat >"$tmp/$1/$2"
    }
    # expect good|bad CHECK TREE ARGUMENT...
    expect() {
        local want=$1 got=good status=0
        "$here" "$2" "$tmp/$3" "${@:4}" >"$tmp/out" 2>&1 || status=$?
        [[ $status -eq 0 || $status -eq 77 ]] || got=bad
        [[ $status -eq 77 && $want == bad ]] && got=bad
        [[ $got == "$want" ]] && return
        echo "self-test: $2 of '$3' was found $got"
        cat "$tmp/out"
        failures=$((failures + 1))
    }
    local spdx="SPDX-License-Identifier: BSD-3-Clause" check
    tree good docs/b.md <<<'text'
    for check in spdx format sizes includes words links commands paths addresses; do
        expect good $check good
    done

    tree bad sim/x.c <<<'int x;'
    expect bad spdx bad
    tree bad tools/x <<<$'#!/bin/bash\necho'
    expect bad spdx bad
    tree bad sim/x.c <<<$'int  x ;'
    expect bad format bad
    tree bad sim/x.c < <(seq -f '// %g' 601)
    expect bad sizes bad
    tree bad sim/x.c < <(echo 'int f(void)' && echo '{' && seq -f '    // %g' 101 && echo '}')
    expect bad sizes bad
    for header in time.h unicorn/../pthread.h spmc/vcpu.h tools/x.h; do
        tree bad sim/cpu/x.c <<<"#include <$header>"
        [[ $header == unicorn* ]] && tree bad tools/x.c <<<'#include <unicorn/unicorn.h>'
        expect bad includes bad
    done
    tree bad scenarios/guests/x.c <<<'#include "sim/machine/bus.h"'
    expect bad includes bad
    for word in 'TO''DO' 'FIX''ME' 'not implem''ented' 'Unimplem''ented' 'a stu''b'; do
        tree bad sim/x.c <<<"/* $word */"
        expect bad words bad
    done
    tree bad docs/b.md <<<'[c](c.md)'
    expect bad links bad
    tree bad docs/b.md <<<'[c](../README.md#bad-one)'
    expect bad links bad
    tree bad README.md <<<$'```sh\ntools/nothing --help\n```'
    expect bad commands bad
    tree bad README.md <<<$'```sh\nbuild/bin/orrery walk x.lua\n```'
    expect bad commands bad /bin/false
    expect good commands bad /bin/true
    tree bad docs/b.md <<<"see /ho""me/me/orrery"
    expect bad paths bad
    tree bad sim/CMakeLists.txt <<<"fetch(ht""tp://example.org/x)"
    expect bad addresses bad
    [[ $failures -eq 0 ]] || exit 1
    echo "self-test: every check sees what it is for"
}

case "${1:-}" in
spdx | format | sizes | includes | words | links | commands | paths | addresses)
    [[ $# -ge 2 ]] || exec "${BASH_SOURCE[0]}"
    cd "$2"
    "check_$1" "${@:3}"
    ;;
self-test) self_test ;;
*)
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
