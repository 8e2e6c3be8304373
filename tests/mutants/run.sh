#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Seeded bugs in the core, and the proof that they are found (docs/finding-bugs.md). Each NAME.patch
# beside this script is one mistake; the script builds orrery with it, and wants the patch's command to
# see it, and the core without it to survive the same command.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

readonly STORY_MAX=40
readonly SECONDS_MAX=300 # of one command
readonly BLOCKS_MAX=200000 # KiB that one command may write into one file

usage() {
    cat <<'USAGE'
Usage: tests/mutants/run.sh [--build DIR] [--only NAME[,NAME]] [--quick | --full] [--jobs N] [--table FILE] [--keep DIR]
Builds the core with one seeded bug after the other (NAME.patch) and runs the command that finds it.
  --build DIR   a build of preset host (default: build/host)
  --only NAMES  these mutants alone
  --full        100 single runs have to miss what only exploration finds (default)
  --quick       10 of them
  --jobs N      mutants at the same time (default: one for each processor)
  --table FILE  the table in Markdown, without times, with every number reproducible
  --keep DIR    tapes and stories stay there, by mutant
  --help        this text
A patch says "what:", "kind: plain" or "kind: schedule", "find:" with a command of orrery, and if it
matters "expect:", words of the failure's reason.
Exit status: 0 every mutant found and the unmutated core survived, 1 not, 2 usage or a bad patch.
USAGE
}

bad() {
    echo "mutants: $*" >&2
    exit 2
}

build=$root/build/host only="" singles=100 jobs=$(nproc) table="" keep=""
while [[ $# -gt 0 ]]; do
    case $1 in
    --build | --only | --jobs | --table | --keep)
        [[ $# -ge 2 && -n $2 ]] || bad "$1 needs a value (see --help)"
        case $1 in
        --build) build=$2 ;;
        --only) only=$2 ;;
        --jobs) jobs=$2 ;;
        --table) table=$2 ;;
        --keep) keep=$2 ;;
        esac
        shift
        ;;
    --quick) singles=10 ;;
    --full) singles=100 ;;
    --help) usage && exit 0 ;;
    *) bad "unknown argument '$1' (see --help)" ;;
    esac
    shift
done
[[ $jobs =~ ^[1-9][0-9]{0,2}$ ]] || bad "--jobs: found '$jobs', want 1 to 999"
[[ -f $build/build.ninja && -x $build/bin/orrery ]] ||
    bad "$build is no build of orrery (cmake --preset host && cmake --build --preset host)"
build=$(cd "$build" && pwd)
[[ -z $table ]] || : >"$table" || bad "--table: $table can not be written"
[[ -z $keep ]] || mkdir -p "$keep" || bad "--keep: $keep can not be made"
export ORRERY_SHARE=$build/share/orrery
command -v patch >/dev/null || bad "there is no 'patch' here (tools/setup installs it)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

link=$(cd "$build" && ninja -t commands bin/orrery | tail -n 1)
[[ $link == *" -o bin/orrery "* ]] || bad "the command that links bin/orrery is not understood: $link"

# Objects of today against libraries of yesterday prove nothing.
newer=$(find "$root"/{spmc,spmd,sim,tools/orrery} -name '*.[ch]' -newer "$build/bin/orrery" -print -quit)
if [[ -n $newer && $(cd "$build" && ninja -n bin/orrery 2>&1) != *"no work to do"* ]]; then
    bad "${newer#"$root/"} is newer than the build: cmake --build $build"
fi

# field PATCH NAME: of the lines before the patch itself
field() {
    sed -nE "/^--- /q; s/^$2: *//p" "$1" | head -n 1
}

patches=()
if [[ -n $only ]]; then
    IFS=, read -ra names <<<"$only"
    for name in "${names[@]}"; do
        [[ -f $here/$name.patch ]] || bad "there is no mutant '$name'"
        patches+=("$here/$name.patch")
    done
else
    patches=("$here"/*.patch)
    [[ -f ${patches[0]} ]] || bad "there is no mutant in $here"
fi
for patch in "${patches[@]}"; do
    name=${patch##*/}
    head -n 1 "$patch" | grep -q '^SPDX-License-Identifier: BSD-3-Clause$' ||
        bad "$name: no SPDX licence line"
    [[ -n $(field "$patch" what) ]] || bad "$name: no line 'what:'"
    find=$(field "$patch" find)
    case $(field "$patch" kind) in
    plain) [[ $find =~ ^(run|explore)\  ]] || bad "$name: 'find:' has to be a run or explore" ;;
    schedule) [[ $find =~ ^explore\  ]] || bad "$name: 'find:' has to be an explore" ;;
    *) bad "$name: 'kind:' has to be plain or schedule" ;;
    esac
done

# bounded FILE COMMAND...: output of both kinds goes to FILE; the command's status
bounded() {
    local out=$1
    shift
    (
        ulimit -f $BLOCKS_MAX
        cd "$root" && exec timeout -k 5 $SECONDS_MAX "$@" >"$out" 2>&1 </dev/null
    )
}

# --- building a mutant -----------------------------------------------------------------------------

# compile_command SOURCE: how the build compiles it for the library that goes into orrery
compile_command() {
    local wanted="$root/$1" library=spmc
    [[ $1 != spmd/* ]] || library=spmd
    grep -F "\"command\": " "$build/compile_commands.json" | grep -F "/CMakeFiles/$library.dir/" |
        grep -F -- " -c $wanted\"" | head -n 1 | sed -E 's/^ *"command": "(.*)",?$/\1/; s/\\"/"/g'
}

# mutate PATCH DIR: DIR/orrery; says what is amiss
mutate() {
    local patch=$1 dir=$2 source command object objects="" sources
    sources=$(sed -nE 's|^\+\+\+ b/([^ \t]+).*|\1|p' "$patch")
    [[ -n $sources ]] || { echo "the patch touches no file"; return 1; }
    for source in $sources; do
        [[ $source =~ ^spm[cd]/.*\.c$ ]] || { echo "$source is not a .c of the core"; return 1; }
        [[ -f $root/$source ]] || { echo "there is no $source"; return 1; }
        mkdir -p "$dir/source/$(dirname "$source")"
        cp "$root/$source" "$dir/source/$source"
    done
    patch -s -p1 -F0 --no-backup-if-mismatch -d "$dir/source" <"$patch" >"$dir/said" 2>&1 || {
        echo "it does not apply: $(tr '\n' ' ' <"$dir/said")"
        return 1
    }
    for source in $sources; do
        command=$(compile_command "$source")
        object=$dir/${source//\//_}.o
        [[ -n $command ]] || { echo "the build has no command for $source"; return 1; }
        # Headers beside the source are looked for where it came from.
        command=${command/ -c / -iquote $(dirname "$root/$source") -ffile-prefix-map=$dir/source=. -c }
        command=$(sed -E "s| -g | |; s| -o [^ ]+ | -o $object |; s| -c [^ ]+| -c $dir/source/$source|" \
            <<<"$command")
        (cd "$build" && eval "$command") >"$dir/said" 2>&1 || {
            echo "$source does not compile: $(grep -m 1 error: "$dir/said")"
            return 1
        }
        objects+=" $object"
    done
    # An object comes before the archives: its symbols win over those of the member of its name.
    (cd "$build" && eval "${link/ -o bin\/orrery /$objects -o $dir/orrery }") >"$dir/said" 2>&1 || {
        echo "it does not link: $(tail -n 1 "$dir/said")"
        return 1
    }
}

# --- trying it -------------------------------------------------------------------------------------

# single_options WORD...: those of an explore that a run knows, and the scenario, in `single`
single_options() {
    single=()
    while [[ $# -gt 0 ]]; do
        case $1 in
        --strategy | --depth | --runs | --time | --jobs | --seed-base) shift ;;
        --core-only) ;;
        *) single+=("$1") ;;
        esac
        shift
    done
}

# why_of TAPE
why_of() { sed -n 's/^why //p' "$1"; }

# verdict WORDS STATUS OUTPUT WANTED: what a run that should fail did, when it did not
misses() {
    case $1 in
    0) echo "NOT FOUND" ;;
    124 | 137) echo "it ran into the $SECONDS_MAX s of this script" ;;
    *) echo "status $1, want 1: $(tail -n 1 "$2" | cut -c 1-160)" ;;
    esac
}

# try_run DIR EXPECT WORD...: leaves DIR/found.tape
try_run() {
    local dir=$1 expect=$2 status=0
    shift 3
    bounded "$dir/run" "$dir/orrery" run --quiet --tape "$dir/found.tape" "$@" || status=$?
    [[ $status -eq 1 ]] || { misses $status "$dir/run"; return 1; }
    [[ -s $dir/found.tape ]] || { echo "the run that failed left no tape"; return 1; }
    why_of "$dir/found.tape" | grep -qF -- "$expect" || {
        echo "another reason: $(why_of "$dir/found.tape" | cut -c 1-160)"
        return 1
    }
    echo 1 >"$dir/runs"
}

# Another run than number 1 may be the one with the words: the first of those that have them counts.
try_explore() {
    local dir=$1 expect=$2 status=0 first why tape
    shift 3
    bounded "$dir/run" "$dir/orrery" explore --quiet --jobs 1 --out "$dir/explored" "$@" || status=$?
    [[ $status -eq 1 ]] || { misses $status "$dir/run"; return 1; }
    first=$(grep -E '^run [0-9]+ [0-9]+ fail ' "$dir/explored/results" | grep -F -- "$expect" |
        sort -n -k 3,3 | head -n 1)
    [[ -n $first ]] || { echo "fails, but never with '$expect'"; return 1; }
    why=${first#*|}
    echo $(($(cut -d ' ' -f 3 <<<"$first") + 1)) >"$dir/runs"
    for tape in "$dir"/explored/*.tape; do
        if [[ $(why_of "$tape") == "$why" ]]; then
            cp "$tape" "$dir/found.tape"
            return
        fi
    done
    echo "no tape with '$why'"
    return 1
}

# Single runs with a seed each have to miss it.
try_singles() {
    local dir=$1 seed status
    shift 2
    single_options "$@"
    for ((seed = 1; seed <= singles; seed++)); do
        status=0
        bounded "$dir/single" "$dir/orrery" run --quiet --seed $seed "${single[@]}" || status=$?
        if [[ $status -ne 0 ]]; then
            echo "a single run sees it, too: seed $seed, status $status"
            return 1
        fi
    done
}

try_replay() {
    local dir=$1 tape=$2 status=0
    bounded "$dir/replay" "$dir/orrery" replay --story none "$tape" || status=$?
    if [[ $status -ne 1 ]] || ! grep -q '^SAME' "$dir/replay"; then
        echo "${tape##*/} is not the same failure again: status $status"
        return 1
    fi
}

# shrunk DIR KIND: DIR/story is what shrink tells; DIR/lines how long that is
try_shrink() {
    local dir=$1 kind=$2 status=0 whole
    bounded "$dir/shrunk" "$dir/orrery" shrink --lines 1000000 --out "$dir/small.tape" \
        "$dir/found.tape" || status=$?
    [[ $status -eq 0 && -s $dir/small.tape ]] || {
        echo "it does not shrink: status $status: $(tail -n 1 "$dir/shrunk" | cut -c 1-160)"
        return 1
    }
    try_replay "$dir" "$dir/small.tape" || return
    sed -nE '/^[0-9]+ of [0-9]+ delays are left after /q; p' "$dir/shrunk" | sed '$d' >"$dir/story"
    whole=$(wc -l <"$dir/story")
    if [[ $whole -le $STORY_MAX ]]; then
        echo "$whole" >"$dir/lines"
    elif [[ $kind == schedule ]]; then
        echo "its story has $whole lines, want $STORY_MAX"
        return 1
    else
        echo "the last $STORY_MAX of $whole" >"$dir/lines"
    fi
}

# hunt PATCH DIR: everything about one mutant; says what is amiss
hunt() {
    local patch=$1 dir=$2 words kind expect
    kind=$(field "$patch" kind) expect=$(field "$patch" expect)
    read -ra words <<<"$(field "$patch" find)"
    mutate "$patch" "$dir" || return
    "try_${words[0]}" "$dir" "$expect" "${words[@]}" || return
    [[ $kind == plain ]] || try_singles "$dir" "${words[@]}" || return
    try_replay "$dir" "$dir/found.tape" || return
    try_shrink "$dir" "$kind"
}

# job DIR COMMAND...: DIR/amiss and DIR/seconds, when it is done
job() {
    local dir=$1 begin=$SECONDS status=0
    shift
    "$@" >"$dir/amiss" || status=$?
    [[ $status -eq 0 || -s $dir/amiss ]] || echo "status $status" >"$dir/amiss"
    echo $((SECONDS - begin)) >"$dir/seconds"
    rm -f "$dir/orrery"
}

survive() {
    local dir=$1 words status=0
    read -ra words <<<"$2"
    [[ ${words[0]} == run ]] || words+=(--jobs 1)
    bounded "$dir/run" "$build/bin/orrery" "${words[0]}" --quiet "${words[@]:1}" || status=$?
    if [[ $status -ne 0 ]]; then
        echo "status $status: $(grep -m 1 -A 1 '^FAIL' "$dir/run" | tr '\n' ' ' | cut -c 1-160)"
        return 1
    fi
}

running=0
start() {
    if [[ $running -ge $jobs ]]; then
        wait -n || true
        running=$((running - 1))
    fi
    mkdir -p "$1"
    job "$@" &
    running=$((running + 1))
}

mapfile -t commands < <(for patch in "${patches[@]}"; do field "$patch" find; done | sort -u)
for patch in "${patches[@]}"; do
    name=${patch##*/}
    name=${name%.patch}
    start "$work/$name" hunt "$patch" "$work/$name"
done
for i in "${!commands[@]}"; do
    start "$work/unmutated.$i" survive "$work/unmutated.$i" "${commands[$i]}"
done
wait

# --- telling it ------------------------------------------------------------------------------------

read_or() { cat "$1" 2>/dev/null || echo "$2"; }

found=0 printed="%-36s %-8s %5s  %-22s %4s  %s\n"
# shellcheck disable=SC2059
printf "$printed" mutant kind runs "story, lines" s "found by, or what is amiss"
for patch in "${patches[@]}"; do
    name=${patch##*/}
    name=${name%.patch}
    dir=$work/$name
    said="orrery $(field "$patch" find)"
    if [[ -f $dir/amiss && ! -s $dir/amiss ]]; then
        found=$((found + 1))
    else
        said="AMISS: $(read_or "$dir/amiss" "it was not tried to the end") ($said)"
    fi
    # shellcheck disable=SC2059
    printf "$printed" "$name" "$(field "$patch" kind)" "$(read_or "$dir/runs" -)" \
        "$(read_or "$dir/lines" -)" "$(read_or "$dir/seconds" -)" "$said"
    if [[ -n $keep ]]; then
        rm -rf "${keep:?}/$name"
        mkdir "$keep/$name"
        for file in amiss run found.tape small.tape story; do
            [[ ! -f $dir/$file ]] || cp "$dir/$file" "$keep/$name"
        done
    fi
done
survived=0
for i in "${!commands[@]}"; do
    dir=$work/unmutated.$i
    if [[ -f $dir/amiss && ! -s $dir/amiss ]]; then
        survived=$((survived + 1))
    else
        echo "AMISS: the unmutated core does not survive orrery ${commands[$i]}:" \
            "$(read_or "$dir/amiss" "it was not tried to the end")"
    fi
done
schedule=0
for patch in "${patches[@]}"; do
    [[ $(field "$patch" kind) != schedule ]] || schedule=$((schedule + 1))
done
summary="$found of ${#patches[@]} mutants found, $schedule of them missed by $singles single runs each; \
the unmutated core survived $survived of ${#commands[@]} commands"
echo "$summary"

tell_table() {
    local name kind
    echo "| mutant | what was done to the core | found by \`orrery\` | runs | story, lines |"
    echo "|---|---|---|---|---|"
    for patch in "${patches[@]}"; do
        name=${patch##*/}
        name=${name%.patch}
        kind=$(field "$patch" kind)
        echo "| [$name](../tests/mutants/$name.patch)$([[ $kind == plain ]] || echo ' \*') |" \
            "$(field "$patch" what) | \`$(field "$patch" find)\` | $(read_or "$work/$name/runs" -) |" \
            "$(read_or "$work/$name/lines" -) |"
    done
    echo
    echo "\\* missed by $singles single runs, seeds 1 to $singles"
    echo
    echo "$summary."
}
[[ -z $table ]] || tell_table >"$table"
[[ $found -eq ${#patches[@]} && $survived -eq ${#commands[@]} ]]
