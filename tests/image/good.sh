#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# good.sh ORRERY_IMAGE FIRMWARE: the images of this build pass, and info knows the raw image's size.
# Status 77 where the firmware was not built.
set -u
tool=$1 firmware=$2
# shellcheck source=tests/image/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3

for board in qemu fvp thor; do
    folder=$firmware/$board
    [ -e "$folder/spmc.elf" ] || { echo "no firmware of $board here"; exit 77; }
    expect "check $board" 0 "checks hold" \
        "$tool" check "$folder/spmc.elf" --manifest "$folder/spmc_manifest.dtb"
    expect "info $board" 0 "raw size     $(wc -c <"$folder/spmc.bin") bytes" \
        "$tool" info "$folder/spmc.elf" --manifest "$folder/spmc_manifest.dtb"
    expect "a raw image, $board" 2 "name the .elf" "$tool" check "$folder/spmc.bin"
done
finish
