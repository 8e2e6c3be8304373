#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs the README's ```sh blocks, from the repository, each in a shell of its own that stops at the
# first command that fails. Left out: getting the repository (git clone, cd), and what .ci/run has
# run itself (tools/check, tools/demo, tools/determinism, .ci/run).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

skip='^(\$ )?(git clone .*|cd [^ ]+|tools/(check|demo|determinism)|\.ci/run)( *#.*)?$'
block="" inside=false count=0
while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == '```sh' ]]; then
        inside=true block=""
    elif [[ $line == '```' ]] && $inside; then
        inside=false
        [[ -n $block ]] || continue
        count=$((count + 1))
        if [[ $block == *share/orrery/firmware/* && ! -e build/host/share/orrery/firmware/qemu/spmc.elf ]]; then
            echo "readme: block $count is skipped: this build has no firmware"
            continue
        fi
        printf 'readme: %s' "$block"
        bash -euo pipefail -c "$block" || {
            echo "readme: a command of README.md's block $count failed (above)" >&2
            exit 1
        }
    elif $inside && ! [[ $line =~ $skip ]]; then
        block+="${line#\$ }"$'\n'
    fi
done <README.md
echo "readme: $count blocks ran"
