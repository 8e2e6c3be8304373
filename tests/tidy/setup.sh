#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# tools/setup on machines that are made up: a copy of it whose absolute paths lead into a folder of
# ours, between programs that answer for the package manager and write down what they were asked.
# Changes nothing of the machine. Exit status 77: no dpkg here to compare versions with.
set -euo pipefail
export LC_ALL=C
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dpkg=$(command -v dpkg) || { echo "skipped: there is no dpkg here" && exit 77; }
export REAL_DPKG=$dpkg

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export M=$tmp/machine # what is there: files named after what they hold
export TMPDIR=$tmp/temporary

# program NAME: standard input as a program that tools/setup finds instead of the machine's own
program() {
    { echo '#!/bin/bash' && cat; } >"$tmp/bin/$1"
    chmod +x "$tmp/bin/$1"
}

mkdir -p "$tmp/bin"
program id <<'sh'
cat "$M/uid"
sh
program sudo <<'sh'
exit 1
sh
program qemu-system-aarch64 <<'sh'
[[ -e $M/qemu ]] || exit 127
echo "QEMU emulator version $(<"$M/qemu") (Debian)"
sh
program dpkg-query <<'sh'
package=${*: -1}
[[ -e $M/installed/$package ]] || exit 1
case $3 in
'${Status}') printf 'install ok installed' ;;
'${Version}') cat "$M/installed/$package" ;;
*) printf 'install ok installed %s' "$(<"$M/installed/$package")" ;;
esac
sh
program dpkg <<'sh'
case $1 in
--print-architecture) cat "$M/architecture" ;;
-x) mkdir -p "$3/usr/lib/aarch64-linux-gnu" && cp "$2" "$3/usr/lib/aarch64-linux-gnu/libfdt.a" ;;
*) exec "$REAL_DPKG" "$@" ;;
esac
sh
program aarch64-linux-gnu-ar <<'sh'
cat "$2"
sh
program apt-cache <<'sh'
printf ' libfdt-dev | 0.1-1 | mirror arm64 Packages\n'
[[ ! -e $M/arm64 ]] || printf ' libfdt-dev | %s | mirror arm64 Packages\n' "$(<"$M/arm64")"
sh
program apt-get <<'sh'
echo "$*" >>"$M/asked"
backports=$M/etc/apt/sources.list.d/orrery-backports.sources
case $* in
indextargets*)
    printf '%s|main|mirror:/debian/\n' "$(<"$M/suite")" "$(<"$M/suite")" trixie
    [[ ! -e $M/knows-backports ]] || echo 'bookworm-backports|main|mirror:/other/'
    ;;
*APT::Architecture=arm64*' update')
    list=$*
    list=${list##*SourceList=}
    cat "${list%% *}" >"$M/arm64-sources"
    ;;
*download*) echo fdt.o >"libfdt-dev_1_arm64.deb" ;;
*update) [[ -e $M/backports || ! -e $backports ]] ;;
*qemu-system-arm)
    [[ $* != *'-t bookworm-backports'* || -e $M/backports ]] || exit 100
    cat "$M/mirror-qemu" >"$M/qemu"
    ;;
*install*)
    [[ ! -e $M/broken ]] || exit 100
    for package in "$@"; do
        [[ $package == -* || $package == *::* ]] || echo 2.1.1-2 >"$M/installed/$package"
    done
    ;;
esac
sh

# machine DEBIAN: as this script leaves it when all is to be had, with backports on the mirror
machine() {
    local package
    rm -rf "$M" "$TMPDIR"
    mkdir -p "$M/installed" "$M/etc/apt/sources.list.d" "$M/etc/apt/preferences.d" "$M/aarch64" \
        "$TMPDIR"
    [[ $1 == 12 ]] && echo bookworm >"$M/suite" || echo trixie >"$M/suite"
    printf 'ID=debian\nVERSION_ID=%s\nVERSION_CODENAME=%s\n' "$1" "$(<"$M/suite")" >"$M/os-release"
    for package in $(sed -n '/^readonly PACKAGES=(/,/^)/{//d;p}' "$top/tools/setup") \
        libunicorn2t64 libunicorn-dev; do
        echo 2.1.1-2 >"$M/installed/$package"
    done
    echo 1.6.1-4+b1 >"$M/installed/libfdt-dev"
    echo 1.6.1-4 >"$M/aarch64/libfdt.version"
    echo fdt.o >"$M/aarch64/libfdt.a"
    echo 1.6.1-4+b2 >"$M/arm64"
    echo amd64 >"$M/architecture"
    echo 10.0.2 >"$M/qemu"
    cp "$M/qemu" "$M/mirror-qemu"
    echo 0 >"$M/uid"
    : >"$M/backports"
    : >"$M/asked"
    sed -e "s|=/etc/apt/|=$M/etc/apt/|; s|/etc/os-release|$M/os-release|" \
        -e "s|^readonly AARCH64_DIR=.*|readonly AARCH64_DIR=$M/aarch64|" \
        "$top/tools/setup" >"$M/setup"
    backports=$M/etc/apt/sources.list.d/orrery-backports.sources
}

failures=0
wrong() {
    echo "setup: $name: $1"
    sed 's/^/    said: /' "$tmp/said"
    sed 's/^/    asked: /' "$M/asked"
    failures=$((failures + 1))
}

# run NAME STATUS [ARGUMENT...]
run() {
    local want=$2 got=0
    name=$1
    PATH=$tmp/bin:$PATH bash "$M/setup" "${@:3}" >"$tmp/said" 2>&1 </dev/null || got=$?
    [[ $got -eq $want ]] || wrong "exit status $got, want $want"
    [[ -z $(ls "$TMPDIR") ]] || wrong "left files behind: $(ls "$TMPDIR")"
}
says() { grep -qxF -- "setup: $1" "$tmp/said" || wrong "did not say '$1'"; }
holds() { [[ -e $1 && $(<"$1") == *"$2"* ]] || wrong "$1 does not hold '$2'"; }
no_file() { [[ ! -e $1 ]] || wrong "$1 is there"; }
asked() { grep -qE -- "$1" "$M/asked" || wrong "apt-get was not asked for '$1'"; }
not_asked() { ! grep -qE -- "$1" "$M/asked" || wrong "apt-get was asked for '$1'"; }

skipped="no QEMU 10 on this mirror: the tests against QEMU will be skipped"
without="the firmware presets (qemu, fvp, thor) can not be built and their tests are skipped"

machine 12
echo 1000 >"$M/uid"
run "nothing is missing" 0
says "nothing is missing"
not_asked .

machine 12
rm "$M/qemu"
run "Debian 12 without QEMU" 0
asked 'install .*-t bookworm-backports qemu-system-arm$'
holds "$backports" 'URIs: mirror:/debian/'
holds "$backports" 'Suites: bookworm-backports'
run "again" 0
says "nothing is missing"

machine 12
echo 7.2.1 >"$M/qemu"
rm "$M/backports"
run "a mirror without backports" 0
says "$skipped"
says "done"
no_file "$backports"

machine 12
echo 7.2.1 | tee "$M/qemu" >"$M/mirror-qemu"
run "backports with an old QEMU" 0
says "$skipped"
no_file "$backports"

machine 12
rm "$M/qemu"
: >"$M/knows-backports"
run "backports known to apt" 0
asked 'qemu-system-arm$'
no_file "$backports"

machine 13
rm "$M/qemu"
run "Debian 13 without QEMU" 0
asked 'install -y --no-install-recommends qemu-system-arm$'
no_file "$backports"

machine 12
rm "$M/installed/libelf-dev" "$M/backports"
echo "Types: deb" >"$backports"
run "backports that went away do not keep libelf-dev out" 0
asked 'install .* libelf-dev$'
no_file "$backports"

machine 12
rm "$M/installed/libelf-dev"
: >"$M/broken"
run "what is needed can not be installed" 1

machine 12
rm "$M/installed/libelf-dev"
echo 1000 >"$M/uid"
run "what is needed is missing, and no root" 1
not_asked .

machine 12
rm -r "$M/qemu" "$M/aarch64"
echo 1000 >"$M/uid"
run "what is optional is missing, and no root" 0
says "no QEMU 10, and no root to install it: the tests against QEMU will be skipped"
says "no libfdt 1.6.1-4 for arm64, and no root to install it: $without"
not_asked .

machine 12
rm -r "$M/aarch64"
run "no AArch64 libfdt" 0
asked 'download libfdt-dev=1.6.1-4\+b2$'
holds "$M/arm64-sources" 'arch=arm64'
holds "$M/arm64-sources" '] mirror:/debian/ bookworm main'
[[ $(wc -l <"$M/arm64-sources") -eq 1 ]] || wrong "arm64 out of more than this Debian"
holds "$M/aarch64/libfdt.version" 1.6.1-4+b2
holds "$M/aarch64/libfdt.a" fdt.o
run "again" 0
says "nothing is missing"

machine 12
rm -r "$M/aarch64" "$M/arm64"
run "no AArch64 libfdt of that version" 0
says "no libfdt 1.6.1-4 for arm64 on this mirror: $without"
no_file "$M/aarch64/libfdt.a"

machine 13
echo 1.7.2-2+b1 >"$M/installed/libfdt-dev"
echo 1.7.2-2 >"$M/arm64"
run "an AArch64 libfdt of another version" 0
holds "$M/aarch64/libfdt.version" 1.7.2-2

machine 13
rm -r "$M/aarch64"
echo arm64 >"$M/architecture"
run "an arm64 machine" 0
says "nothing is missing"

machine 14
run "another Debian" 2
says "  QEMU >= 10.0 (qemu-system-aarch64)"
run "an unknown argument" 2 --everything
run "help" 0 --help

[[ $failures -eq 0 ]] || exit 1
echo "setup: all as it should be"
