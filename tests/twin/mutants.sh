#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Can the twin test see a fault? Builds one side with a deliberate fault of one bit and wants
# tools/twin to name the first call that differs, where the faultless pair is equal (docs/twin.md).
#
#   mutants.sh port ROOT ORRERY SHARE FOLDER   faults of the firmware's port, run on QEMU
#   mutants.sh mmu ROOT ORRERY SHARE FOLDER    faults of the simulator's MMU
#
# The first mutant of the group; all of them with ORRERY_FULL=1 in the environment, one by its name
# with ORRERY_MUTANT=NAME. FOLDER is where the copy of the sources is built. Exit status: 0 all of
# them seen, 1 not, 77 there is no QEMU or no firmware.
set -euo pipefail
export LC_ALL=C

# mutant GROUP NAME SCENARIO FILE SED WHAT: the sed expression (-E) changes one line of the file.
# The default is the first of a group: it needs no scenario but hello_secure_world.
mutants() {
    mutant port x14_slot hello_secure_world spmc/arch/aarch64/vectors.S \
        's/^(    stp     x14, x15, \[x0, #)112\]/\196]/' \
        'x14 and x15 of a partition are saved where x12 and x13 belong'
    mutant port forwarded_x4_slot hello_secure_world spmc/arch/aarch64/vectors.S \
        's/^(    stp     x4, x5, \[x19, #)32\]/\148]/' \
        'x4 and x5 of a call from EL3 are stored where x6 and x7 belong'
    mutant port vstcr_sl0 hello_secure_world spmc/arch/aarch64/context.c \
        's/write_vstcr_el2\(vcpu->vstcr\)/write_vstcr_el2(vcpu->vstcr ^ (1ull << 6))/' \
        'walks of the secure stage 2 start at another level'
    mutant port start_x4 smp_one_by_one spmc/arch/aarch64/vcpu.c \
        's/^    vcpu->pc = pc;/    vcpu->pc = pc, vcpu->x[4] ^= 1u;/' \
        'bit 0 of x4, the linear index of its PE, is wrong when a vCPU starts'
    mutant port mpidr_mask smp_one_by_one spmc/arch/aarch64/sysreg.h \
        's/(MPIDR_AFFINITY 0xff00fffff)full/\1eull/' \
        'PEs whose affinity differs in bit 0 are taken for one'
    mutant port hcr_tsc hello_secure_world spmc/arch/aarch64/context.c \
        's/set_hcr\(pe, vcpu->hcr /set_hcr(pe, (vcpu->hcr ^ (1ull << 19)) /' \
        'an SMC of a partition is not trapped'
    mutant port hcr_vm twin_memory_faults spmc/arch/aarch64/context.c \
        's/set_hcr\(pe, vcpu->hcr /set_hcr(pe, (vcpu->hcr ^ (1ull << 0)) /' \
        'stage 2 is off'
    mutant port hpfar_bit twin_memory_faults spmc/arch/aarch64/fault.c \
        's/hpfar = read_hpfar_el2\(\);/hpfar = read_hpfar_el2() ^ (1ull << 4);/' \
        'bit 12 of the IPA that the core is told is wrong'
    mutant port hpfar_ns twin_memory_faults spmc/arch/aarch64/sysreg.h \
        's/(define PAR_NS +\(1ull << )9\)/\18)/' \
        'the IPA space of an abort is taken from another bit than NS'
    mutant port esr_bit twin_memory_faults spmc/arch/aarch64/main.c \
        's/^(        exit->esr = read_esr_el2\(\));/\1 \& ~(1ull << 24);/' \
        'an abort never says that its syndrome is valid (ISV)'
    mutant port start_pstate twin_memory_faults spmc/arch/aarch64/vcpu.c \
        's/(define PSTATE_EL1H    0x)5u/\14u/' \
        'partitions start with SP_EL0'
    mutant port hcr_vf twin_interrupt_managed spmc/arch/aarch64/context.c \
        's/set_hcr\(pe, vcpu->hcr /set_hcr(pe, (vcpu->hcr \& ~(1ull << 6)) /' \
        'no virtual FIQ is ever signalled'
    mutant port pmr_secure twin_interrupt_queued spmc/arch/aarch64/interrupt.c \
        's/write_icc_pmr\(value\);/write_icc_pmr(value | 0x80);/' \
        'Secure interrupts are never masked'
    mutant port sri_intid twin_interrupt_notify_vm spmc/arch/aarch64/interrupt.c \
        's/write_icc_asgi1r\(value\);/write_icc_asgi1r(value ^ (1ull << 24));/' \
        'the schedule receiver interrupt is another SGI'

    mutant mmu s2_access_flag hello_secure_world sim/cpu/mmu_stage2.c \
        's/(define DESC_AF      \(1ull << )10\)/\111)/' \
        'stage 2 takes another bit for the access flag'
    mutant mmu s1_read_only kernel_at_el2 sim/cpu/mmu_stage1.c \
        's/(define DESC_AP_RO   \(1ull << )7\)/\16)/' \
        'stage 1 takes AP[1] for AP[2]'
    mutant mmu s2_fault_level twin_memory_faults sim/cpu/mmu_stage2.c \
        's/(fault\(result, MMU_FAULT_TRANSLATION, level)(, ipa)/\1 ^ 1u\2/' \
        'translation faults of stage 2 are reported one level off'
    mutant mmu s2_write twin_memory_faults sim/cpu/mmu_stage2.c \
        's/(define DESC_WRITE   \(1ull << )7\)/\16)/' \
        'stage 2 lets everything be written that can be read'
    mutant mmu s2_xn twin_memory_faults sim/cpu/mmu_stage2.c \
        's/mmu_bits\(leaf, 54, 53\)/mmu_bits(leaf, 53, 53)/' \
        'stage 2 does not see the upper bit of XN'
    mutant mmu s2_output_ns twin_memory_faults sim/cpu/mmu_stage2.c \
        's/(define TCR_OUTPUT_NS \(1ull << )30\)/\128)/' \
        'stage 2 takes another bit of VTCR_EL2 for NSA'
    mutant mmu s1_ns twin_memory_faults sim/cpu/mmu_stage1.c \
        's/(define DESC_NS      \(1ull << )5\)/\14)/' \
        'stage 1 takes another bit for NS'
    mutant mmu s1_fault_level twin_memory_faults sim/cpu/mmu_stage1.c \
        's/(mmu_fault\(result, MMU_FAULT_TRANSLATION, 1, level)/\1 ^ 1u/' \
        'translation faults of stage 1 are reported one level off'
    mutant mmu s1ptw twin_memory_faults sim/cpu/syndrome.c \
        's/(define ISS_S1PTW \(1u << )7\)/\19)/' \
        'S1PTW is another bit of ESR'
}

bad() {
    echo "mutants: $*" >&2
    exit 2
}

[[ $# -eq 5 && $1 =~ ^(port|mmu)$ ]] || { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }
group=$1 root=$2 orrery=$3 folder=$5
export ORRERY_SHARE=$4
firmware=$ORRERY_SHARE/firmware/qemu
[[ -x $orrery ]] || bad "$orrery: there is no such program"
[[ -f $firmware/el3.bin && -f $firmware/spmc.bin ]] || {
    echo "skipped: there is no firmware in $firmware"
    exit 77
}
skipped=$("$root/tools/qemu-run" --quiet --orrery "$orrery" --firmware "$firmware" \
    "$root/scenarios/hello_secure_world.lua") || [[ $? -ne 77 ]] || { echo "$skipped"; exit 77; }

mkdir -p "$folder"
work=$(mktemp -d "$folder/$group.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# The sources, without what was built of them
mkdir -p "$work/source/scenarios" "$work/source/tests"
for part in CMakeLists.txt CMakePresets.json cmake platforms sim spmc spmd tools; do
    cp -r "$root/$part" "$work/source"
done
cp -r "$root/scenarios/guests" "$work/source/scenarios"
cp -r "$root/tests/bench" "$work/source/tests"

configure() {
    local options=(--preset qemu)
    [[ $group == port ]] || options=(--preset host -DBUILD_TESTING=OFF -DORRERY_FIRMWARE=OFF)
    (cd "$work/source" && cmake "${options[@]}" -B "$work/build") >"$work/said" 2>&1 ||
        { cat "$work/said"; return 1; }
}

build() {
    local target=all
    [[ $group == port ]] || target=orrery
    cmake --build "$work/build" --target "$target" >"$work/said" 2>&1 && return
    echo "  it does not build:"
    grep -v '^\[' "$work/said" | cut -c 1-200 | tail -n 12 | sed 's/^/    /'
    return 1
}

# A mutant's run may well fail; the twin test is to say where its calls part. It must not run for
# ever.
cat >"$work/orrery" <<'RUN'
#!/usr/bin/env bash
status=0
timeout 60 "${BASH_SOURCE[0]%/*}/build/bin/orrery" "$@" || status=$?
[[ $1 != run || $status -ne 1 ]] || status=0
exit "$status"
RUN
chmod +x "$work/orrery"

# twin SCENARIO TIMEOUT: the side that was built here against the other one
twin() {
    local sides=(--orrery "$orrery" --firmware "$work/build")
    [[ $group == port ]] || sides=(--orrery "$work/orrery" --firmware "$firmware")
    "$root/tools/twin" "${sides[@]}" --timeout "$2" "$root/scenarios/$1.lua" >"$work/said" 2>&1
}

# mutate FILE SED: it has to change one line, the fault
mutate() {
    local file=$work/source/$1 changed
    [[ -f $file ]] || { echo "  the fault does not apply: there is no $1"; return 1; }
    sed -E "$2" "$file" >"$work/mutated"
    changed=$(diff "$file" "$work/mutated" | grep -c '^>' || true)
    if [[ $changed -ne 1 ]]; then
        echo "  the fault does not apply: it changes $changed lines of $1, want 1: $2"
        return 1
    fi
    cp "$file" "$work/original"
    cp "$work/mutated" "$file"
}

failures=0 count=0
declare -A controls=()

# control SCENARIO: without a fault the two sides are equal; asked once for each scenario
control() {
    if [[ -z ${controls[$1]-} ]]; then
        controls[$1]=unequal
        echo "control $1:"
        if ! build; then
            exit 1
        elif twin "$1" 60; then
            controls[$1]=equal
        fi
        said
    fi
    [[ ${controls[$1]} == equal ]]
}

said() { head -n 12 "$work/said" | cut -c 1-200 | sed 's/^/    /'; }

mutant() {
    local name=$2 scenario=$3 file=$4 fault=$5 what=$6 status=0
    [[ $1 == "$group" ]] || return 0
    if [[ -n ${ORRERY_MUTANT-} ]]; then
        [[ $name == "$ORRERY_MUTANT" ]] || return 0
    elif [[ ${ORRERY_FULL-} != 1 && $count -ge 1 ]]; then
        return 0
    fi
    count=$((count + 1))
    failures=$((failures + 1)) # until it is seen
    control "$scenario" || { echo "mutant $name: not tried, the faultless pair differs"; return 0; }
    echo "mutant $name: $what ($file)"
    mutate "$file" "$fault" || return 0
    if build; then
        twin "$scenario" 20 || status=$?
        if [[ $status -eq 1 ]] &&
            grep -q "^twin: $scenario: PE [0-9]* differs at call " "$work/said"; then
            echo "  seen:"
            failures=$((failures - 1))
        else
            echo "  NOT SEEN, status $status:"
        fi
        said
    fi
    cp "$work/original" "$work/source/$file"
}

configure
mutants
[[ $count -ne 0 ]] || bad "there is no mutant '${ORRERY_MUTANT-}' in group $group"
echo "$((count - failures)) of $count mutants seen"
[[ $failures -eq 0 ]]
