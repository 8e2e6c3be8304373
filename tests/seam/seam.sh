#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The seam between the core (spmc/, spmd/) and where it runs. One check a call; prints each finding
# as FILE:LINE: what, exit status 1 when there is one.
#
#   seam.sh platform ROOT                  no conditional compilation outside spm[cd]/arch/*/
#   seam.sh headers ROOT                   no hosted header, and none of a room further up
#   seam.sh symbols ARCHIVE ARCH_H         undefined: the door's, mem*, strlen and fdt_* only
#   seam.sh data ARCHIVE                   nothing that can be written at file scope
#   seam.sh cross ROOT GCC LIBFDT_INCLUDE  the core compiles for AArch64, freestanding
#   seam.sh self-test ROOT GCC CC          each check sees what it is for
set -euo pipefail
export LC_ALL=C

# core_files ROOT NAME-PATTERN...: the core's files
core_files() {
    local root=$1
    shift
    (cd "$root" && find spmc spmd -type f -name "$1" | sort)
}

findings() { # prints standard input; fails when there is any
    local text
    text=$(cat)
    [[ -z $text ]] && return
    printf '%s\n' "$text"
    return 1
}

# Only the include guard of a header, "#ifndef X_H" before anything else and "#define X_H" behind it.
check_platform() {
    local root=$1 file
    core_files "$root" '*.[chS]' | grep -vE '^spm[cd]/arch/[^/]+/' | while read -r file; do
        awk -v file="$file" '
            /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else)/ {
                guard = 0
                if ($0 ~ /^#ifndef [A-Z0-9_]+_H$/ && !seen) {
                    name = $2
                    line = FNR
                    text = $0
                    seen = 1
                    waiting = 1
                    next
                }
                print file ":" FNR ": conditional compilation in the core: " $0
                next
            }
            waiting && NF { waiting = 0
                if ($1 != "#define" || $2 != name) {
                    print file ":" line ": conditional compilation in the core: " text
                }
            }' "$root/$file"
    done | findings
}

check_headers() {
    local root=$1
    (
        cd "$root"
        core_files . '*.[chS]' | xargs -r grep -nHE '^[ \t]*#[ \t]*include' /dev/null | awk -F: '
            {
                text = $0
                sub(/^[^:]*:[^:]*:[ \t]*#[ \t]*include[ \t]*/, "", text)
                at = $1 ":" $2
            }
            text ~ /^<(stdbool|stddef|stdint|stdarg|stdnoreturn|limits|libfdt)\.h>/ { next }
            text ~ /^</ { print at ": hosted header " text; next }
            text ~ /^"(sim|tools|platforms|scenarios|tests)\// { print at ": header of a room further up " text; next }
            $1 ~ /^spmc\// && text ~ /^"spmd\// { print at ": the SPMC does not know the SPMD " text; next }
            $1 ~ /^spmd\// && text ~ /^"arch\// {
                header = text
                gsub(/"/, "", header)
                if ((getline line < ("spmd/" header)) < 0) {
                    print at ": the SPMD does not know the SPMC " text
                }
                close("spmd/" header)
                next
            }
            $1 ~ /^spmd\// && text ~ /^"(spmc|partition|memory|boot|driver|interrupt)\// &&
                text !~ /^"spmc\/mem\.h"/ { print at ": the SPMD does not know the SPMC " text; next }
            text !~ /^"/ { print at ": include of something computed " text }'
    ) | findings
}

check_symbols() {
    local archive=$1 arch_h=$2 name
    # a failure inside <() would go unseen
    nm "$archive" >/dev/null || return 1
    [[ -r $arch_h ]] || return 1
    comm -23 <(nm -u "$archive" | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u) \
        <(nm --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort -u) |
        while read -r name; do
            case $name in
            memcpy | memset | memmove | memcmp | strlen | fdt_* | _GLOBAL_OFFSET_TABLE_) continue ;;
            arch_* | spmd_arch_*) grep -qE "\b$name\(" "$arch_h" && continue ;;
            esac
            printf '%s: undefined symbol outside the contract: %s\n' "$(basename "$archive")" "$name"
        done | findings
}

# Sections that are written at run time; .data.rel.ro is constant once a loader has relocated it.
check_data() {
    local archive=$1
    objdump -t "$archive" | awk -v archive="$(basename "$archive")" '
        /file format/ { member = $1; sub(/:$/, "", member) }
        {
            for (i = 2; i < NF; i++) {
                if ($i !~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ || $i ~ /^\.data\.rel\.ro/) continue
                if ($0 ~ / d +[.*]/ || $NF == $i) continue
                print archive "(" member "): file-scope data that can be written: " $NF
            }
        }' | findings
}

# Warning flags of cmake/OrreryBuild.cmake; no header but the compiler's own, the core's and libfdt's.
check_cross() {
    local root=$1 gcc=$2 libfdt=$3
    local -a flags=(
        -std=c11 -O2 -ffreestanding -mgeneral-regs-only -nostdinc -DSPMC_CALL_LOG=1
        -isystem "$("$gcc" -print-file-name=include)" -isystem "$libfdt"
        -I"$root/spmc/include" -I"$root/spmc" -I"$root/spmd/include" -I"$root/spmd"
        -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
        -Wvla -Wwrite-strings -Wpointer-arith -Wundef -fno-common
    )
    (
        cd "$root"
        core_files . '*.c' | grep -vE '^spm[cd]/arch/' | xargs -r -P "$(nproc)" -I '{}' \
            "$gcc" "${flags[@]}" -c '{}' -o /dev/null 2>&1
    ) | findings
}

self_test() {
    local root=$1 gcc=$2 cc=$3 failures=0 tmp
    tmp=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$tmp'" EXIT

    # tree NAME FILE: a core with one good header and FILE's content from standard input
    tree() {
        mkdir -p "$tmp/$1/spmc/arch" "$tmp/$1/spmd" "$tmp/$1/fdt"
        printf '#ifndef GOOD_H\n#define GOOD_H\n#endif\n' >"$tmp/$1/spmc/good.h"
        printf 'void arch_known(void);\n' >"$tmp/$1/spmc/arch/arch.h"
        mkdir -p "$(dirname "$tmp/$1/$2")"
        cat >"$tmp/$1/$2"
    }
    # archive NAME: its sources, compiled for this machine
    archive() {
        (cd "$tmp/$1" && rm -f lib.a && "$cc" -fno-common "${@:2}" -ffreestanding -c spmc/x.c -o x.o &&
            ar rc lib.a x.o)
    }
    # expect good|bad CHECK ARGUMENT...
    expect() {
        local want=$1 got=good
        shift
        ("$@") >"$tmp/out" 2>&1 || got=bad
        if [[ $got != "$want" ]]; then
            printf 'self-test: %s of %s was found %s\n' "$1" "${2#"$tmp"/}" "$got"
            cat "$tmp/out"
            failures=$((failures + 1))
        fi
    }

    tree good spmc/x.c <<<$'#include <stdint.h>\nvoid arch_known(void);\nvoid g(void);\nint f(const char *);\nunsigned long strlen(const char *);\nvoid g(void) { arch_known(); }\nstatic const int table[2] = {1, 2};\nint f(const char *s) { return (int)strlen(s) + table[*s & 1]; }'
    tree if spmc/x.c <<<$'#if 1\n#endif'
    tree ifdef spmd/x.c <<<$'#ifdef __linux__\n#endif'
    tree late_guard spmc/x.h <<<$'int x;\n#ifndef NOT_A_GUARD_H\nint y;\n#endif'
    tree second_guard spmc/x.h <<<$'#ifndef X_H\n#define X_H\n#ifndef Y_H\n#define Y_H\n#endif\n#endif'
    tree arch spmc/arch/aarch64/x.c <<<$'#ifdef HERE_IT_IS_ALLOWED\n#endif'
    expect good check_platform "$tmp/good"
    expect good check_platform "$tmp/arch"
    for name in if ifdef late_guard second_guard; do expect bad check_platform "$tmp/$name"; done

    tree hosted spmc/x.c <<<'#include <stdio.h>'
    tree upward spmc/x.c <<<'#include "sim/machine/bus.h"'
    tree sideways spmd/x.c <<<'#include "spmc/partition.h"'
    tree borrowed spmd/x.c <<<'#include "arch/arch.h"'
    tree computed spmc/x.c <<<'#include SOMETHING'
    expect good check_headers "$tmp/good"
    for name in hosted upward sideways borrowed computed; do expect bad check_headers "$tmp/$name"; done

    tree undefined spmc/x.c <<<$'int printf(const char *, ...);\nint f(void) { return printf("x"); }'
    tree undoor spmc/x.c <<<$'void arch_unknown(void);\nvoid f(void) { arch_unknown(); }'
    for name in good undefined undoor; do archive $name; done
    expect good check_symbols "$tmp/good/lib.a" "$tmp/good/spmc/arch/arch.h"
    expect bad check_symbols "$tmp/good/none.a" "$tmp/good/spmc/arch/arch.h"
    expect bad check_data "$tmp/good/none.a"
    for name in undefined undoor; do
        expect bad check_symbols "$tmp/$name/lib.a" "$tmp/good/spmc/arch/arch.h"
    done

    tree relro spmc/x.c <<<$'int f(void);\nstatic int (*const calls[2])(void) = {f, f};\nint g(int);\nint g(int i) { return calls[i & 1](); }'
    tree data spmc/x.c <<<$'int x = 1;'
    tree bss spmc/x.c <<<$'int x;'
    tree local spmc/x.c <<<$'int f(void);\nint f(void) { static int count; return ++count; }'
    tree common spmc/x.c <<<$'int x;'
    for name in relro data bss local; do archive $name -fPIC; done
    archive common -fcommon
    expect good check_data "$tmp/good/lib.a"
    expect good check_data "$tmp/relro/lib.a"
    for name in data bss local common; do expect bad check_data "$tmp/$name/lib.a"; done

    tree warns spmc/x.c <<<$'int undeclared(void) { return 0; }'
    tree floats spmc/x.c <<<$'double f(double);\ndouble f(double x) { return x * 2; }'
    tree x86 spmc/x.c <<<$'void f(void);\nvoid f(void) { __asm__ volatile("cpuid"); }'
    expect good check_cross "$tmp/good" "$gcc" "$tmp/good/fdt"
    for name in hosted warns floats x86; do
        expect bad check_cross "$tmp/$name" "$gcc" "$tmp/good/fdt"
    done
    [[ -d $root/spmc && $failures -eq 0 ]] || exit 1
    echo "self-test: every check sees what it is for"
}

case "${1:-}" in
platform | headers | symbols | data | cross) "check_$1" "${@:2}" ;;
self-test) self_test "${@:2}" ;;
*)
    sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
