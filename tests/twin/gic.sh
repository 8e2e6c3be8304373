#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The simulator's model of the GIC against QEMU's: the same operations, drawn from a seed, in every
# security state and at EL3. What they show has to be equal line by line (docs/twin.md).
#
#   gic.sh ROOT GIC-PROBE-HOST BOARD-DTB FOLDER
#
# GIC-PROBE-HOST is host.c of gic/ with the model; el3.c runs on QEMU's bare machine. Environment:
# ORRERY_QEMU, ORRERY_AARCH64_PREFIX, ORRERY_SEED (1), ORRERY_EPISODES (100), of 120 steps each.
set -euo pipefail
export LC_ALL=C

[[ $# -eq 4 ]] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
root=$1 host=$2 board=$3 folder=$4
qemu=${ORRERY_QEMU:-qemu-system-aarch64}
compiler=${ORRERY_AARCH64_PREFIX:-aarch64-linux-gnu-}gcc
seed=${ORRERY_SEED:-1} episodes=${ORRERY_EPISODES:-100} steps=120

skip() {
    echo "skipped: $*"
    exit 77
}
command -v "$compiler" >/dev/null || skip "there is no $compiler"
version=$("$qemu" --version 2>/dev/null | sed -nE '1s/^.*version ([0-9]+)\..*$/\1/p' || true)
[[ -n $version && $version -ge 10 ]] || skip "there is no $qemu of version 10 or later"

mkdir -p "$folder"
work=$(mktemp -d "$folder/gic.XXXXXX")
trap 'rm -rf "$work"' EXIT
here=$root/tests/twin/gic
probe=$root/scenarios/guests/gic_probe

"$compiler" -std=c11 -O2 -ffreestanding -nostdlib -mgeneral-regs-only -mstrict-align -fno-pie -no-pie \
    -fno-stack-protector -Wall -Wextra -Wpedantic -Werror -I "$root/scenarios/guests" \
    "-DPROBE_SEED=$seed" "-DPROBE_EPISODES=$episodes" "-DPROBE_STEPS=$steps" \
    -Wl,-T,"$here/el3.ld" -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
    -o "$work/el3.elf" "$here/el3.S" "$here/el3.c" "$probe/probe.c" "$probe/steps.c"
"$host" "$board" "$seed" "$episodes" "$steps" >"$work/sim"

: >"$work/qemu"
(
    ulimit -c 0 -f 262144
    exec timeout -k 2 200 "$qemu" -M virt,secure=on,virtualization=on,gic-version=3 -cpu max -smp 2 -m 1024 \
        -display none -nodefaults -monitor none -serial null -serial "file:$work/qemu" -semihosting \
        -device "loader,file=$work/el3.elf,cpu-num=0"
) </dev/null >"$work/said" 2>&1 || { echo "QEMU failed: $(head -n 3 "$work/said")"; }

if cmp -s "$work/sim" "$work/qemu" && [[ $(tail -n 1 "$work/sim") == "done" ]]; then
    echo "gic: $(($(wc -l <"$work/sim") - 1)) lines equal"
    exit 0
fi
# From the beginning of the episode to the first line that differs
line=$(cmp "$work/sim" "$work/qemu" 2>/dev/null | sed -nE 's/^.* line ([0-9]+)$/\1/p' || true)
line=${line:-$(($(wc -l <"$work/qemu") + 1))}
begin=$(head -n "$line" "$work/sim" | grep -n '^episode' | tail -n 1 | cut -d: -f1)
echo "gic: line $line differs (seed $seed); from the beginning of its episode:"
sed -n "${begin:-1},$((line - 1))p" "$work/sim"
echo "  sim   $(sed -n "${line}p" "$work/sim")"
echo "  qemu  $(sed -n "${line}p" "$work/qemu")"
exit 1
